// The vectors of tests/vectors/cipher.jsonl, opened and sealed again.

#include <boost/test/unit_test.hpp>

#include "stack/security/apdu_protection.hpp"
#include "stack/security/service_tag.hpp"
#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"
#include "tests/support/vectors.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace dlms::security;

namespace {

const SystemTitle other_side({0x54, 0x45, 0x53, 0x54, 0, 0, 0, 2});

std::string operation(const Vector& vector) {
    return vector.expect.value("operation", "");
}

ByteBuffer key(const Vector& vector, const char* name) {
    return octets(vector.keys.value(name, ""));
}

/// The sealed APDU itself: of ACSE's APDUs the user-information.
ByteBuffer sealed_octets(const Vector& vector) {
    const Json apdu = vector.expect.value("apdu", Json::object());
    return apdu.contains("user_information")
               ? octets(apdu.at("user_information").get<std::string>())
               : vector.octets;
}

SystemTitle title(const Vector& vector) {
    return SystemTitle::from(key(vector, "system_title")).value();
}

/// One side with the vector's keys: the sender, or the one who opens.
ApduProtection side(const Vector& vector, bool is_sender, Random& random) {
    ProtectionKeys keys;
    keys.unicast = EncryptionKey::from(key(vector, "ek")).value();
    keys.broadcast = EncryptionKey::from(key(vector, "ek")).value();
    if (const ByteBuffer ak = key(vector, "ak"); !ak.empty()) {
        keys.authentication = AuthenticationKey::from(ak).value();
    }
    // One sender writes another suite than its keys' into the security control octet.
    const Json apdu = vector.expect.value("apdu", Json::object());
    const auto number = apdu.contains("security_control")
                            ? apdu.at("security_control").at("suite").get<std::uint8_t>()
                            : vector.keys.at("suite").get<std::uint8_t>();
    const SecuritySuite suite = to_security_suite(number).value();
    ApduProtection result = ApduProtection::create(suite, is_sender ? title(vector) : other_side,
                                                   std::move(keys), random)
                                .value();
    result.set_peer_title(is_sender ? other_side : title(vector)).value();
    result.set_dedicated_key(DedicatedKey::from(key(vector, "ek")).value()).value();
    return result;
}

/// The vector's sender, about to use the vector's counter.
ApduProtection sender(const Vector& vector, KeySlot slot, Random& random) {
    ApduProtection result = side(vector, true, random);
    const auto counter = vector.keys.at("ic").get<std::uint32_t>();
    if (slot == KeySlot::dedicated) {
        result.send_counter(slot).skip_to(InvocationCounter(counter));
    } else {
        result.send_counter(slot).grant({counter, counter}).value();
    }
    return result;
}

KeySlot slot_of(ProtectionKind kind) {
    switch (kind) {
        case ProtectionKind::service_dedicated:
        case ProtectionKind::general_dedicated: return KeySlot::dedicated;
        case ProtectionKind::service_broadcast:
        case ProtectionKind::general_broadcast: return KeySlot::broadcast;
        default: return KeySlot::unicast;
    }
}

ErrorCode expected_code(const Vector& vector) {
    const std::string& reason = vector.reason;
    if (reason == "authentication tag mismatch") {
        return ErrorCode::tag_mismatch;
    }
    if (reason == "security policy not met") {
        return ErrorCode::insufficient_protection;
    }
    if (reason == "unknown security suite") {
        return ErrorCode::unknown_value;
    }
    if (reason == "length beyond buffer") {
        // Of one, the title takes the first octet of the length.
        return vector.id == "cipher-0135" ? ErrorCode::invalid_length_encoding
                                          : ErrorCode::length_beyond_buffer;
    }
    return reason == "invalid length encoding" ? ErrorCode::invalid_length_encoding
                                               : ErrorCode::truncated;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(security_vectors)

BOOST_AUTO_TEST_CASE(opened_to_the_plaintext_and_sealed_to_the_same_octets) {
    std::size_t opened_count = 0;
    std::size_t sealed_count = 0;
    SeededRandom random(1);
    for (const Vector& vector : load_vectors("cipher")) {
        if (!vector.valid || operation(vector) != "unprotect") {
            continue;
        }
        BOOST_TEST_CONTEXT(vector.id << ' ' << vector.name) {
            const ByteBuffer apdu = sealed_octets(vector);
            ApduProtection receiver = side(vector, false, random);
            const ExactBuffer exact(apdu);
            const Result<Opened> opened = receiver.open(exact.view(), no_protection);
            BOOST_REQUIRE_MESSAGE(opened.has_value(), outcome(opened));
            const std::string plaintext = vector.expect.at("plaintext").get<std::string>();
            BOOST_TEST(to_hex(opened->apdu) == plaintext);
            BOOST_TEST(opened->counter->value() == vector.keys.at("ic").get<std::uint32_t>());
            ++opened_count;
            ProtectionRequest request;
            request.kind = opened->kind;
            request.protection = opened->protection;
            ApduProtection source = sender(vector, slot_of(opened->kind), random);
            ByteBuffer out;
            const Result<ByteView> sealed = source.protect(octets(plaintext), request, out);
            BOOST_REQUIRE_MESSAGE(sealed.has_value(), outcome(sealed));
            // One vector leaves the title out, which we never do.
            if (vector.id != "cipher-0107") {
                BOOST_TEST(to_hex(*sealed) == to_hex(apdu));
                ++sealed_count;
            }
        }
    }
    BOOST_TEST(opened_count == 49u);
    BOOST_TEST(sealed_count == 48u);
}

// Its additional data is given with the vector: without the lengths of the header's fields.
BOOST_AUTO_TEST_CASE(general_ciphering_both_ways) {
    SeededRandom random(1);
    for (const Vector& vector : load_vectors("cipher")) {
        if (vector.id != "cipher-0115") {
            continue;
        }
        const SystemTitle recipient =
            SystemTitle::from_hex(
                vector.expect.at("apdu").at("recipient_system_title").get<std::string>())
                .value();
        const auto keys = [&] {
            ProtectionKeys result;
            result.unicast = EncryptionKey::from(key(vector, "ek")).value();
            result.authentication = AuthenticationKey::from(key(vector, "ak")).value();
            return result;
        };
        const ProtectionQuirks quirks{.header_without_lengths = true};
        ApduProtection receiver = ApduProtection::create(SecuritySuite::ecdh_ecdsa_aes_gcm_128,
                                                         recipient, keys(), random, quirks)
                                      .value();
        const Result<Opened> opened = receiver.open(vector.octets, authenticated_encryption);
        BOOST_REQUIRE_MESSAGE(opened.has_value(), outcome(opened));
        BOOST_TEST(to_hex(opened->apdu) == vector.expect.at("plaintext").get<std::string>());
        ApduProtection source = ApduProtection::create(SecuritySuite::ecdh_ecdsa_aes_gcm_128,
                                                       title(vector), keys(), random, quirks)
                                    .value();
        source.set_peer_title(recipient).value();
        source.send_counter(KeySlot::unicast).grant({3, 3}).value();
        ProtectionRequest request;
        request.kind = opened->kind;
        const ByteBuffer transaction_id = to_buffer(opened->transaction_id);
        request.transaction_id = transaction_id;
        ByteBuffer out;
        BOOST_TEST(to_hex(source.protect(opened->apdu, request, out).value()) ==
                   to_hex(vector.octets));
        return;
    }
    BOOST_FAIL("the vector is there");
}

BOOST_AUTO_TEST_CASE(what_must_be_refused) {
    std::size_t refused = 0;
    SeededRandom random(1);
    for (const Vector& vector : load_vectors("cipher")) {
        if (vector.valid || operation(vector) != "unprotect") {
            continue;
        }
        BOOST_TEST_CONTEXT(vector.id << ' ' << vector.name) {
            ApduProtection receiver = side(vector, false, random);
            const ExactBuffer exact(vector.octets);
            const Result<Opened> opened = receiver.open(exact.view(), authenticated_encryption);
            BOOST_REQUIRE(!opened.has_value());
            BOOST_TEST(opened.error().code == expected_code(vector));
            ++refused;
        }
    }
    BOOST_TEST(refused == 14u);
}

// SYMSEC_X_VEC_1: the octets that the sheet of the Green Book prints.
BOOST_AUTO_TEST_CASE(example_of_the_green_book_in_three_protections) {
    SeededRandom random(1);
    const SystemTitle sender_title({0x4D, 0x4D, 0x4D, 0, 0, 0xBC, 0x61, 0x4E});
    const auto sealed = [&](Protection protection, std::string_view apdu) {
        ProtectionKeys keys;
        keys.unicast = EncryptionKey::from(octets("000102030405060708090A0B0C0D0E0F")).value();
        keys.authentication =
            AuthenticationKey::from(octets("D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF")).value();
        ApduProtection source = ApduProtection::create(SecuritySuite::aes_gcm_128, sender_title,
                                                       std::move(keys), random)
                                    .value();
        source.send_counter(KeySlot::unicast).grant({0x01234567, 0x01234567}).value();
        ProtectionRequest request;
        request.protection = protection;
        ByteBuffer out;
        return to_hex(source.protect(octets(apdu), request, out).value());
    };
    constexpr std::string_view get = "C0010000080000010000FF0200";
    BOOST_TEST(sealed(authenticated_only, get) ==
               "C81E1001234567C0010000080000010000FF020006725D910F9221D263877516");
    BOOST_TEST(sealed(encrypted_only, get) == "C8122001234567411312FF935A47566827C467BC");
    BOOST_TEST(sealed(authenticated_encryption, get) ==
               "C81E3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B");
    BOOST_TEST(
        sealed(authenticated_encryption,
               "01011000112233445566778899AABBCCDDEEFF0000065F1F0400007E1F04B0") ==
        "21303001234567801302FF8A7874133D414CED25B42534D28DB0047720606B175BD52211BE6841DB204D"
        "39EE6FDB8E356855");
}

BOOST_AUTO_TEST_CASE(tags_of_service_specific_ciphering) {
    using xdlms::ApduTag;
    std::size_t services = 0;
    for (int octet = 0; octet < 256; ++octet) {
        const auto tag = static_cast<ApduTag>(octet);
        const auto name = std::string(xdlms::name(tag));
        if (const auto global = global_tag(tag)) {
            ++services;
            BOOST_TEST(xdlms::name(*global) == "glo-" + name);
            BOOST_TEST(xdlms::name(dedicated_tag(tag).value()) == "ded-" + name);
            BOOST_TEST((ciphered_service(*global)->service == tag));
            BOOST_TEST((ciphered_service(*dedicated_tag(tag))->service == tag));
            BOOST_TEST(ciphered_service(*dedicated_tag(tag))->is_dedicated);
        }
        BOOST_TEST(ciphered_service(tag).has_value() ==
                   (name.starts_with("glo-") || name.starts_with("ded-")));
    }
    BOOST_TEST(services == 16u);
}

BOOST_AUTO_TEST_CASE(signatures) {
    std::size_t covered = 0;
    for (const Vector& vector : load_vectors("cipher")) {
        if (operation(vector) != "ecdsa-verify") {
            continue;
        }
        BOOST_TEST_CONTEXT(vector.id) {
            const auto text = [&](const char* name) {
                return vector.expect.at(name).get<std::string>();
            };
            const Curve curve = text("curve") == "P-384" ? Curve::p384 : Curve::p256;
            const PublicKey signer = PublicKey::from(curve, octets(text("public_key"))).value();
            const Status verified =
                signer.verify(octets(text("message")), octets(text("signature")));
            BOOST_TEST(verified.has_value() == vector.valid);
            ++covered;
        }
    }
    BOOST_TEST(covered == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
