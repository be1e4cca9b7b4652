#pragma once
// A small authority for tests, and the keys and certificates of both sides.

#include <chrono>
#include <string>

#include <boost/test/unit_test.hpp>

#include "client/signing.hpp"
#include "stack/security/pem.hpp"

namespace dlms::testing {

using security::Certificate;
using security::CertificateUse;
using security::Curve;
using security::PrivateKey;

inline const security::SystemTitle our_title({'H', 'E', 'S', 0, 0, 0, 0, 1});
inline const security::SystemTitle meter_title({'T', 'S', 'T', 0, 0, 0, 0, 1});

inline security::Time present() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

/// Another one for each certificate.
inline ByteBuffer next_serial_number() {
    static Byte last = 0;
    return {1, 2, ++last};
}

inline Certificate certificate_of(
    const std::string& name, const PrivateKey& key, const PrivateKey& signer,
    const Certificate* authority,
    std::optional<CertificateUse> use = CertificateUse::digital_signature,
    std::chrono::hours age = std::chrono::hours(1)) {
    const security::CertificateContents contents{name,
                                                 key.public_key(),
                                                 use,
                                                 next_serial_number(),
                                                 present() - age,
                                                 present() - age + std::chrono::hours(24)};
    auto made = security::issue_certificate(contents, signer, authority);
    BOOST_REQUIRE(made.has_value());
    return std::move(*made);
}

/// Keys of both sides, and an authority over the meter's.
struct Papers {
    explicit Papers(Curve curve)
        : ours(*PrivateKey::generate(curve, random)),
          meters(*PrivateKey::generate(curve, random)),
          our_agreement(*PrivateKey::generate(curve, random)),
          meters_agreement(*PrivateKey::generate(curve, random)),
          authoritys(*PrivateKey::generate(curve, random)),
          authority(certificate_of("CA", authoritys, authoritys, nullptr, std::nullopt)),
          own(certificate_of(to_hex(our_title.octets()), ours, ours, nullptr)),
          meter(certificate_of(to_hex(meter_title.octets()), meters, authoritys, &authority)),
          key_pem(*security::to_pem(ours)),
          meter_pem(security::to_pem(meter)),
          authority_pem(security::to_pem(authority)) {}

    client::SigningMaterial material() const {
        return {key_pem.reveal(), own.der(), as_bytes(meter_pem), as_bytes(authority_pem)};
    }

    SystemRandom random;
    PrivateKey ours;
    PrivateKey meters;
    PrivateKey our_agreement;
    PrivateKey meters_agreement;
    PrivateKey authoritys;
    Certificate authority;
    Certificate own;
    Certificate meter;
    SecretBytes key_pem;
    std::string meter_pem;
    std::string authority_pem;
};

}  // namespace dlms::testing
