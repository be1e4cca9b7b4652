#pragma once
// DeviceCertificates: the key pairs of a simulated meter, the certificates that it knows, and the
// authorities that it trusts, as the methods 4 to 8 of a security setup change them (class 64
// version 1; Blue Book 4.4.7).

#include <array>
#include <optional>
#include <vector>

#include "stack/axdr/data_builder.hpp"
#include "stack/axdr/data_view.hpp"
#include "stack/base/random.hpp"
#include "stack/security/certificate.hpp"

namespace dlms::simulator {

/// From a scenario.
struct DeclaredCertificates {
    std::vector<security::Certificate> authorities;   ///< trusted from the beginning
    std::vector<security::Certificate> certificates;  ///< of anybody, taken as they are
};

class DeviceCertificates {
public:
    using Use = security::CertificateUse;

    DeviceCertificates(std::optional<security::Curve> curve,
                       std::optional<security::SystemTitle> own_title,
                       DeclaredCertificates declared);

    /// generate_key_pair: in force when its certificate is imported. False in suite 0.
    bool generate(Use use, Random& random);
    /// generate_certificate_request: of the pair that was generated last, else of `in_force`.
    /// Nothing where there is neither.
    std::optional<ByteBuffer> request(Use use, const security::PrivateKey* in_force) const;

    /// A pair that comes into force with a certificate.
    struct Imported {
        std::optional<Use> use;  ///< of ours; nothing for somebody else's
        std::optional<security::PrivateKey> pair;
    };
    /// import_certificate. `in_force` are our pairs by use; null for none. Nothing for a
    /// certificate that no authority here has signed, that is not valid at `now`, on another curve,
    /// for nothing that we know, of somebody without a title, or that gives one side's key to
    /// another.
    std::optional<Imported> import(ByteView der,
                                   const std::array<const security::PrivateKey*, 3>& in_force,
                                   security::Time now);
    /// export_certificate and remove_certificate, by certificate_identification. What was declared
    /// as trusted stays.
    const security::Certificate* find(const axdr::DataView& identification) const;
    bool remove(const axdr::DataView& identification);

    /// Of somebody's key pair, where a certificate of it is here that is valid at `now`.
    std::optional<security::PublicKey> key_of(const security::SystemTitle& owner, Use use,
                                              security::Time now) const;
    /// A certificate that somebody shows; nothing where an import of it would be refused.
    std::optional<security::PublicKey> trusted_key(ByteView der, const security::SystemTitle& owner,
                                                   Use use, security::Time now) const;

    /// Attribute 6.
    void add_to(axdr::DataBuilder& builder) const;

private:
    static constexpr std::size_t most_certificates = 32;

    std::vector<security::Certificate>::const_iterator locate(
        const axdr::DataView& identification) const;
    bool is_trusted(const security::Certificate& certificate, security::Time now) const;

    std::optional<security::Curve> curve_;
    std::optional<security::SystemTitle> own_title_;
    std::size_t declared_authorities_;
    std::vector<security::Certificate> certificates_;  // authorities that were declared first
    std::array<std::optional<security::PrivateKey>, 3> fresh_;  // by use; no certificate yet
};

}  // namespace dlms::simulator
