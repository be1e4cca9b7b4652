#pragma once
// Certificates for tests of TLS, made on the spot: CAs of our own, and what they sign.

#include <filesystem>
#include <memory>
#include <string>

#include <openssl/evp.h>
#include <openssl/x509.h>

namespace dlms::testing {

struct FreeCertificate {
    void operator()(X509* certificate) const { X509_free(certificate); }
};
struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

/// A certificate and its key, of P-256.
struct Identity {
    std::unique_ptr<X509, FreeCertificate> certificate;
    std::unique_ptr<EVP_PKEY, FreeKey> key;

    /// Writes both as PEM into one file.
    void write(const std::filesystem::path& file) const;
    /// Writes the certificate alone.
    void write_certificate(const std::filesystem::path& file) const;
};

struct CertificateRequest {
    std::string name;               ///< common name
    std::string alternative_names;  ///< as OpenSSL writes them: "DNS:meter.test,IP:127.0.0.1"
    bool is_ca = false;
    int valid_from_days = -1;  ///< from now
    int valid_to_days = 1;
};

/// Signed by the issuer, or by itself.
Identity make_identity(const CertificateRequest& request, const Identity* issuer = nullptr);

}  // namespace dlms::testing
