#include "stack/security/hls.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/security/protection.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"
#include "tests/support/vectors.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace dlms::security;

namespace {

const SystemTitle client({0x4D, 0x4D, 0x4D, 0, 0, 0, 0, 1});
const SystemTitle meter({0x4D, 0x4D, 0x4D, 0, 0, 0xBC, 0x61, 0x4E});
const ByteBuffer from_server = octets("503677524A323146");
const ByteBuffer from_client = octets("4B35366956616759");

ByteBuffer field(const Json& json, const char* name) {
    return octets(json.value(name, ""));
}

template <class T>
ErrorCode code(const Result<T>& result) {
    return result ? ErrorCode::defect : result.error().code;
}

ByteBuffer flipped(ByteBuffer octets_in, std::size_t bit) {
    octets_in[bit / 8] = static_cast<Byte>(octets_in[bit / 8] ^ (1u << bit % 8));
    return octets_in;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hls)

// SYMSEC_X_HLS_1: mechanisms 3, 4 and 6.
BOOST_AUTO_TEST_CASE(vectors_of_digests) {
    std::size_t covered = 0;
    for (const Vector& vector : load_vectors("hls")) {
        const int mechanism = vector.expect.value("mechanism", 0);
        if (mechanism != 3 && mechanism != 4 && mechanism != 6) {
            continue;
        }
        BOOST_TEST_CONTEXT(vector.id << ' ' << vector.name) {
            const SecretBytes secret(field(vector.expect, "secret"));
            const bool is_sha256 = mechanism == 6;
            const ByteBuffer challenge =
                field(vector.expect, is_sha256 ? "challenge_received" : "challenge");
            const ByteBuffer sent = field(vector.expect, "challenge_sent");
            const auto title = [&](const char* name) {
                return is_sha256 ? SystemTitle::from(field(vector.expect, name)).value() : client;
            };
            const HlsPass pass{challenge, sent, title("system_title_sender"),
                               title("system_title_receiver")};
            const auto which = static_cast<HlsMechanism>(mechanism);
            BOOST_TEST(to_hex(hls_answer(which, secret, pass).value()) == to_hex(vector.octets));
            BOOST_TEST(verify_hls_answer(which, secret, pass, vector.octets).has_value());
            for (std::size_t bit = 0; bit < 8 * vector.octets.size(); ++bit) {
                BOOST_TEST(
                    code(verify_hls_answer(which, secret, pass, flipped(vector.octets, bit))) ==
                    ErrorCode::authentication_failed);
            }
            const HlsPass swapped{challenge, sent, pass.verifying, pass.answering};
            BOOST_TEST(verify_hls_answer(which, secret, swapped, vector.octets).has_value() ==
                       !is_sha256);
            ++covered;
        }
    }
    BOOST_TEST(covered == 10u);
}

// SYMSEC_X_HLS_1: mechanism 5.
BOOST_AUTO_TEST_CASE(vectors_of_gmac) {
    std::size_t good = 0;
    std::size_t bad = 0;
    for (const Vector& vector : load_vectors("hls")) {
        if (vector.expect.value("mechanism", 0) != 5) {
            continue;
        }
        BOOST_TEST_CONTEXT(vector.id << ' ' << vector.name) {
            AesGcm cipher = AesGcm::create(field(vector.keys, "ek")).value();
            const AuthenticationKey key = AuthenticationKey::from(field(vector.keys, "ak")).value();
            const GmacKeys keys{
                cipher, key,
                to_security_suite(vector.keys.at("suite").get<std::uint8_t>()).value()};
            const SystemTitle title = SystemTitle::from(field(vector.keys, "system_title")).value();
            const ByteBuffer challenge = field(vector.expect, "challenge");
            const auto verified = verify_hls_gmac_answer(keys, title, challenge, vector.octets);
            if (!vector.valid) {
                BOOST_TEST(code(verified) == ErrorCode::authentication_failed);
                ++bad;
                continue;
            }
            const InvocationCounter counter(
                vector.expect.at("invocation_counter").get<std::uint32_t>());
            BOOST_TEST((verified.value() == counter));
            BOOST_TEST(to_hex(hls_gmac_answer(keys, title, counter, challenge).value()) ==
                       to_hex(vector.octets));
            for (std::size_t bit = 0; bit < 8 * vector.octets.size(); ++bit) {
                BOOST_TEST(
                    !verify_hls_gmac_answer(keys, title, challenge, flipped(vector.octets, bit))
                         .has_value());
            }
            ++good;
        }
    }
    BOOST_TEST(good == 10u);
    BOOST_TEST(bad == 2u);
}

// SYMSEC_X_HLS_1: the example that the Green Book prints, both directions.
BOOST_AUTO_TEST_CASE(example_of_the_green_book) {
    AesGcm cipher = AesGcm::create(octets("000102030405060708090A0B0C0D0E0F")).value();
    const AuthenticationKey key =
        AuthenticationKey::from(octets("D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF")).value();
    const GmacKeys keys{cipher, key, SecuritySuite::aes_gcm_128};
    BOOST_TEST(to_hex(hls_gmac_answer(keys, client, InvocationCounter(1), from_server).value()) ==
               "10000000011A52FE7DD3E72748973C1E28");
    BOOST_TEST(
        to_hex(hls_gmac_answer(keys, meter, InvocationCounter(0x01234567), from_client).value()) ==
        "1001234567FE1466AFB3DBCD4F9389E2B7");
    const GmacKeys other{cipher, key, SecuritySuite::ecdh_ecdsa_aes_gcm_128};
    BOOST_TEST(code(verify_hls_gmac_answer(other, client, from_server,
                                           octets("10000000011A52FE7DD3E72748973C1E28"))) ==
               ErrorCode::wrong_security_suite);
}

// SYMSEC_X_HLS_1: mechanism 7, both curves, and a signature from elsewhere.
BOOST_AUTO_TEST_CASE(signatures_answer_for_both_sides) {
    for (const Vector& vector : load_vectors("hls")) {
        if (vector.expect.value("operation", "") == "ecdsa-verify") {
            const ByteBuffer message = field(vector.expect, "message");
            const ByteView view(message);
            const HlsPass pass{view.subspan(16, 32), view.subspan(48, 32),
                               SystemTitle::from(view.first(8)).value(),
                               SystemTitle::from(view.subspan(8, 8)).value()};
            const PublicKey key =
                PublicKey::from(Curve::p256, field(vector.expect, "public_key")).value();
            BOOST_TEST(verify_hls_answer(key, pass, vector.octets).has_value());
            const HlsPass swapped{pass.other_challenge, pass.challenge, pass.answering,
                                  pass.verifying};
            BOOST_TEST(code(verify_hls_answer(key, swapped, vector.octets)) ==
                       ErrorCode::authentication_failed);
        }
    }
    SeededRandom random(5);
    for (const Curve curve : {Curve::p256, Curve::p384}) {
        const PrivateKey own = PrivateKey::generate(curve, random).value();
        const ByteBuffer stoc = make_challenge(HlsMechanism::ecdsa, random).value();
        const ByteBuffer ctos = make_challenge(HlsMechanism::ecdsa, random).value();
        const HlsPass pass{stoc, ctos, client, meter};
        const ByteBuffer answer = hls_answer(own, pass).value();
        BOOST_TEST(answer.size() == signature_size(curve));
        BOOST_TEST(verify_hls_answer(own.public_key(), pass, answer).has_value());
        BOOST_TEST(code(verify_hls_answer(own.public_key(), pass, ByteView(answer).first(63))) ==
                   ErrorCode::authentication_failed);
        const HlsPass reversed{stoc, ctos, meter, client};
        BOOST_TEST(code(verify_hls_answer(own.public_key(), reversed, answer)) ==
                   ErrorCode::authentication_failed);
    }
}

// The block of FIPS 197, C.1: what Hexing's mechanism 2 does with one.
BOOST_AUTO_TEST_CASE(the_makers_mechanism_enciphers_the_challenge) {
    const SecretBytes secret(octets("000102030405060708090A0B0C0D0E0F"));
    const ByteBuffer block = octets("00112233445566778899AABBCCDDEEFF");
    const HlsPass pass{block, {}, client, meter};
    BOOST_TEST(to_hex(hls_answer(HlsMechanism::manufacturer, secret, pass).value()) ==
               "69C4E0D86A7B0430D8CDB78070B4C55A");
    const HlsPass shorter{ByteView(block).first(8), {}, client, meter};
    BOOST_TEST(hls_answer(HlsMechanism::manufacturer, secret, shorter).value().size() == 16u);
    const ByteBuffer twice = octets("00112233445566778899AABBCCDDEEFF00112233445566778899");
    const HlsPass longer{twice, {}, client, meter};
    const ByteBuffer answer = hls_answer(HlsMechanism::manufacturer, secret, longer).value();
    BOOST_TEST(answer.size() == 32u);
    BOOST_TEST(to_hex(ByteView(answer).first(16)) == "69C4E0D86A7B0430D8CDB78070B4C55A");
    BOOST_TEST(code(hls_answer(HlsMechanism::manufacturer, SecretBytes(octets("00")), pass)) ==
               ErrorCode::out_of_range);
    BOOST_TEST(code(hls_answer(HlsMechanism::gmac, secret, pass)) == ErrorCode::out_of_range);
}

BOOST_AUTO_TEST_CASE(challenges_are_of_the_right_length_and_not_reflected) {
    SeededRandom random(9);
    const auto made = [&](HlsMechanism mechanism, std::size_t size) {
        const auto challenge = make_challenge(mechanism, random, size);
        return challenge && challenge->size() == size &&
               check_challenge(mechanism, *challenge, from_client).has_value();
    };
    BOOST_TEST(made(HlsMechanism::gmac, 8));
    BOOST_TEST(made(HlsMechanism::gmac, 64));
    BOOST_TEST(!made(HlsMechanism::gmac, 7));
    BOOST_TEST(!made(HlsMechanism::gmac, 65));
    BOOST_TEST(made(HlsMechanism::ecdsa, 32));
    BOOST_TEST(!made(HlsMechanism::ecdsa, 31));
    BOOST_TEST((make_challenge(HlsMechanism::md5, random).value() !=
                make_challenge(HlsMechanism::md5, random).value()));
    BOOST_TEST(code(check_challenge(HlsMechanism::md5, from_client, from_client)) ==
               ErrorCode::reflected_challenge);
    BOOST_TEST(code(check_challenge(HlsMechanism::md5, octets("00"), from_client)) ==
               ErrorCode::value_out_of_range);
    BOOST_TEST(code(check_challenge(HlsMechanism::ecdsa, from_server, from_client)) ==
               ErrorCode::value_out_of_range);
}

BOOST_AUTO_TEST_SUITE_END()
