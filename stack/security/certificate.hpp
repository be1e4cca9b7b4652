#pragma once
// X.509 certificates as DLMS/COSEM uses them (Green Book 9.2.6.4; sheet section 11.11): keys on
// P-256 or P-384, the subject's common name is the system title in hexadecimal digits.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stack/security/elliptic_curve.hpp"
#include "stack/security/system_title.hpp"

struct x509_st;

namespace dlms::security {

/// Numbered as certificate_type of the security setup.
enum class CertificateUse : std::uint8_t { digital_signature = 0, key_agreement = 1, tls = 2 };

/// Far above every certificate that a meter has room for.
inline constexpr std::size_t largest_certificate = 8192;

using Time = std::chrono::sys_seconds;

class Certificate {
public:
    /// Reads one DER certificate, all octets. Who signed it is not looked at. Errors:
    /// certificate_rejected for other octets, and for a key on no curve of the suites.
    static Result<Certificate> from(ByteView der);

    /// The certificate itself; valid as long as this object.
    ByteView der() const& { return der_; }
    ByteView der() const&& = delete;
    const PublicKey& public_key() const { return public_key_; }
    /// The subject's common name; empty without one. Text from outside.
    const std::string& common_name() const { return common_name_; }
    /// The common name as a system title; nothing for one that is none, as a CA's.
    std::optional<SystemTitle> system_title() const;
    /// Whether its key usage allows this; without a key usage nothing is allowed. TLS needs
    /// signatures and the extended key usage of a client or a server.
    bool allows(CertificateUse use) const;
    /// Whether it may sign other certificates.
    bool is_authority() const;
    Time not_before() const { return not_before_; }
    Time not_after() const { return not_after_; }

    /// What names it in the security setup's methods: the serial number's octets, and subject and
    /// issuer as DER names.
    ByteBuffer serial_number() const;
    ByteBuffer subject() const;
    ByteBuffer issuer() const;

    /// OpenSSL's certificate, for the sources of this folder; valid as long as this one.
    x509_st* handle() const { return handle_.get(); }

private:
    Certificate(ByteBuffer der, PublicKey public_key, std::shared_ptr<x509_st> handle);

    ByteBuffer der_;
    PublicKey public_key_;
    std::shared_ptr<x509_st> handle_;
    std::string common_name_;
    Time not_before_;
    Time not_after_;
};

/// The common name of a DER name; empty for other octets and without one. Text from outside.
std::string common_name_of_der(ByteView name);

/// What a certificate must be for.
struct CertificateDemand {
    SystemTitle owner;
    CertificateUse use = CertificateUse::digital_signature;
    Curve curve = Curve::p256;
};

/// The authorities that we trust.
class TrustAnchors {
public:
    /// Errors: certificate_rejected for a certificate that may not sign others.
    Status add(const Certificate& authority);
    bool empty() const { return authorities_.empty(); }

    /// Whether an authority of these signed the certificate, directly or through others of these,
    /// and all are valid at `now`. Errors: certificate_untrusted, certificate_expired (or not valid
    /// yet), certificate_rejected for anything else that is wrong.
    Status verify(const Certificate& certificate, Time now) const;
    /// And whether it is what it must be. Errors: as above; certificate_name_mismatch for another
    /// system title, certificate_rejected for another use or curve.
    Status verify(const Certificate& certificate, const CertificateDemand& demand, Time now) const;

private:
    std::vector<Certificate> authorities_;
};

/// A request for a certificate (PKCS#10) of the owner of a key pair, in DER. Errors: defect when
/// the library fails.
Result<ByteBuffer> make_certificate_request(const SystemTitle& owner, const PrivateKey& key);

struct CertificateRequest {
    SystemTitle owner;
    PublicKey public_key;
};
/// Reads a request and verifies that its sender has the private key. Errors: certificate_rejected
/// for other octets or keys, wrong_system_title, signature_mismatch.
Result<CertificateRequest> open_certificate_request(ByteView der);

/// What an authority writes into a certificate.
struct CertificateContents {
    std::string common_name;  ///< 16 digits of a system title, or an authority's name
    PublicKey public_key;
    std::optional<CertificateUse> use;  ///< nothing: an authority
    ByteBuffer serial_number;           ///< 1-20 octets, big endian
    Time not_before;
    Time not_after;
};

/// Signs a certificate; `authority` is that of `signer`, or null for one that signs itself. Errors:
/// out_of_range for contents that no certificate can have, defect when the library fails.
Result<Certificate> issue_certificate(const CertificateContents& contents, const PrivateKey& signer,
                                      const Certificate* authority);

}  // namespace dlms::security
