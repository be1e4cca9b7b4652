#pragma once
// Security suites (Green Book 9.2.3.7; sheet section 11.2): which algorithms and sizes go together.

#include <cstdint>
#include <optional>

#include "stack/base/result.hpp"

namespace dlms::security {

enum class SecuritySuite : std::uint8_t {
    aes_gcm_128 = 0,             ///< AES-128 for everything
    ecdh_ecdsa_aes_gcm_128 = 1,  ///< and P-256 with SHA-256
    ecdh_ecdsa_aes_gcm_256 = 2,  ///< AES-256, and P-384 with SHA-384
};

/// The elliptic curves of suites 1 and 2, each with the hash of its suite: SHA-256 and SHA-384.
enum class Curve : std::uint8_t { p256, p384 };

/// The suite of a number. Errors: unknown_value above 2.
constexpr Result<SecuritySuite> to_security_suite(std::uint8_t number) {
    if (number > 2) {
        return fail(ErrorCode::unknown_value, Layer::security);
    }
    return static_cast<SecuritySuite>(number);
}

constexpr std::uint8_t number_of(SecuritySuite suite) {
    return static_cast<std::uint8_t>(suite);
}

/// Octets of every symmetric key of the suite: 16, or 32 for suite 2.
constexpr std::size_t key_size(SecuritySuite suite) {
    return suite == SecuritySuite::ecdh_ecdsa_aes_gcm_256 ? 32 : 16;
}

/// None for suite 0.
constexpr std::optional<Curve> curve_of(SecuritySuite suite) {
    switch (suite) {
        case SecuritySuite::aes_gcm_128: return std::nullopt;
        case SecuritySuite::ecdh_ecdsa_aes_gcm_128: return Curve::p256;
        case SecuritySuite::ecdh_ecdsa_aes_gcm_256: return Curve::p384;
    }
    return std::nullopt;
}

/// Octets of a coordinate, a private key, a shared secret and half a signature: 32 or 48.
constexpr std::size_t coordinate_size(Curve curve) {
    return curve == Curve::p384 ? 48 : 32;
}

}  // namespace dlms::security
