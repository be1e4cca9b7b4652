#pragma once
// Authentication mechanism names (Green Book 9.4.2.2.3): on the wire an object identifier,
// 2.16.756.5.8.2.m.

#include <optional>
#include <string_view>

#include "stack/base/bytes.hpp"

namespace dlms::acse {

enum class Mechanism : std::uint8_t {
    lowest = 0,            ///< no authentication; the name is normally left out
    lls = 1,               ///< low level security: a password
    hls_manufacturer = 2,  ///< high level security, the maker's own
    hls_md5 = 3,
    hls_sha1 = 4,
    hls_gmac = 5,
    hls_sha256 = 6,
    hls_ecdsa = 7,
};

/// "lowest", "LLS", "HLS-manufacturer", "HLS-MD5", "HLS-SHA1", "HLS-GMAC", "HLS-SHA256" or
/// "HLS-ECDSA"; empty for another value.
std::string_view name(Mechanism mechanism);

/// A mechanism name as it stands in an APDU. Made from a Mechanism it is valid for ever, made from
/// octets as long as these are.
class MechanismName {
public:
    /// The name of a mechanism; of `lowest` where the value is none of the eight.
    MechanismName(Mechanism mechanism);
    explicit MechanismName(ByteView object_identifier) : object_identifier_(object_identifier) {}

    /// The mechanism, or nothing for an object identifier of another origin.
    std::optional<Mechanism> known() const;
    /// The content octets of the OBJECT IDENTIFIER.
    ByteView object_identifier() const { return object_identifier_; }

    friend bool operator==(const MechanismName& a, const MechanismName& b) {
        return as_text(a.object_identifier_) == as_text(b.object_identifier_);
    }

private:
    ByteView object_identifier_;
};

}  // namespace dlms::acse
