#pragma once
// The security control octet and what stands behind it in every ciphered APDU (Green Book 9.2.7;
// sheet section 11.1). Structure only: nothing is deciphered or verified here.

#include <cstdint>

#include "stack/base/bytes.hpp"

namespace dlms::xdlms {

class SecurityControl {
public:
    /// Suites 0, 1 and 2 are defined.
    static constexpr std::uint8_t max_suite = 2;

    constexpr SecurityControl() = default;
    constexpr explicit SecurityControl(std::uint8_t raw) : raw_(raw) {}

    constexpr std::uint8_t raw() const { return raw_; }
    constexpr std::uint8_t suite() const { return raw_ & 0x0F; }
    constexpr bool is_authenticated() const { return (raw_ & 0x10) != 0; }
    constexpr bool is_encrypted() const { return (raw_ & 0x20) != 0; }
    /// The key set: broadcast, or unicast.
    constexpr bool uses_broadcast_key() const { return (raw_ & 0x40) != 0; }
    constexpr bool is_compressed() const { return (raw_ & 0x80) != 0; }

    friend constexpr bool operator==(SecurityControl, SecurityControl) = default;

private:
    std::uint8_t raw_ = 0;
};

/// The octets of a ciphered APDU behind its length. Views live as long as the APDU's octets.
struct ProtectedContent {
    static constexpr std::size_t tag_size = 12;

    SecurityControl security_control;
    std::uint32_t invocation_counter = 0;
    /// The content without the tag: in the clear when it is not encrypted.
    ByteView ciphertext;
    /// The authentication tag of 12 octets when the content is authenticated, else empty.
    ByteView tag;
};

}  // namespace dlms::xdlms
