#include "stack/hdlc/address.hpp"

#include <array>

namespace dlms::hdlc {
namespace {

constexpr std::uint16_t largest_part(const Address& address) {
    return address.octets == 4 ? 0x3FFF : 0x7F;
}

constexpr std::uint16_t fourteen_bits(std::uint8_t high, std::uint8_t low) {
    return static_cast<std::uint16_t>((high >> 1) << 7 | low >> 1);
}

void write_fourteen_bits(Writer& writer, std::uint16_t value, bool is_last) {
    writer.u8(static_cast<std::uint8_t>(value >> 7 << 1));
    writer.u8(static_cast<std::uint8_t>((value & 0x7F) << 1 | (is_last ? 1 : 0)));
}

}  // namespace

bool Address::is_valid() const {
    const bool has_form = octets == 1 || octets == 2 || octets == 4;
    const std::uint16_t largest = largest_part(*this);
    return has_form && upper <= largest && lower <= largest && (has_lower() || lower == 0);
}

bool Address::is_all_station() const {
    const std::uint16_t all = largest_part(*this);
    return upper == all || (has_lower() && lower == all);
}

Address read_address(Reader& reader) {
    const std::size_t where = reader.offset();
    std::array<std::uint8_t, 4> octets{};
    std::uint8_t count = 0;
    do {
        if (count == octets.size()) {
            reader.fail_at(ErrorCode::address_encoding, where);
            return {};
        }
        octets[count++] = reader.u8();
    } while (reader.ok() && (octets[count - 1u] & 1) == 0);
    switch (count) {
        case 1: return {1, static_cast<std::uint16_t>(octets[0] >> 1), 0};
        case 2:
            return {2, static_cast<std::uint16_t>(octets[0] >> 1),
                    static_cast<std::uint16_t>(octets[1] >> 1)};
        case 4:
            return {4, fourteen_bits(octets[0], octets[1]), fourteen_bits(octets[2], octets[3])};
        default: reader.fail_at(ErrorCode::address_encoding, where); return {};
    }
}

void write_address(Writer& writer, const Address& address) {
    if (!address.is_valid()) {
        writer.fail();
        return;
    }
    switch (address.octets) {
        case 1: writer.u8(static_cast<std::uint8_t>(address.upper << 1 | 1)); return;
        case 2:
            writer.u8(static_cast<std::uint8_t>(address.upper << 1));
            writer.u8(static_cast<std::uint8_t>(address.lower << 1 | 1));
            return;
        default:
            write_fourteen_bits(writer, address.upper, false);
            write_fourteen_bits(writer, address.lower, true);
    }
}

}  // namespace dlms::hdlc
