#pragma once
// What mechanism 7 (ECDSA), signed APDUs and agreed keys need: our private keys, and the meter's
// public ones from its certificates (Green Book 9.2.3.4, 9.2.6).

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
    /// Who must have signed the meter's certificates. Without it they are taken as they are: the
    /// caller vouches for them.
    ByteView authority;
    ByteView own_agreement_key = {};
    ByteView meter_agreement_certificate = {};  ///< of the meter's agreement key
};

/// Takes the material over into `security`, whose suite is set: its curve must be that of the keys
/// (P-256 in suite 1, P-384 in suite 2). The meter's system title comes from its certificate where
/// it is not known, and must be that of it else. Certificates must be valid at `now`. The error is
/// a sentence that tells no secret.
std::expected<void, std::string> take_signing(const SigningMaterial& material, security::Time now,
                                              MeterSecurity& security);

}  // namespace dlms::client
