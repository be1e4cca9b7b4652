#pragma once
// What certificates and requests for them have in common, for the sources of this folder.

#include <string>

#include "stack/security/elliptic_curve.hpp"
#include "stack/security/openssl_handles.hpp"

namespace dlms::security {

/// Errors: certificate_rejected for a key on another curve than P-256 and P-384, or none.
Result<PublicKey> public_key_of(EVP_PKEY* key);

/// The first common name as UTF-8; empty without one.
std::string common_name_of(const X509_NAME* name);

/// A name as DER.
ByteBuffer der_of(const X509_NAME* name);

/// A name of one part, the common name; null when the text cannot be one.
openssl::X509Name make_name(const std::string& common_name);

}  // namespace dlms::security
