#include "stack/security/key_agreement.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/security/digest.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"
#include "tests/support/vectors.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace dlms::security;

namespace {

const SystemTitle client({0x4D, 0x4D, 0x4D, 0, 0, 0, 0, 1});
const SystemTitle meter({0x4D, 0x4D, 0x4D, 0, 0, 0xBC, 0x61, 0x4E});

struct Suite {
    SecuritySuite suite;
    Curve curve;
};
constexpr std::array suites{Suite{SecuritySuite::ecdh_ecdsa_aes_gcm_128, Curve::p256},
                            Suite{SecuritySuite::ecdh_ecdsa_aes_gcm_256, Curve::p384}};

std::string hex(const Result<SecretBytes>& secret) {
    return secret ? to_hex(secret->reveal()) : outcome(secret);
}

template <class T>
ErrorCode code(const Result<T>& result) {
    return result ? ErrorCode::defect : result.error().code;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(key_agreement)

// SYMSEC_1_X_KDF_1
BOOST_AUTO_TEST_CASE(vector_of_one_pass_diffie_hellman) {
    std::size_t covered = 0;
    for (const Vector& vector : load_vectors("keywrap")) {
        const auto field = [&](const char* name) {
            return octets(vector.expect.at(name).get<std::string>());
        };
        if (vector.expect.value("operation", "") != "ecdh-kdf") {
            continue;
        }
        const PrivateKey own = PrivateKey::from(Curve::p256, field("private_key")).value();
        const PublicKey peer = PublicKey::from(Curve::p256, field("peer_public_key")).value();
        const Result<SecretBytes> z = own.agree(peer);
        BOOST_TEST(hex(z) == to_hex(vector.octets));
        const auto suite = SecuritySuite::ecdh_ecdsa_aes_gcm_128;
        const std::string derived = vector.expect.at("derived_key").get<std::string>();
        BOOST_TEST(hex(derive_key(suite, *z, KeyPurpose::aes_gcm, field("party_u_info"),
                                  field("party_v_info"))) == derived);
        BOOST_TEST(hex(one_pass_key(suite, own, peer, {meter, client})) == derived);
        BOOST_TEST(hex(one_pass_key(suite, own, peer, {client, meter})) != derived);
        ++covered;
    }
    BOOST_TEST(covered == 1u);
}

BOOST_AUTO_TEST_CASE(derivation_is_one_digest_over_counter_secret_and_information) {
    for (const auto& [suite, curve] : suites) {
        const SecretBytes z(ByteBuffer(coordinate_size(curve), 0x5A));
        for (const KeyPurpose purpose : {KeyPurpose::aes_gcm, KeyPurpose::aes_key_wrap}) {
            const Byte last = static_cast<Byte>((purpose == KeyPurpose::aes_key_wrap ? 2 : 0) +
                                                (curve == Curve::p384 ? 1 : 0));
            ByteBuffer algorithm = octets("608574050803");
            algorithm.push_back(last);
            const ByteBuffer expected =
                digest(curve == Curve::p384 ? DigestAlgorithm::sha384 : DigestAlgorithm::sha256,
                       {octets("00000001"), z.reveal(), algorithm, client.octets(), meter.octets()})
                    .value();
            BOOST_TEST(hex(derive_key(suite, z, purpose, client.octets(), meter.octets())) ==
                       to_hex(ByteView(expected).first(key_size(suite))));
        }
        BOOST_TEST(code(derive_key(suite, SecretBytes(octets("00")), KeyPurpose::aes_gcm, {},
                                   {})) == ErrorCode::out_of_range);
        BOOST_TEST(code(derive_key(SecuritySuite::aes_gcm_128, z, KeyPurpose::aes_gcm, {}, {})) ==
                   ErrorCode::out_of_range);
    }
}

BOOST_AUTO_TEST_CASE(both_sides_get_the_same_key) {
    SeededRandom random(11);
    for (const auto& [suite, curve] : suites) {
        const PrivateKey a = PrivateKey::generate(curve, random).value();
        const PrivateKey b = PrivateKey::generate(curve, random).value();
        const Parties parties{client, meter};
        const ByteBuffer transaction = octets("0102030405060708");
        BOOST_TEST(hex(one_pass_key(suite, a, b.public_key(), parties)) ==
                   hex(one_pass_key(suite, b, a.public_key(), parties)));
        const std::string unified =
            hex(static_unified_key(suite, a, b.public_key(), parties, transaction));
        BOOST_TEST(unified ==
                   hex(static_unified_key(suite, b, a.public_key(), parties, transaction)));
        BOOST_TEST(unified.size() == 2 * key_size(suite));
        BOOST_TEST(unified != hex(static_unified_key(suite, a, b.public_key(), parties,
                                                     octets("0102030405060709"))));
        const std::string unicast = hex(
            ephemeral_unified_key(suite, a, b.public_key(), client, meter, KeyPurpose::aes_gcm));
        BOOST_TEST(unicast == hex(ephemeral_unified_key(suite, b, a.public_key(), client, meter,
                                                        KeyPurpose::aes_gcm)));
        BOOST_TEST(unicast != hex(ephemeral_unified_key(suite, a, b.public_key(), client, meter,
                                                        KeyPurpose::aes_key_wrap)));
        BOOST_TEST(code(static_unified_key(suite, a, b.public_key(), parties, ByteBuffer(128))) ==
                   ErrorCode::out_of_range);
    }
}

// SYMSEC_1_X_KA_1
BOOST_AUTO_TEST_CASE(ephemeral_keys_come_with_a_signature) {
    SeededRandom random(13);
    for (const auto& [suite, curve] : suites) {
        const PrivateKey ephemeral = PrivateKey::generate(curve, random).value();
        const PrivateKey signer = PrivateKey::generate(curve, random).value();
        const ByteBuffer data = make_key_agreement_data(2, ephemeral.public_key(), signer).value();
        BOOST_TEST(data.size() == 4 * coordinate_size(curve));
        BOOST_TEST((open_key_agreement_data(2, data, signer.public_key()).value() ==
                    ephemeral.public_key()));
        BOOST_TEST(code(open_key_agreement_data(1, data, signer.public_key())) ==
                   ErrorCode::signature_mismatch);
        BOOST_TEST(code(open_key_agreement_data(2, data, ephemeral.public_key())) ==
                   ErrorCode::signature_mismatch);
        BOOST_TEST(code(open_ephemeral_key_data(data, signer.public_key())) ==
                   ErrorCode::signature_mismatch);
        BOOST_TEST(code(open_key_agreement_data(2, ByteView(data).first(data.size() - 1),
                                                signer.public_key())) ==
                   ErrorCode::inner_length_mismatch);
        const ByteBuffer plain = make_ephemeral_key_data(ephemeral.public_key(), signer).value();
        BOOST_TEST((open_ephemeral_key_data(plain, signer.public_key()).value() ==
                    ephemeral.public_key()));
    }
    const PrivateKey p256 = PrivateKey::generate(Curve::p256, random).value();
    const PrivateKey p384 = PrivateKey::generate(Curve::p384, random).value();
    BOOST_TEST(code(make_ephemeral_key_data(p256.public_key(), p384)) == ErrorCode::out_of_range);
    BOOST_TEST(code(p256.agree(p384.public_key())) == ErrorCode::out_of_range);
}

// A signed point that is none: invalid-curve attacks end here.
BOOST_AUTO_TEST_CASE(points_must_lie_on_the_curve) {
    SeededRandom random(17);
    for (const auto& [suite, curve] : suites) {
        const PrivateKey signer = PrivateKey::generate(curve, random).value();
        ByteBuffer data = to_buffer(signer.public_key().octets());
        data.back() ^= 1;
        BOOST_TEST(code(PublicKey::from(curve, data)) == ErrorCode::out_of_range);
        const ByteBuffer signature = signer.sign(data).value();
        data.insert(data.end(), signature.begin(), signature.end());
        BOOST_TEST(code(open_ephemeral_key_data(data, signer.public_key())) ==
                   ErrorCode::out_of_range);
        BOOST_TEST(code(PublicKey::from(curve, ByteBuffer(public_key_size(curve)))) ==
                   ErrorCode::out_of_range);
        BOOST_TEST(code(PublicKey::from(curve, ByteBuffer(public_key_size(curve), 0xFF))) ==
                   ErrorCode::out_of_range);
    }
    BOOST_TEST(code(PublicKey::from(Curve::p256, ByteBuffer(65))) == ErrorCode::out_of_range);
}

BOOST_AUTO_TEST_CASE(private_numbers_lie_below_the_order) {
    const ByteBuffer order =
        octets("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
    ByteBuffer below = order;
    --below.back();
    BOOST_TEST(PrivateKey::from(Curve::p256, below).has_value());
    BOOST_TEST(code(PrivateKey::from(Curve::p256, order)) == ErrorCode::out_of_range);
    BOOST_TEST(code(PrivateKey::from(Curve::p256, ByteBuffer(32))) == ErrorCode::out_of_range);
    BOOST_TEST(code(PrivateKey::from(Curve::p256, ByteBuffer(48, 1))) == ErrorCode::out_of_range);
    ByteBuffer one(32);
    one.back() = 1;
    // The base point of P-256 (FIPS 186-4, D.1.2.3).
    BOOST_TEST(to_hex(PrivateKey::from(Curve::p256, one).value().public_key().octets()) ==
               "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
               "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5");
    const PrivateKey key = PrivateKey::from(Curve::p256, below).value();
    BOOST_TEST(to_hex(key.clone().reveal()) == to_hex(below));
}

BOOST_AUTO_TEST_SUITE_END()
