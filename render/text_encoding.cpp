#include "render/text_encoding.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "stack/base/hex.hpp"

namespace dlms::render {

std::string_view name(OctetEncoding encoding) {
    switch (encoding) {
        case OctetEncoding::text: return "text";
        case OctetEncoding::hex: return "hex";
        case OctetEncoding::bcd: return "bcd";
        case OctetEncoding::date_time: return "date-time";
    }
    return {};
}

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

std::optional<std::string> bcd_text(ByteView octets) {
    std::string digits = to_hex(octets);
    const bool all_decimal =
        std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
    return all_decimal ? std::optional(std::move(digits)) : std::nullopt;
}

std::optional<ByteBuffer> bcd_from_text(std::string_view digits) {
    if (digits.size() % 2 != 0 ||
        digits.find_first_not_of("0123456789") != std::string_view::npos) {
        return std::nullopt;
    }
    const Result<ByteBuffer> octets = from_hex(digits);
    return octets ? std::optional(*octets) : std::nullopt;
}

std::string terminal_text(std::string_view utf8) {
    bool harmless = true;
    for (std::size_t i = 0; i < utf8.size() && harmless; ++i) {
        const auto c = static_cast<unsigned char>(utf8[i]);
        // C0 controls, DEL, and the two-octet forms of the C1 controls; above them the direction
        // and format characters from U+2000 on, of which some turn text around.
        harmless =
            c >= 0x20 && c != 0x7F && c != 0xE2 &&
            !(c == 0xC2 && i + 1 < utf8.size() && static_cast<unsigned char>(utf8[i + 1]) < 0xA0);
    }
    if (harmless) {
        return std::string(utf8);
    }
    return nlohmann::json(utf8).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

}  // namespace dlms::render
