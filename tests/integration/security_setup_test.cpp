// Key agreement, certificates and protected access rights, client against simulated meter.

#include "client/security_setup.hpp"

#include <boost/test/unit_test.hpp>

#include "client/agreed_keys.hpp"
#include "client/key_life.hpp"
#include "client/key_transfer.hpp"
#include "store/key_store.hpp"
#include "tests/integration/secured_world.hpp"

namespace dlms::testing {
namespace {

using client::CertificateByEntity;
using client::CertificateBySerial;
using client::CertificateEntity;
using client::MeterParameters;
using client::SecretKind;
using security::KeyId;
using security::Protection;
using security::SecuritySuite;

constexpr cosem::ObisCode setup_object(0, 0, 43, 0, 0, 255);
const cosem::MethodDescriptor key_agreement{64, setup_object, 3};
const cosem::AttributeDescriptor guarded{1, {0, 0, 96, 1, 0, 255}, 2};
const cosem::AttributeDescriptor doubly_guarded{1, {0, 0, 96, 1, 1, 255}, 2};
const cosem::AttributeDescriptor answer_guarded{1, {0, 0, 96, 1, 2, 255}, 2};
const cosem::MethodDescriptor guarded_method{3, {1, 0, 1, 8, 0, 255}, 1};
constexpr const char* energy_value = "0600003039";

/// The security setup over one association.
struct SetupDesk {
    explicit SetupDesk(std::unique_ptr<Desk> with)
        : desk(std::move(with)), setup(desk->client, setup_object) {}
    ~SetupDesk() { desk->release(); }

    template <class T>
    static std::string result(const client::Outcome<T>& outcome) {
        return outcome ? "done" : std::string(client::code_text(outcome.error()));
    }
    std::string import(ByteView der) {
        return result(desk->wait(setup.import_certificate(to_buffer(der), soon())));
    }
    std::string generate(CertificateUse use) {
        return result(desk->wait(setup.generate_key_pair(use, soon())));
    }
    client::Outcome<ByteBuffer> request(CertificateUse use) {
        return desk->wait(setup.certificate_request(use, soon()));
    }
    client::Outcome<ByteBuffer> exported(client::CertificateIdentification which) {
        return desk->wait(setup.export_certificate(std::move(which), soon()));
    }
    std::string removed(client::CertificateIdentification which) {
        return result(desk->wait(setup.remove_certificate(std::move(which), soon())));
    }
    std::vector<client::CertificateInfo> list() {
        auto all = desk->wait(setup.certificates(soon()));
        BOOST_REQUIRE(all.has_value());
        return std::move(*all);
    }
    std::string invoke(const cosem::MethodDescriptor& method, const axdr::Data& parameter) {
        return result(desk->wait(desk->client.invoke(method, parameter, soon())));
    }
    std::string value(const cosem::AttributeDescriptor& attribute) {
        client::ReadRequest asked;
        asked.attribute = attribute;
        return text(desk->wait(desk->client.read(std::move(asked), soon())));
    }
    static Instant soon() { return in(std::chrono::seconds(20)); }

    std::unique_ptr<Desk> desk;
    client::SecuritySetup setup;
};

axdr::Data agreement_parameter(std::uint8_t id, ByteView data) {
    axdr::DataBuilder builder;
    builder.array(1).structure(2).enumerated(id).octet_string(data);
    return *builder.finish();
}

ByteBuffer joined(ByteView a, ByteView b) {
    ByteBuffer all = to_buffer(a);
    all.insert(all.end(), b.begin(), b.end());
    return all;
}

constexpr std::array agreement_suites{1, 2};

}  // namespace

BOOST_AUTO_TEST_SUITE(security_setup_objects)

BOOST_AUTO_TEST_CASE(SYMSEC_1_X_KA_1_both_sides_get_the_same_keys) {
    for (const int suite : agreement_suites) {
        const SetupWorld world(SetupOptions{.suite = suite});
        const auto records = *store::KeyStore::in_memory();
        client::KeyLife life(*records, "meter", [&](MeterParameters with) {
            return std::make_unique<client::NativeMeterClient>(std::move(with),
                                                               with_counters(world.counters));
        });
        const MeterParameters before = world.parameters(1, security::authenticated_encryption);
        const client::SecretChange places{{}, setup_object, {}};
        const auto agree = [&](const MeterParameters& with, std::vector<SecretKind> kinds) {
            BOOST_TEST(client::agreement_obstacle(with, kinds) == "");
            asio::io_context io;
            const auto agreed =
                wait_for(io, life.agree(with, kinds, places, in(std::chrono::seconds(30))));
            BOOST_REQUIRE_MESSAGE(agreed.has_value(),
                                  (agreed ? "" : describe(agreed.error().failure)));
        };
        agree(before, {SecretKind::encryption, SecretKind::authentication});
        const auto fresh = *records->current("meter");
        const auto after = client::with_secrets(before, fresh);
        BOOST_REQUIRE(after.has_value());
        BOOST_TEST(fresh.find(SecretKind::encryption)->size() == security::key_size(world.suite));
        BOOST_TEST(
            !fresh.find(SecretKind::encryption)->matches(before.security.keys.unicast->reveal()));
        BOOST_TEST(world.reading(after->clone()) == energy_value);
        BOOST_TEST(world.reading(before.clone()) != energy_value);
        // A master key that was agreed on wraps the keys of before.
        agree(*after, {SecretKind::master});
        const auto master = security::MasterKey::from(
            records->current("meter")->find(SecretKind::master)->reveal());
        const ByteBuffer old(security::key_size(world.suite), 0x77);
        {
            SetupDesk desk(world.desk(after->clone()));
            const auto wrapped = client::wrapped_keys(
                *master,
                std::vector<client::NewKey>{{KeyId::unicast, old}, {KeyId::authentication, old}});
            BOOST_TEST(desk.invoke({64, setup_object, 2}, *wrapped) == "done");
        }
        BOOST_TEST(world.reading(before.clone()) == energy_value);
    }
}

BOOST_AUTO_TEST_CASE(SYMSEC_1_X_KA_1_what_is_wrong_is_refused_and_changes_nothing) {
    for (const int suite : agreement_suites) {
        SetupWorld world(SetupOptions{.suite = suite});
        SystemRandom random;
        const Curve curve = *security::curve_of(world.suite);
        const PrivateKey ephemeral = *PrivateKey::generate(curve, random);
        const ByteBuffer good =
            *security::make_key_agreement_data(0, ephemeral.public_key(), world.papers.ours);
        SetupDesk desk(world.desk());
        const auto offered = [&](std::uint8_t id, ByteView data) {
            return desk.invoke(key_agreement, agreement_parameter(id, data));
        };
        ByteBuffer wrong = good;
        wrong.back() ^= 1;  // of the signature
        BOOST_TEST(offered(0, wrong) == "other-reason");
        wrong = good;
        wrong.front() ^= 1;  // of the point
        BOOST_TEST(offered(0, wrong) == "other-reason");
        // Signed well, but no point of the curve, and the point at infinity's likeness.
        for (const Byte filling : {Byte{0}, Byte{0xFF}, Byte{0x11}}) {
            ByteBuffer point(security::public_key_size(curve), filling);
            const ByteBuffer signature = *world.papers.ours.sign(joined(ByteBuffer{0}, point));
            BOOST_TEST(offered(0, joined(point, signature)) == "other-reason");
        }
        BOOST_TEST(offered(2, good) == "other-reason");  // signed for another key
        BOOST_TEST(offered(4, good) == "other-reason");
        BOOST_TEST(offered(0, ByteView(good).first(good.size() - 1)) == "other-reason");
        BOOST_TEST(offered(0, ByteView()) == "other-reason");
        BOOST_TEST(desk.invoke(key_agreement, *axdr::Data::parse(octets("0100"))) ==
                   "other-reason");
        BOOST_TEST(desk.invoke(key_agreement, *axdr::Data::parse(octets("1100"))) ==
                   "type-unmatched");
        // One good key and one bad, and one key twice: none is taken.
        axdr::DataBuilder two;
        two.array(2)
            .structure(2)
            .enumerated(0)
            .octet_string(good)
            .structure(2)
            .enumerated(2)
            .octet_string(good);
        BOOST_TEST(desk.invoke(key_agreement, *two.finish()) == "other-reason");
        axdr::DataBuilder twice;
        twice.array(2)
            .structure(2)
            .enumerated(0)
            .octet_string(good)
            .structure(2)
            .enumerated(0)
            .octet_string(good);
        BOOST_TEST(desk.invoke(key_agreement, *twice.finish()) == "other-reason");
        const auto signed_by_another =
            security::make_key_agreement_data(0, ephemeral.public_key(), world.papers.meters);
        BOOST_TEST(offered(0, *signed_by_another) == "other-reason");
        BOOST_TEST(desk.value(energy) == energy_value);
        // What anybody could send once more is not taken.
        SetupDesk plain(world.desk(1, security::encrypted_only));
        BOOST_TEST(plain.invoke(key_agreement, agreement_parameter(0, good)) ==
                   "read-write-denied");
        SetupDesk open(world.desk(3));
        BOOST_TEST(open.invoke(key_agreement, agreement_parameter(0, good)) == "read-write-denied");
        BOOST_TEST(world.reading(world.parameters(1, security::authenticated_encryption)) ==
                   energy_value);
    }
    SetupWorld without(SetupOptions{.suite = 0});
    SetupDesk desk(without.desk());
    BOOST_TEST(desk.invoke(key_agreement, agreement_parameter(0, ByteBuffer(128))) ==
               "other-reason");
    BOOST_TEST(desk.generate(CertificateUse::digital_signature) == "other-reason");
    SetupWorld older(SetupOptions{.version = 0});
    SetupDesk of_version_0(older.desk());
    BOOST_TEST(of_version_0.invoke(key_agreement, agreement_parameter(0, ByteBuffer(128))) ==
               "object-undefined");
    BOOST_TEST(of_version_0.generate(CertificateUse::tls) == "object-undefined");
}

BOOST_AUTO_TEST_CASE(SYMSEC_1_X_KA_1_a_client_believes_no_other_answer) {
    const Papers papers(Curve::p256);
    SystemRandom random;
    const std::array ids{KeyId::unicast, KeyId::authentication};
    const auto offer = client::offer_agreement(ids, papers.ours, random);
    BOOST_REQUIRE(offer.has_value());
    const PrivateKey ephemeral = *PrivateKey::generate(Curve::p256, random);
    const client::AgreementParties parties{SecuritySuite::ecdh_ecdsa_aes_gcm_128, our_title,
                                           meter_title, papers.meters.public_key()};
    const auto answer = [&](std::uint8_t first, std::uint8_t second, const PrivateKey& signer) {
        axdr::DataBuilder builder;
        builder.array(2);
        for (const std::uint8_t id : {first, second}) {
            builder.structure(2).enumerated(id).octet_string(
                *security::make_key_agreement_data(id, ephemeral.public_key(), signer));
        }
        return *builder.finish();
    };
    const auto code = [&](const axdr::Data& told) {
        const auto keys = client::agreed_keys(*offer, told.view(), parties);
        return keys ? std::string("keys") : std::string(name(keys.error().code));
    };
    BOOST_TEST(code(answer(0, 2, papers.meters)) == "keys");
    BOOST_TEST(code(answer(2, 0, papers.meters)) == "keys");
    BOOST_TEST(code(answer(0, 2, papers.ours)) == "signature-mismatch");
    BOOST_TEST(code(answer(0, 1, papers.meters)) == "type-mismatch");
    BOOST_TEST(code(answer(0, 0, papers.meters)) == "type-mismatch");
    BOOST_TEST(code(agreement_parameter(0, ByteBuffer(128))) == "type-mismatch");
    const axdr::Data good = answer(0, 2, papers.meters);
    for (std::size_t i = 0; i < good.encoded().size(); i += 5) {
        ByteBuffer changed = to_buffer(good.encoded());
        changed[i] ^= 1;
        const auto parsed = axdr::Data::parse(changed);
        BOOST_TEST((!parsed || code(*parsed) != "keys"));
    }
}

BOOST_AUTO_TEST_CASE(SYMSEC_1_X_CERT_1_the_life_of_the_meters_certificate) {
    for (const int suite : agreement_suites) {
        SetupWorld world(SetupOptions{.suite = suite});
        const Papers& papers = world.papers;
        const std::string title = to_hex(meter_title.octets());
        SetupDesk desk(world.administrator());
        auto listed = desk.list();
        BOOST_TEST_REQUIRE(listed.size() == 1u);
        BOOST_TEST(int(listed[0].entity) == int(CertificateEntity::authority));
        // Before a new pair is drawn the request is for the one in force.
        const auto of_present = desk.request(CertificateUse::digital_signature);
        BOOST_REQUIRE(of_present.has_value());
        BOOST_TEST((security::open_certificate_request(*of_present)->public_key ==
                    papers.meters.public_key()));
        BOOST_TEST(!desk.request(CertificateUse::tls).has_value());
        BOOST_TEST(desk.generate(CertificateUse::digital_signature) == "done");
        const auto der = desk.request(CertificateUse::digital_signature);
        BOOST_REQUIRE(der.has_value());
        const auto request = security::open_certificate_request(*der);
        BOOST_REQUIRE(request.has_value());
        BOOST_TEST((request->owner == meter_title));
        BOOST_TEST((request->public_key.curve() == *security::curve_of(world.suite)));
        // Until its certificate comes the old pair is in force.
        MeterParameters by_old = world.parameters(2, security::authenticated_encryption);
        BOOST_TEST(world.reading(by_old.clone()) == energy_value);
        const security::CertificateContents contents{title,
                                                     request->public_key,
                                                     CertificateUse::digital_signature,
                                                     next_serial_number(),
                                                     present() - std::chrono::hours(1),
                                                     present() + std::chrono::hours(1)};
        const Certificate made =
            *security::issue_certificate(contents, papers.authoritys, &papers.authority);
        BOOST_TEST(desk.import(made.der()) == "done");
        BOOST_TEST(desk.import(made.der()) == "done");  // once more: the same
        listed = desk.list();
        BOOST_TEST_REQUIRE(listed.size() == 2u);
        BOOST_TEST(int(listed[1].entity) == int(CertificateEntity::server));
        BOOST_TEST(int(listed[1].type) == int(CertificateUse::digital_signature));
        BOOST_TEST(to_hex(listed[1].serial_number) == to_hex(made.serial_number()));
        BOOST_TEST(to_hex(listed[1].subject) == to_hex(made.subject()));
        const CertificateByEntity by_entity{CertificateEntity::server, 0,
                                            to_buffer(meter_title.octets())};
        const CertificateBySerial by_serial{listed[1].serial_number, listed[1].issuer};
        for (const client::CertificateIdentification& which :
             {client::CertificateIdentification(by_entity),
              client::CertificateIdentification(by_serial)}) {
            const auto exported = desk.exported(which);
            BOOST_REQUIRE(exported.has_value());
            BOOST_TEST(to_hex(*exported) == to_hex(made.der()));
        }
        MeterParameters by_new = by_old.clone();
        by_new.security.keys.peer_signing = made.public_key();
        BOOST_TEST(world.reading(by_new.clone()) == energy_value);
        BOOST_TEST(world.reading(by_old.clone()) == "authentication-failed");
        BOOST_TEST(desk.removed(by_serial) == "done");
        BOOST_TEST(desk.removed(by_serial) == "other-reason");
        BOOST_TEST(!desk.exported(by_entity).has_value());
        // What the meter trusts from the beginning stays, and may be read.
        const CertificateBySerial authority{listed[0].serial_number, listed[0].issuer};
        BOOST_TEST(desk.removed(authority) == "other-reason");
        const CertificateByEntity named{CertificateEntity::authority, 3, to_buffer(as_bytes("CA"))};
        const auto exported = desk.exported(named);
        BOOST_REQUIRE(exported.has_value());
        BOOST_TEST(to_hex(*exported) == to_hex(papers.authority.der()));
        BOOST_TEST(desk.list().size() == 1u);
    }
}

BOOST_AUTO_TEST_CASE(SYMSEC_1_X_CERT_1_clients_come_and_go_by_their_certificates) {
    SetupWorld world;
    const Papers& papers = world.papers;
    SystemRandom random;
    const PrivateKey fresh = *PrivateKey::generate(Curve::p256, random);
    const std::string title = to_hex(our_title.octets());
    const Certificate certificate =
        certificate_of(title, fresh, papers.authoritys, &papers.authority);
    MeterParameters with_fresh = world.parameters(2, security::authenticated_encryption);
    with_fresh.security.keys.own_signing = fresh.clone();
    BOOST_TEST(world.reading(with_fresh.clone()) == "authentication-failed");
    // Shown in the AARQ it is taken for this association, if the authority has signed it.
    MeterParameters showing = with_fresh.clone();
    showing.security.certificate = to_buffer(certificate.der());
    BOOST_TEST(world.reading(showing.clone()) == energy_value);
    BOOST_TEST(world.reading(with_fresh.clone()) == "authentication-failed");
    const Papers others(Curve::p256);
    for (const Certificate& bad :
         {certificate_of(title, fresh, fresh, nullptr),
          certificate_of(title, fresh, others.authoritys, &others.authority),
          certificate_of("4845530000000099", fresh, papers.authoritys, &papers.authority),
          certificate_of(title, fresh, papers.authoritys, &papers.authority,
                         CertificateUse::key_agreement),
          certificate_of(title, fresh, papers.authoritys, &papers.authority,
                         CertificateUse::digital_signature, std::chrono::hours(48))}) {
        showing.security.certificate = to_buffer(bad.der());
        BOOST_TEST(world.reading(showing.clone()) == "authentication-failed");
    }
    SetupDesk desk(world.administrator());
    BOOST_TEST(desk.import(certificate.der()) == "done");
    BOOST_TEST(world.reading(with_fresh.clone()) == energy_value);
    BOOST_TEST(world.reading(world.parameters(2, security::authenticated_encryption)) ==
               "authentication-failed");
    // A newer one of the same client takes its place.
    const Certificate newer =
        certificate_of(title, papers.ours, papers.authoritys, &papers.authority);
    BOOST_TEST(desk.import(newer.der()) == "done");
    BOOST_TEST(desk.list().size() == 2u);
    BOOST_TEST(world.reading(with_fresh.clone()) == "authentication-failed");
    BOOST_TEST(world.reading(world.parameters(2, security::authenticated_encryption)) ==
               energy_value);
    BOOST_TEST(desk.removed(CertificateByEntity{CertificateEntity::client, 0,
                                                to_buffer(our_title.octets())}) == "done");
    BOOST_TEST(desk.list().size() == 1u);
}

BOOST_AUTO_TEST_CASE(SYMSEC_1_X_CERT_1_bad_certificates_are_refused) {
    for (const int suite : agreement_suites) {
        SetupWorld world(SetupOptions{.suite = suite});
        const Papers& papers = world.papers;
        const Curve curve = *security::curve_of(world.suite);
        const Papers others(curve);
        const Papers other_curve(curve == Curve::p256 ? Curve::p384 : Curve::p256);
        const std::string title = to_hex(meter_title.octets());
        const std::string client = to_hex(our_title.octets());
        const auto by_authority = [&](const std::string& name, const PrivateKey& key,
                                      CertificateUse use = CertificateUse::digital_signature,
                                      std::chrono::hours age = std::chrono::hours(1)) {
            return certificate_of(name, key, papers.authoritys, &papers.authority, use, age);
        };
        const CertificateUse signature = CertificateUse::digital_signature;
        SetupDesk desk(world.administrator());
        for (const auto& [what, bad] :
             {std::pair("expired",
                        by_authority(title, papers.meters, signature, std::chrono::hours(48))),
              std::pair("not valid yet",
                        by_authority(title, papers.meters, signature, std::chrono::hours(-2))),
              std::pair("no title", by_authority("a meter", papers.meters)),
              std::pair("our key, another's title", by_authority(client, papers.meters)),
              std::pair("our title, another key", by_authority(title, others.meters)),
              std::pair("another use",
                        by_authority(title, papers.meters, CertificateUse::key_agreement)),
              std::pair("another authority", others.meter),
              std::pair("another authority itself", others.authority),
              std::pair("signed by itself",
                        certificate_of(client, others.ours, others.ours, nullptr)),
              std::pair("another curve, signed by ours", by_authority(client, other_curve.ours)),
              std::pair("another curve", other_curve.meter)}) {
            BOOST_TEST_CONTEXT(what) {
                BOOST_TEST(desk.import(bad.der()) == "other-reason");
            }
        }
        const Certificate good = by_authority(client, others.ours);
        ByteBuffer der = to_buffer(good.der());
        for (std::size_t i = 0; i < der.size(); i += 29) {
            der[i] ^= 1;
            BOOST_TEST(desk.import(der) == "other-reason");
            der[i] ^= 1;
        }
        BOOST_TEST(desk.import(ByteView(der).first(der.size() - 1)) == "other-reason");
        der.push_back(0);
        BOOST_TEST(desk.import(der) == "other-reason");
        BOOST_TEST(desk.import(ByteView()) == "other-reason");
        BOOST_TEST(desk.list().size() == 1u);
        BOOST_TEST(desk.value(energy) == energy_value);
        SetupDesk open(world.desk(3));
        BOOST_TEST(open.import(good.der()) == "read-write-denied");
        BOOST_TEST(desk.import(good.der()) == "done");
        BOOST_TEST(open.removed(CertificateByEntity{CertificateEntity::client, 0,
                                                    to_buffer(our_title.octets())}) ==
                   "read-write-denied");
    }
}

BOOST_AUTO_TEST_CASE(SYMSEC_X_ACC_1_access_rights_ask_for_protection) {
    SetupWorld world;
    struct Case {
        int client;
        Protection protection;
        const char* one;    // asks for an authenticated request
        const char* both;   // for both, and of the answer too
        const char* reset;  // a method that asks for an authenticated request
    };
    constexpr const char* refused = "scope-of-access-violated";
    for (const Case& one : {Case{3, security::no_protection, refused, refused, refused},
                            Case{1, security::encrypted_only, refused, refused, refused},
                            Case{1, security::authenticated_only, "1107", refused, "done"},
                            Case{1, security::authenticated_encryption, "1107", "1107", "done"}}) {
        SetupDesk desk(world.desk(one.client, one.protection));
        BOOST_TEST(desk.value(guarded) == one.one);
        BOOST_TEST(desk.value(doubly_guarded) == one.both);
        // What asks of the answer alone is never told in plain.
        BOOST_TEST(desk.value(answer_guarded) == (one.client == 3 ? refused : "1107"));
        BOOST_TEST(desk.invoke(guarded_method, *axdr::Data::parse(octets("0F00"))) == one.reset);
        std::vector<client::ReadRequest> list(3);
        list[0].attribute = energy;
        list[1].attribute = doubly_guarded;
        list[2].attribute = guarded;
        const auto values =
            desk.desk->wait(desk.desk->client.read_list(std::move(list), SetupDesk::soon()));
        BOOST_REQUIRE(values.has_value());
        BOOST_TEST(text(values->at(0)).starts_with("06"));
        BOOST_TEST(text(values->at(1)) == one.both);
        BOOST_TEST(text(values->at(2)) == one.one);
        const auto written = desk.desk->wait(desk.desk->client.write(
            guarded, *axdr::Data::parse(octets("1107")), SetupDesk::soon()));
        BOOST_TEST(SetupDesk::result(written) ==
                   (std::string_view(one.one) == refused ? refused : "done"));
    }
}

BOOST_AUTO_TEST_CASE(SYMSEC_X_ACC_1_the_object_list_tells_the_rights_in_the_form_of_its_version) {
    struct Case {
        int version;
        const char* attribute;  // of the guarded value: id, access mode, no selectors
        const char* method;     // of the energy
    };
    // 6: authenticated read and write. 07: read, write, authenticated request; EF: and the rest.
    for (const Case& one :
         {Case{0, "02030F02160600", "02020F010301"}, Case{2, "02030F02160600", "02020F011602"},
          Case{3, "02030F02160700", "02020F011605"}}) {
        SetupWorld world(SetupOptions{.association_version = one.version});
        SetupDesk desk(world.desk());
        const std::string list = desk.value({15, {0, 0, 40, 0, 0, 255}, 2});
        BOOST_TEST(list.find(one.attribute) != std::string::npos);
        BOOST_TEST(list.find(one.method) != std::string::npos);
        BOOST_TEST((list.find("02030F02166F00") != std::string::npos) == (one.version == 3));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::testing
