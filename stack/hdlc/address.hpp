#pragma once
// HDLC address (Green Book 8.4.2; sheet section 8.3): the low bit of each octet says whether it is
// the last. One octet: an upper part of 7 bits; two: upper and lower of 7 bits each; four: of 14
// bits each. A client has one octet; which form a server has is its own choice.

#include <array>
#include <cstdint>

#include "stack/base/reader.hpp"
#include "stack/base/writer.hpp"

namespace dlms::hdlc {

struct Address {
    std::uint8_t octets = 1;  ///< 1, 2 or 4
    std::uint16_t upper = 0;  ///< client, or logical device of a server; 0-127, of 4 octets 0-16383
    std::uint16_t lower = 0;  ///< physical device of a server; 0 where the address has one octet

    bool has_lower() const { return octets > 1; }
    /// Whether both parts fit the number of octets.
    bool is_valid() const;
    /// Whether one of its parts is the all-station address.
    bool is_all_station() const;

    friend bool operator==(const Address&, const Address&) = default;
};

/// Takes one address. Errors: truncated, address_encoding for 3 octets or more than 4.
Address read_address(Reader& reader);

using AddressOctets = std::array<Byte, 4>;
/// The octets of a valid address; as many as it says, from the front.
AddressOctets encode_address(const Address& address);

/// Appends the address; the writer fails for one that is not valid.
void write_address(Writer& writer, const Address& address);

}  // namespace dlms::hdlc
