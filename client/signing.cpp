#include "client/signing.hpp"

#include <algorithm>

#include "stack/security/pem.hpp"

namespace dlms::client {
namespace {

using security::Certificate;
using security::Curve;

std::unexpected<std::string> wrong(std::string sentence) {
    return std::unexpected(std::move(sentence));
}

const char* name_of(Curve curve) {
    return curve == Curve::p384 ? "P-384" : "P-256";
}

std::string curve_complaint(const char* what, Curve expected) {
    return std::string(what) + " is not on the curve of the security suite, " + name_of(expected);
}

/// No association is made with papers that have expired since they were handed in.
void note_end(const Certificate& certificate, MeterSecurity& security) {
    security.valid_until =
        std::min(certificate.not_after(), security.valid_until.value_or(certificate.not_after()));
}

std::expected<void, std::string> check_time(const Certificate& certificate, security::Time now,
                                            const char* what) {
    if (now < certificate.not_before() || now > certificate.not_after()) {
        return wrong(std::string(what) + " is expired, or not valid yet");
    }
    return {};
}

std::expected<void, std::string> verify(const Certificate& certificate, ByteView authority_text,
                                        const security::CertificateDemand& demand,
                                        security::Time now) {
    const auto authority = security::read_certificate(authority_text);
    security::TrustAnchors anchors;
    if (!authority || !anchors.add(*authority)) {
        return wrong("the authority's certificate is none, or may not sign others");
    }
    if (const Status verified = anchors.verify(certificate, demand, now); !verified) {
        return wrong("the meter's certificate: " + describe(verified.error()));
    }
    return {};
}

std::expected<security::PrivateKey, std::string> read_own_key(ByteView text, Curve curve,
                                                              const char* what) {
    auto key = security::read_private_key(text);
    if (!key) {
        return wrong(std::string(what) +
                     " is no private key on P-256 or P-384 without a passphrase");
    }
    if (key->curve() != curve) {
        return wrong(curve_complaint(what, curve));
    }
    return std::move(*key);
}

std::expected<void, std::string> take_own(const SigningMaterial& material, Curve curve,
                                          security::Time now, MeterSecurity& security) {
    auto key = read_own_key(material.own_key, curve, "the signing key");
    if (!key) {
        return wrong(std::move(key.error()));
    }
    if (!material.own_certificate.empty()) {
        const auto certificate = security::read_certificate(material.own_certificate);
        if (!certificate || !(certificate->public_key() == key->public_key())) {
            return wrong("our certificate is none, or not that of the signing key");
        }
        if (auto valid = check_time(*certificate, now, "our certificate"); !valid) {
            return valid;
        }
        security.certificate = to_buffer(certificate->der());
        note_end(*certificate, security);
    }
    security.keys.own_signing = std::move(*key);
    return {};
}

/// A certificate of the meter's.
struct MetersPaper {
    ByteView text;
    security::CertificateUse use;
    std::optional<security::PublicKey>& into;
};

/// The meter's public key. Its title is set where it is not known.
std::expected<security::PublicKey, std::string> take_meters(const MetersPaper& paper, Curve curve,
                                                            ByteView authority, security::Time now,
                                                            MeterSecurity& security) {
    const auto certificate = security::read_certificate(paper.text);
    const auto title = certificate ? certificate->system_title() : std::nullopt;
    if (!certificate || !title) {
        return wrong(
            "the meter's certificate is none, or its common name is no system title of 16 "
            "hexadecimal digits");
    }
    if (certificate->public_key().curve() != curve) {
        return wrong(curve_complaint("the key of the meter's certificate", curve));
    }
    if (security.meter_title && *security.meter_title != *title) {
        return wrong("the meter's certificate is for another system title");
    }
    if (auto valid = check_time(*certificate, now, "the meter's certificate"); !valid) {
        return wrong(std::move(valid.error()));
    }
    if (!authority.empty()) {
        const security::CertificateDemand demand{*title, paper.use, curve};
        if (auto verified = verify(*certificate, authority, demand, now); !verified) {
            return wrong(std::move(verified.error()));
        }
    }
    if (!certificate->allows(paper.use)) {
        return wrong("the meter's certificate is for another use of its key");
    }
    security.meter_title = *title;
    note_end(*certificate, security);
    return certificate->public_key();
}

}  // namespace

std::expected<void, std::string> take_signing(const SigningMaterial& material, security::Time now,
                                              MeterSecurity& security) {
    using enum security::CertificateUse;
    if (material.own_key.empty() && material.meter_certificate.empty() &&
        material.own_agreement_key.empty() && material.meter_agreement_certificate.empty()) {
        return {};
    }
    const std::optional<Curve> curve = security::curve_of(security.suite);
    if (!curve) {
        return wrong("signing keys and agreement keys belong to security suites 1 and 2");
    }
    if (!material.own_key.empty()) {
        if (auto taken = take_own(material, *curve, now, security); !taken) {
            return taken;
        }
    }
    if (!material.own_agreement_key.empty()) {
        auto key = read_own_key(material.own_agreement_key, *curve, "the agreement key");
        if (!key) {
            return wrong(std::move(key.error()));
        }
        security.keys.own_agreement = std::move(*key);
    }
    for (const MetersPaper& one :
         {MetersPaper{material.meter_certificate, digital_signature, security.keys.peer_signing},
          MetersPaper{material.meter_agreement_certificate, key_agreement,
                      security.keys.peer_agreement}}) {
        if (one.text.empty()) {
            continue;
        }
        auto key = take_meters(one, *curve, material.authority, now, security);
        if (!key) {
            return wrong(std::move(key.error()));
        }
        one.into = std::move(*key);
    }
    return {};
}

}  // namespace dlms::client
