#pragma once
// Keys and certificates as files have them: PEM (RFC 7468), or the DER inside.

#include <string>

#include "stack/security/certificate.hpp"

namespace dlms::security {

/// A private key on P-256 or P-384, without a passphrase: PKCS#8 (RFC 5208) or SEC 1. Errors:
/// unusable_credentials.
Result<PrivateKey> read_private_key(ByteView text);
/// One certificate; in PEM the first one. Errors: certificate_rejected.
Result<Certificate> read_certificate(ByteView text);

/// PKCS#8. Errors: defect when the library fails.
Result<SecretBytes> to_pem(const PrivateKey& key);
std::string to_pem(const Certificate& certificate);
/// A PKCS#10 request in DER.
std::string request_to_pem(ByteView der);

}  // namespace dlms::security
