#include "render/ip_text.hpp"

#include <charconv>

namespace dlms::render {
namespace {

/// Takes the number up to the separator or the end; nothing for another text.
std::optional<std::uint32_t> take_number(std::string_view& text, char separator, int base,
                                         std::uint32_t most) {
    const std::string_view digits = text.substr(0, text.find(separator));
    std::uint32_t value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (digits.empty() || digits.size() > 4 || error != std::errc() ||
        end != digits.data() + digits.size() || value > most) {
        return std::nullopt;
    }
    text.remove_prefix(digits.size());
    return value;
}

struct Groups {
    std::array<std::uint16_t, 8> values{};
    std::size_t count = 0;
};

/// Groups of hexadecimal digits with ':' between them; none for an empty text.
std::optional<Groups> take_groups(std::string_view text) {
    Groups groups;
    while (!text.empty()) {
        const auto group = take_number(text, ':', 16, 0xFFFF);
        if (!group || groups.count == groups.values.size()) {
            return std::nullopt;
        }
        groups.values[groups.count++] = static_cast<std::uint16_t>(*group);
        if (!text.empty()) {
            text.remove_prefix(1);
            if (text.empty()) {
                return std::nullopt;
            }
        }
    }
    return groups;
}

}  // namespace

std::string ipv4_text(std::uint32_t address) {
    std::string text;
    for (int shift = 24; shift >= 0; shift -= 8) {
        text += std::to_string(address >> shift & 0xFF);
        text += shift > 0 ? "." : "";
    }
    return text;
}

std::optional<std::uint32_t> ipv4_from_text(std::string_view text) {
    std::uint32_t address = 0;
    for (int i = 0; i < 4; ++i) {
        const auto octet = take_number(text, '.', 10, 255);
        if (!octet || text.empty() != (i == 3)) {
            return std::nullopt;
        }
        address = address << 8 | *octet;
        text.remove_prefix(i < 3 ? 1 : 0);
    }
    return address;
}

std::string ipv6_text(std::span<const Byte, 16> octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < octets.size(); i += 2) {
        const auto group = static_cast<unsigned>(octets[i] << 8 | octets[i + 1]);
        bool is_leading = true;
        for (int shift = 12; shift >= 0; shift -= 4) {
            const unsigned digit = group >> shift & 0xF;
            is_leading = is_leading && digit == 0 && shift > 0;
            if (!is_leading) {
                text += digits[digit];
            }
        }
        text += i + 2 < octets.size() ? ":" : "";
    }
    return text;
}

std::optional<std::array<Byte, 16>> ipv6_from_text(std::string_view text) {
    const std::size_t gap = text.find("::");
    const bool has_gap = gap != std::string_view::npos;
    const auto front = take_groups(text.substr(0, gap));
    const auto back = has_gap ? take_groups(text.substr(gap + 2)) : Groups();
    if (!front || !back) {
        return std::nullopt;
    }
    const std::size_t count = front->count + back->count;
    if (has_gap ? count >= 8 : count != 8) {
        return std::nullopt;
    }
    std::array<Byte, 16> octets{};
    const auto put = [&octets](std::size_t index, std::uint16_t group) {
        octets[2 * index] = static_cast<Byte>(group >> 8);
        octets[2 * index + 1] = static_cast<Byte>(group & 0xFF);
    };
    for (std::size_t i = 0; i < front->count; ++i) {
        put(i, front->values[i]);
    }
    for (std::size_t i = 0; i < back->count; ++i) {
        put(8 - back->count + i, back->values[i]);
    }
    return octets;
}

}  // namespace dlms::render
