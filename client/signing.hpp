#pragma once
// What mechanism 7 (ECDSA) and signed APDUs need: our private key, and the meter's public one from
// its certificate (Green Book 9.2.3.4, 9.2.6).

#include <expected>
#include <string>

#include "client/meter_security.hpp"
#include "stack/security/certificate.hpp"

namespace dlms::client {

/// Files' contents, PEM or DER; empty: not given.
struct SigningMaterial {
    ByteView own_key;
    ByteView own_certificate;  ///< sent to the meter in the AARQ
    ByteView meter_certificate;
    /// Who must have signed the meter's certificate. Without it the certificate is taken as it is:
    /// the caller vouches for it.
    ByteView authority;
};

/// Takes the material over into `security`, whose suite is set: its curve must be that of the keys
/// (P-256 in suite 1, P-384 in suite 2). The meter's system title comes from its certificate where
/// it is not known, and must be that of it else. Certificates must be valid at `now`. The error is
/// a sentence that tells no secret.
std::expected<void, std::string> take_signing(const SigningMaterial& material, security::Time now,
                                              MeterSecurity& security);

}  // namespace dlms::client
