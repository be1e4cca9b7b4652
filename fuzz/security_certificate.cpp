// Certificates and requests for them, as a meter or a user hands them in.

#include "fuzz/property.hpp"
#include "stack/security/certificate.hpp"

namespace {

using namespace dlms;
using namespace dlms::security;

void read_certificate(ByteView der) {
    const Result<Certificate> certificate = Certificate::from(der);
    if (!certificate) {
        return;
    }
    fuzz::require(as_text(certificate->der()) == as_text(der), "a certificate is its octets");
    fuzz::require(
        PublicKey::from(certificate->public_key().curve(), certificate->public_key().octets())
            .has_value(),
        "its key is a point of the curve");
    const std::optional<SystemTitle> title = certificate->system_title();
    fuzz::require(!title || certificate->common_name().size() == 2 * SystemTitle::size,
                  "a title has its digits");
    fuzz::require(!certificate->subject().empty() && !certificate->issuer().empty(),
                  "names are DER");
    TrustAnchors anchors;
    fuzz::require(anchors.add(*certificate).has_value() == certificate->is_authority(),
                  "authorities alone are trusted");
    const bool is_trusted = anchors.verify(*certificate, certificate->not_before()).has_value();
    fuzz::require(!is_trusted || certificate->is_authority(), "trust comes from an authority");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const ByteView der(bytes, size);
    read_certificate(der);
    if (const auto request = open_certificate_request(der)) {
        fuzz::require(!Certificate::from(der).has_value(), "a request is no certificate");
    }
    return 0;
}
