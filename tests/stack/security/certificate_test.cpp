#include "stack/security/certificate.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace dlms::security;

namespace {

// Made with the command line of OpenSSL: a root, and a meter's certificates for signatures (P-256)
// and for key agreement (P-384) under it; a request; a key on a curve that no suite has.
const ByteBuffer root_der = octets(
    "308201863082012CA003020102020101300A06082A8648CE3D04030230193117301506035504030C0E444C4D53"
    "207465737420726F6F743020170D3236313132333231303031355A180F32313236313033303231303031355A30"
    "193117301506035504030C0E444C4D53207465737420726F6F743059301306072A8648CE3D020106082A8648CE"
    "3D03010703420004A9402F104F7EDFC5BB6F4BC9988290131FD48215DE21877101499CF981532BE6C10515AB3D"
    "FF1A642594075954532D3120C4061A7213A5C7B7ABDA15369C1E2CA3633061301D0603551D0E04160414CD32D9"
    "54CF1637051DC1E424C6929E12DCF46C55301F0603551D23041830168014CD32D954CF1637051DC1E424C6929E"
    "12DCF46C55300E0603551D0F0101FF040403020106300F0603551D130101FF040530030101FF300A06082A8648"
    "CE3D040302034800304502210094114378B7FAD44245962C314D45DB6E973D443A28BF110950FB8149DB80DF20"
    "022057E00B46E51C83C1833583430531AAE0B4B45CF2DD08E5C4FD6DD61F456C7279");
const ByteBuffer signing_der = octets(
    "308201783082011EA00302010202021234300A06082A8648CE3D04030230193117301506035504030C0E444C4D"
    "53207465737420726F6F743020170D3236313132333231303031355A180F32313236313033303231303031355A"
    "301B3119301706035504030C10343834353538303030303030303032413059301306072A8648CE3D020106082A"
    "8648CE3D0301070342000444F576DB10C1C850AED75935B90F10060DF1FAAD39FFDC675F06CB4DAE7B3F4B3E0A"
    "393779E4EE536F81DFEA1E66BC470245D9361662E657782B91525055360FA3523050300E0603551D0F0101FF04"
    "0403020780301D0603551D0E041604149CF3E02F28DEE72C049CB6D197A6B81E1A7AC6CA301F0603551D230418"
    "30168014CD32D954CF1637051DC1E424C6929E12DCF46C55300A06082A8648CE3D0403020348003045022100D9"
    "E48A65F40442476C1547FA7AB4409387E28E1109BDFDC9689B5953CACD8C6A022041F11B4E2CFF9FD158624193"
    "F9B6F7EE89D2374B27E5574AFFC930AD490C2835");
const ByteBuffer agreement_der = octets(
    "308201953082013BA00302010202021235300A06082A8648CE3D04030230193117301506035504030C0E444C4D"
    "53207465737420726F6F743020170D3236313132333231303031355A180F32313236313033303231303031355A"
    "301B3119301706035504030C10343834353538303030303030303032413076301006072A8648CE3D020106052B"
    "8104002203620004FED02770B5CDF2B390B348E89F2AE0E651DA43BF4F57DB2750C7338E204CDFE605AB109348"
    "90E2A0FB2C4587C009FB8415F01F2B6226A9A5CC19353F6E6E7EA69CB7F25072E6054866BB1DA2663206DBB6F5"
    "55D4A81BB88D76AA6D4853A1A326A3523050300E0603551D0F0101FF040403020308301D0603551D0E04160414"
    "CB8C9F90CBF8F4B02807E635718DD583D962CB10301F0603551D23041830168014CD32D954CF1637051DC1E424"
    "C6929E12DCF46C55300A06082A8648CE3D0403020348003045022100E0102D862C3BB03A91847FA24EFC27092C"
    "44B3AC55EC7017DFD5842AFAB5198F02200673A917FD6D034B9E4B699CFC65DAEF28FA6BB193309BF8A9935E0F"
    "240FAD52");
const ByteBuffer request_der = octets(
    "3081D6307D020100301B3119301706035504030C10343834353538303030303030303032413059301306072A86"
    "48CE3D020106082A8648CE3D0301070342000444F576DB10C1C850AED75935B90F10060DF1FAAD39FFDC675F06"
    "CB4DAE7B3F4B3E0A393779E4EE536F81DFEA1E66BC470245D9361662E657782B91525055360FA000300A06082A"
    "8648CE3D0403020349003046022100979E46E3DA9022AD6EE66A914C01801B7CB61561572D6F67BFDFA8E0EDE2"
    "0986022100C2798549DC97FEEB11F07BC86DA3D21A3F3FB1402FF5775D98F567EC9D20EA88");
const ByteBuffer other_curve_der = octets(
    "3082021430820176A00302010202146402E2CC5CBEC598A8462985DCF3B250A2F47E16300A06082A8648CE3D04"
    "0302301B3119301706035504030C10343834353538303030303030303030313020170D32363131323332313038"
    "33325A180F32313236313033303231303833325A301B3119301706035504030C10343834353538303030303030"
    "3030303130819B301006072A8648CE3D020106052B8104002303818600040163AEC9809A12AB2335573B583F93"
    "4299EDD582877A3D3D86311486F7038AF2C494486500EBF1AF01BA2413D7CDBB6CFB8AA4813550F49D02FAB70C"
    "4D702E30687401831BFC1A32F03354099CD9C8F19910774B0F1A49C99DC8964B0586FB1FDD6A4722F7DC2EEC8D"
    "26B75B2960550A6A3BF0500A057B9DE09ABA117CECC1D9B6C058DCA3533051301D0603551D0E04160414D6DC32"
    "C2787093BB9BFA0A7255380DD38D7C6EB2301F0603551D23041830168014D6DC32C2787093BB9BFA0A7255380D"
    "D38D7C6EB2300F0603551D130101FF040530030101FF300A06082A8648CE3D04030203818B00308187024130A8"
    "B8BB1E33676A1FC65BFA204D9F263504CA8BC7DA34596F1F9C82B620CA8EF3EA83A9E1D39722D7C5F72AA40688"
    "298D575AAE4B3FB6FB3537B782011F1EEA8F024201C028A3AB9BA83A77E0AD83259716D96CF00948009FB01BD8"
    "8A1881E62FB2643578BB21476CE1562031DE82C16EE04B1771C6E6810987D3B5430797488FD153D67C");

using namespace std::chrono_literals;
const Time now = std::chrono::sys_days(std::chrono::year(2030) / 1 / 1);
const SystemTitle meter({0x48, 0x45, 0x58, 0, 0, 0, 0, 0x2A});

Certificate parsed(ByteView der) {
    return Certificate::from(der).value();
}

std::string verdict(const Status& status) {
    return status ? "trusted" : std::string(name(status.error().code));
}

/// An authority of our own, and what it signs.
class Authority {
public:
    Authority()
        : random_(21),
          key(PrivateKey::generate(Curve::p256, random_).value()),
          certificate(
              issue_certificate(contents("our root", key.public_key(), {}), key, nullptr).value()) {
    }

    static CertificateContents contents(std::string name, const PublicKey& key,
                                        std::optional<CertificateUse> use) {
        return {std::move(name), key, use, octets("0102"), now - 24h, now + 24h};
    }
    Certificate issue(const CertificateContents& contents) const {
        return issue_certificate(contents, key, &certificate).value();
    }
    TrustAnchors anchors() const {
        TrustAnchors result;
        result.add(certificate).value();
        return result;
    }

private:
    SeededRandom random_;

public:
    PrivateKey key;
    Certificate certificate;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(certificate)

// SYMSEC_1_X_CERT_1
BOOST_AUTO_TEST_CASE(certificates_from_elsewhere) {
    const Certificate root = parsed(root_der);
    const Certificate signing = parsed(signing_der);
    const Certificate agreement = parsed(agreement_der);
    BOOST_TEST(root.is_authority());
    BOOST_TEST(root.common_name() == "DLMS test root");
    BOOST_TEST(!root.system_title().has_value());
    BOOST_TEST(!signing.is_authority());
    BOOST_TEST((signing.system_title() == meter));
    BOOST_TEST(to_hex(signing.serial_number()) == "1234");
    BOOST_TEST(to_hex(signing.issuer()) == to_hex(root.subject()));
    BOOST_TEST(to_hex(signing.der()) == to_hex(signing_der));
    BOOST_TEST(signing.allows(CertificateUse::digital_signature));
    BOOST_TEST(!signing.allows(CertificateUse::key_agreement));
    BOOST_TEST(!signing.allows(CertificateUse::tls));
    BOOST_TEST(!agreement.allows(CertificateUse::digital_signature));
    BOOST_TEST(agreement.allows(CertificateUse::key_agreement));
    BOOST_TEST((signing.public_key().curve() == Curve::p256));
    BOOST_TEST((agreement.public_key().curve() == Curve::p384));
    BOOST_TEST((signing.not_after() - signing.not_before() == 36500 * 24h));

    TrustAnchors anchors;
    BOOST_TEST(verdict(anchors.add(signing)) == "certificate-rejected");
    BOOST_TEST(verdict(anchors.verify(signing, now)) == "certificate-untrusted");
    BOOST_TEST(verdict(anchors.add(root)) == "trusted");
    BOOST_TEST(verdict(anchors.verify(signing, now)) == "trusted");
    BOOST_TEST(verdict(anchors.verify(agreement, now)) == "trusted");
    BOOST_TEST(verdict(anchors.verify(signing, signing.not_before() - 1s)) ==
               "certificate-expired");
    BOOST_TEST(verdict(anchors.verify(signing, signing.not_after() + 1s)) == "certificate-expired");

    const auto demanded = [&](const Certificate& one, CertificateUse use, Curve curve) {
        return verdict(anchors.verify(one, {meter, use, curve}, now));
    };
    BOOST_TEST(demanded(signing, CertificateUse::digital_signature, Curve::p256) == "trusted");
    BOOST_TEST(demanded(signing, CertificateUse::digital_signature, Curve::p384) ==
               "certificate-rejected");
    BOOST_TEST(demanded(signing, CertificateUse::key_agreement, Curve::p256) ==
               "certificate-rejected");
    BOOST_TEST(demanded(agreement, CertificateUse::key_agreement, Curve::p384) == "trusted");
    BOOST_TEST(demanded(root, CertificateUse::digital_signature, Curve::p256) ==
               "certificate-name-mismatch");
    BOOST_TEST(verdict(anchors.verify(
                   signing, {SystemTitle({1}), CertificateUse::digital_signature, Curve::p256},
                   now)) == "certificate-name-mismatch");
}

BOOST_AUTO_TEST_CASE(other_octets_and_other_keys_are_rejected) {
    BOOST_TEST(outcome(Certificate::from({})) == "security/certificate-rejected@0");
    BOOST_TEST(outcome(Certificate::from(other_curve_der)) == "security/certificate-rejected@0");
    BOOST_TEST(outcome(Certificate::from(request_der)) == "security/certificate-rejected@0");
    BOOST_TEST(outcome(Certificate::from(ByteBuffer(largest_certificate + 1, 0x30))) ==
               "security/certificate-rejected@0");
    for (std::size_t size = 0; size < signing_der.size(); ++size) {
        const ExactBuffer prefix(ByteView(signing_der).first(size));
        BOOST_TEST(!Certificate::from(prefix.view()).has_value());
    }
    ByteBuffer longer = signing_der;
    longer.push_back(0);
    BOOST_TEST(!Certificate::from(longer).has_value());
}

BOOST_AUTO_TEST_CASE(every_bit_of_a_certificate_is_signed) {
    TrustAnchors anchors;
    anchors.add(parsed(root_der)).value();
    std::size_t trusted = 0;
    // Each third bit hits every bit of an octet in turn.
    for (std::size_t bit = 0; bit < 8 * signing_der.size(); bit += 3) {
        ByteBuffer changed = signing_der;
        changed[bit / 8] = static_cast<Byte>(changed[bit / 8] ^ (1u << bit % 8));
        const Result<Certificate> certificate = Certificate::from(changed);
        trusted += certificate && anchors.verify(*certificate, now) ? 1u : 0u;
    }
    BOOST_TEST(trusted == 0u);
}

BOOST_AUTO_TEST_CASE(requests_prove_that_their_sender_has_the_key) {
    const CertificateRequest request = open_certificate_request(request_der).value();
    BOOST_TEST((request.owner == meter));
    BOOST_TEST((request.public_key == parsed(signing_der).public_key()));
    BOOST_TEST(outcome(open_certificate_request(signing_der)) == "security/certificate-rejected@0");
    BOOST_TEST(outcome(open_certificate_request({})) == "security/certificate-rejected@0");
    SeededRandom random(23);
    for (const Curve curve : {Curve::p256, Curve::p384}) {
        const PrivateKey key = PrivateKey::generate(curve, random).value();
        const ByteBuffer der = make_certificate_request(meter, key).value();
        const CertificateRequest ours = open_certificate_request(der).value();
        BOOST_TEST((ours.owner == meter));
        BOOST_TEST((ours.public_key == key.public_key()));
        std::size_t accepted = 0;
        for (std::size_t bit = 0; bit < 8 * der.size(); bit += 7) {
            ByteBuffer changed = der;
            changed[bit / 8] = static_cast<Byte>(changed[bit / 8] ^ (1u << bit % 8));
            accepted += open_certificate_request(changed).has_value() ? 1u : 0u;
        }
        BOOST_TEST(accepted == 0u);
    }
}

BOOST_AUTO_TEST_CASE(our_own_authority) {
    const Authority authority;
    const TrustAnchors anchors = authority.anchors();
    SeededRandom random(25);
    const PrivateKey key = PrivateKey::generate(Curve::p384, random).value();
    for (const CertificateUse use :
         {CertificateUse::digital_signature, CertificateUse::key_agreement, CertificateUse::tls}) {
        const Certificate issued =
            authority.issue(Authority::contents(meter.hex(), key.public_key(), use));
        BOOST_TEST(verdict(anchors.verify(issued, {meter, use, Curve::p384}, now)) == "trusted");
        BOOST_TEST(verdict(anchors.verify(issued, now + 25h)) == "certificate-expired");
        BOOST_TEST(verdict(anchors.verify(issued, now - 25h)) == "certificate-expired");
        BOOST_TEST(to_hex(issued.serial_number()) == "0102");
        BOOST_TEST(!issued.is_authority());
        TrustAnchors strangers;
        strangers.add(parsed(root_der)).value();
        BOOST_TEST(verdict(strangers.verify(issued, now)) == "certificate-untrusted");
    }
    // Signed by one that is no authority.
    const Certificate leaf = authority.issue(
        Authority::contents(meter.hex(), key.public_key(), CertificateUse::digital_signature));
    const Result<Certificate> forged =
        issue_certificate(Authority::contents("4845580000000001", authority.key.public_key(),
                                              CertificateUse::digital_signature),
                          key, &leaf);
    BOOST_TEST(verdict(anchors.verify(forged.value(), now)) == "certificate-untrusted");
}

BOOST_AUTO_TEST_CASE(contents_that_no_certificate_can_have) {
    const Authority authority;
    const auto code = [&](auto change) {
        CertificateContents contents = Authority::contents(meter.hex(), authority.key.public_key(),
                                                           CertificateUse::digital_signature);
        change(contents);
        return issue_certificate(contents, authority.key, &authority.certificate).error().code;
    };
    using Contents = CertificateContents;
    BOOST_TEST(code([](Contents& c) { c.common_name.clear(); }) == ErrorCode::out_of_range);
    BOOST_TEST(code([](Contents& c) { c.common_name.assign(65, 'x'); }) == ErrorCode::out_of_range);
    BOOST_TEST(code([](Contents& c) { c.serial_number.clear(); }) == ErrorCode::out_of_range);
    BOOST_TEST(code([](Contents& c) { c.serial_number.assign(21, 1); }) == ErrorCode::out_of_range);
    BOOST_TEST(code([](Contents& c) { c.not_after = c.not_before - 1s; }) ==
               ErrorCode::out_of_range);
}

BOOST_AUTO_TEST_SUITE_END()
