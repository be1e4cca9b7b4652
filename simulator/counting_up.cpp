#include "simulator/counting_up.hpp"

#include <algorithm>
#include <span>

#include "stack/axdr/data_builder.hpp"

namespace dlms::simulator {
namespace {

bool is_digit(Byte octet) {
    return octet >= '0' && octet <= '9';
}

/// Counts the decimal digits at the end of a text up; what they cannot hold is lost.
void count_up_text(std::span<Byte> text, std::uint32_t count) {
    for (auto place = text.rbegin(); place != text.rend() && is_digit(*place) && count > 0;
         ++place) {
        const std::uint32_t sum = static_cast<std::uint32_t>(*place - '0') + count;
        *place = static_cast<Byte>('0' + sum % 10);
        count = sum / 10;
    }
}

/// The same for two digits an octet.
void count_up_bcd(std::span<Byte> octets, std::uint32_t count) {
    for (auto place = octets.rbegin(); place != octets.rend() && count > 0; ++place) {
        const std::uint32_t sum = (*place >> 4) * 10u + (*place & 0x0Fu) + count;
        *place = static_cast<Byte>((sum / 10 % 10) << 4 | sum % 10);
        count = sum / 100;
    }
}

bool is_bcd(ByteView octets) {
    return std::ranges::all_of(octets,
                               [](Byte octet) { return (octet >> 4) < 10 && (octet & 0x0F) < 10; });
}

bool is_text(ByteView octets) {
    return std::ranges::all_of(octets, [](Byte octet) { return octet >= ' ' && octet <= '~'; });
}

void count_up(std::span<Byte> octets, std::uint32_t count) {
    if (is_text(octets)) {
        count_up_text(octets, count);
    } else if (is_bcd(octets)) {
        count_up_bcd(octets, count);
    }
}

}  // namespace

std::string counted_up(const std::string& text, std::uint32_t count) {
    ByteBuffer octets = to_buffer(as_bytes(text));
    count_up_text(octets, count);
    return {octets.begin(), octets.end()};
}

axdr::Data counted_up(const axdr::DataView& value, std::uint32_t count) {
    axdr::DataBuilder builder;
    const auto octets = value.octets();
    const auto text = value.text();
    if (octets && value.is(axdr::Tag::octet_string)) {
        ByteBuffer changed = to_buffer(*octets);
        count_up(changed, count);
        builder.octet_string(changed);
    } else if (text && value.is(axdr::Tag::visible_string)) {
        builder.visible_string(counted_up(std::string(*text), count));
    } else {
        return axdr::Data(value);
    }
    return builder.finish().value_or(axdr::Data(value));
}

}  // namespace dlms::simulator
