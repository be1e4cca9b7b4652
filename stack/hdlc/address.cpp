#include "stack/hdlc/address.hpp"

namespace dlms::hdlc {
namespace {

constexpr std::uint16_t largest_part(const Address& address) {
    return address.octets == 4 ? 0x3FFF : 0x7F;
}

constexpr std::uint16_t fourteen_bits(std::uint8_t high, std::uint8_t low) {
    return static_cast<std::uint16_t>((high >> 1) << 7 | low >> 1);
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

AddressOctets encode_address(const Address& address) {
    // Each octet has seven bits above the one that says whether it is the last.
    const auto high = [](unsigned part) { return static_cast<Byte>(part >> 7 << 1); };
    const auto low = [](unsigned part) { return static_cast<Byte>((part & 0x7F) << 1); };
    const auto last = [](Byte octet) { return static_cast<Byte>(octet | 1); };
    switch (address.octets) {
        case 1: return {last(low(address.upper))};
        case 2: return {low(address.upper), last(low(address.lower))};
        default:
            return {high(address.upper), low(address.upper), high(address.lower),
                    last(low(address.lower))};
    }
}

void write_address(Writer& writer, const Address& address) {
    if (!address.is_valid()) {
        writer.fail();
        return;
    }
    const AddressOctets encoded = encode_address(address);
    writer.bytes(ByteView(encoded).first(address.octets));
}

}  // namespace dlms::hdlc
