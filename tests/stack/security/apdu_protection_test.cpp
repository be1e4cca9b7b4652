#include "stack/security/apdu_protection.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/stack/security/protection_pair.hpp"

using namespace dlms;
using namespace dlms::testing;

BOOST_AUTO_TEST_SUITE(apdu_protection)

// SYMSEC_0_FraCount_1
BOOST_AUTO_TEST_CASE(a_counter_that_is_not_above_the_last_one_is_refused) {
    ProtectionPair pair(SecuritySuite::aes_gcm_128);
    const ProtectionRequest way = wanted(ProtectionKind::service_global);
    const ByteBuffer first = sealed(pair.client, request, way);
    const ByteBuffer second = sealed(pair.client, request, way);
    pair.client.send_counter(KeySlot::unicast).skip_to(InvocationCounter(1000));
    const ByteBuffer third = sealed(pair.client, request, way);
    BOOST_TEST(opened_hex(pair.meter, second) == to_hex(request));
    BOOST_TEST(refusal(pair.meter, second) == ErrorCode::counter_too_low);
    BOOST_TEST(refusal(pair.meter, first) == ErrorCode::counter_too_low);
    BOOST_TEST(opened_hex(pair.meter, third) == to_hex(request));
    BOOST_TEST(pair.meter.receive_counter(KeySlot::unicast).highest()->value() == 1000u);
    BOOST_TEST(pair.meter.refusals().counters_too_low == 2u);
}

// SYMSEC_0_FraCount_3
BOOST_AUTO_TEST_CASE(each_key_has_counters_of_its_own) {
    ProtectionPair pair(SecuritySuite::aes_gcm_128);
    const auto counter_of = [&](ProtectionKind kind) {
        const ByteBuffer apdu = sealed(pair.client, request, wanted(kind));
        return pair.meter.open(apdu, authenticated_encryption).value().counter->value();
    };
    BOOST_TEST(counter_of(ProtectionKind::service_global) == 1u);
    BOOST_TEST(counter_of(ProtectionKind::service_dedicated) == 0u);
    BOOST_TEST(counter_of(ProtectionKind::service_broadcast) == 1u);
    BOOST_TEST(counter_of(ProtectionKind::wrapped_key) == 1u);
    BOOST_TEST(counter_of(ProtectionKind::general_global) == 2u);
    BOOST_TEST(counter_of(ProtectionKind::identified_unicast_key) == 3u);
    BOOST_TEST(counter_of(ProtectionKind::general_dedicated) == 1u);
}

BOOST_AUTO_TEST_CASE(only_a_good_tag_raises_the_counter) {
    ProtectionPair pair(SecuritySuite::aes_gcm_128);
    pair.client.send_counter(KeySlot::unicast).skip_to(InvocationCounter(500));
    ByteBuffer forged = sealed(pair.client, request, wanted(ProtectionKind::service_global));
    forged.back() ^= 1;
    BOOST_TEST(refusal(pair.meter, forged) == ErrorCode::tag_mismatch);
    BOOST_TEST(pair.meter.refusals().tag_mismatches == 1u);
    const ByteBuffer encrypted =
        sealed(pair.client, request, wanted(ProtectionKind::service_global, encrypted_only));
    BOOST_TEST(opened_hex(pair.meter, encrypted, encrypted_only) == to_hex(request));
    BOOST_TEST(!pair.meter.receive_counter(KeySlot::unicast).highest().has_value());
}

BOOST_AUTO_TEST_CASE(nothing_is_sent_past_the_reservation) {
    ProtectionPair pair(SecuritySuite::aes_gcm_128);
    ByteBuffer out;
    SendCounter& counter = pair.client.send_counter(KeySlot::unicast);
    counter.skip_to(InvocationCounter(0xFFFF));
    const ProtectionRequest way = wanted(ProtectionKind::service_global);
    BOOST_TEST(pair.client.protect(request, way, out).has_value());
    BOOST_TEST(pair.client.protect(request, way, out).error().code ==
               ErrorCode::counter_not_reserved);
    BOOST_TEST(pair.client.gmac_answer(request).error().code == ErrorCode::counter_not_reserved);
    counter.grant({0xFFFFFFFE, 0xFFFFFFFF}).value();
    BOOST_TEST(pair.client.protect(request, way, out).has_value());
    BOOST_TEST(pair.client.protect(request, way, out).error().code == ErrorCode::counter_exhausted);
}

// SYMSEC_0_SecPol_1 to _3
BOOST_AUTO_TEST_CASE(less_protection_than_required_is_refused) {
    ProtectionPair pair(SecuritySuite::aes_gcm_128);
    const std::array ways{no_protection, authenticated_only, encrypted_only,
                          authenticated_encryption};
    for (const Protection& sent : ways) {
        for (const Protection& required : ways) {
            const ByteBuffer apdu =
                sealed(pair.client, request,
                       wanted(sent == no_protection ? ProtectionKind::plain
                                                    : ProtectionKind::service_global,
                              sent));
            const Result<Opened> opened = pair.meter.open(apdu, required);
            BOOST_TEST(opened.has_value() == sent.is_at_least(required));
            if (!opened) {
                BOOST_TEST(opened.error().code == ErrorCode::insufficient_protection);
            }
        }
    }
}

// An answer that depends on what forged content deciphers to would tell the plaintext bit by bit.
BOOST_AUTO_TEST_CASE(nothing_without_a_tag_is_deciphered_where_one_is_required) {
    ProtectionPair pair(SecuritySuite::ecdh_ecdsa_aes_gcm_128);
    for (const bool is_signed : {false, true}) {
        for (const ProtectionKind kind :
             {ProtectionKind::service_global, ProtectionKind::general_global,
              ProtectionKind::unnamed_key, ProtectionKind::wrapped_key}) {
            if (is_signed && kind == ProtectionKind::service_global) {
                continue;
            }
            const Protection sent = is_signed ? encrypted_only | signature : encrypted_only;
            const ByteBuffer apdu = sealed(pair.client, request, wanted(kind, sent, is_signed));
            // Not even what is no APDU at all, or one in an envelope, is told from the rest.
            for (unsigned first = 0; first < (is_signed ? 1u : 0x100u); ++first) {
                ByteBuffer forged = apdu;
                forged[apdu.size() - request.size()] ^= static_cast<Byte>(first);
                BOOST_TEST(refusal(pair.meter, is_signed ? apdu : forged) ==
                           ErrorCode::insufficient_protection);
            }
        }
    }
}

// SYMSEC_0_SecDataX_N1
BOOST_AUTO_TEST_CASE(what_does_not_fit_has_an_error_of_its_own) {
    ProtectionPair pair(SecuritySuite::aes_gcm_128);
    const ByteBuffer apdu = sealed(pair.client, request, wanted(ProtectionKind::service_global));
    const auto with = [&](std::size_t place, Byte octet) {
        ByteBuffer changed = apdu;
        changed[place] = octet;
        return changed;
    };
    BOOST_TEST(refusal(pair.meter, with(2, 0x31)) == ErrorCode::wrong_security_suite);
    BOOST_TEST(refusal(pair.meter, with(2, 0x33)) == ErrorCode::unknown_value);
    BOOST_TEST(refusal(pair.meter, with(2, 0xB0)) == ErrorCode::unsupported_compression);
    BOOST_TEST(refusal(pair.meter, with(2, 0x70)) == ErrorCode::tag_mismatch);
    BOOST_TEST(refusal(pair.meter, with(0, 0xC9)) == ErrorCode::unexpected_apdu);
    BOOST_TEST(refusal(pair.meter, {}) == ErrorCode::truncated);
    ByteBuffer dedicated = with(2, 0x70);
    dedicated[0] = 0xD0;
    BOOST_TEST(refusal(pair.meter, dedicated) == ErrorCode::unknown_key);
    // Our own APDU comes back.
    BOOST_TEST(refusal(pair.client, apdu) == ErrorCode::tag_mismatch);
}

// SYMSEC_X_TITLE_1
BOOST_AUTO_TEST_CASE(titles_must_be_those_of_the_two_sides) {
    ProtectionPair pair(SecuritySuite::aes_gcm_128);
    const auto general = [&] {
        return sealed(pair.client, request, wanted(ProtectionKind::general_global));
    };
    ByteBuffer other = general();
    other[9] ^= 1;
    BOOST_TEST(refusal(pair.meter, other) == ErrorCode::wrong_system_title);
    ByteBuffer shorter = general();
    shorter[1] = 7;
    shorter.erase(shorter.begin() + 2);
    BOOST_TEST(refusal(pair.meter, shorter) == ErrorCode::wrong_system_title);
    ByteBuffer without = general();
    without[1] = 0;
    without.erase(without.begin() + 2, without.begin() + 10);
    BOOST_TEST(opened_hex(pair.meter, without) == to_hex(request));
    BOOST_TEST(refusal(pair.client, general()) == ErrorCode::wrong_system_title);
    // For somebody else.
    ByteBuffer misdirected = sealed(pair.client, request, wanted(ProtectionKind::unnamed_key));
    misdirected[27] ^= 1;
    BOOST_TEST(refusal(pair.meter, misdirected) == ErrorCode::wrong_system_title);
    BOOST_TEST(pair.meter.set_peer_title(meter_title).error().code ==
               ErrorCode::wrong_system_title);
}

BOOST_AUTO_TEST_CASE(an_unknown_sender_is_kept_behind_a_good_tag) {
    ProtectionPair pair(SecuritySuite::aes_gcm_128);
    SeededRandom random(3);
    ProtectionKeys keys;
    keys.unicast = key_of<EncryptionKey>(SecuritySuite::aes_gcm_128, 0x00);
    keys.authentication = key_of<AuthenticationKey>(SecuritySuite::aes_gcm_128, 0xD0);
    ApduProtection listener =
        ApduProtection::create(SecuritySuite::aes_gcm_128, client_title, std::move(keys), random)
            .value();
    ByteBuffer push =
        sealed(pair.meter, octets("0F00000001000F00"), wanted(ProtectionKind::general_global));
    BOOST_TEST(
        refusal(listener, sealed(pair.meter, response, wanted(ProtectionKind::service_global))) ==
        ErrorCode::wrong_system_title);
    push.back() ^= 1;
    BOOST_TEST(refusal(listener, push) == ErrorCode::tag_mismatch);
    BOOST_TEST(!listener.peer_title().has_value());
    push.back() ^= 1;
    BOOST_TEST(opened_hex(listener, push) == "0F00000001000F00");
    BOOST_TEST((listener.peer_title() == meter_title));
    BOOST_TEST(refusal(listener,
                       sealed(pair.client, request, wanted(ProtectionKind::service_dedicated))) ==
               ErrorCode::unknown_key);
}

// SYMSEC_X_NOAK_1
BOOST_AUTO_TEST_CASE(without_an_authentication_key_only_the_quirk_opens) {
    ProtectionPair pair(SecuritySuite::aes_gcm_128);
    SeededRandom random(3);
    for (const bool opens : {false, true}) {
        ProtectionKeys keys;
        keys.unicast = key_of<EncryptionKey>(SecuritySuite::aes_gcm_128, 0x00);
        ApduProtection listener =
            ApduProtection::create(SecuritySuite::aes_gcm_128, client_title, std::move(keys),
                                   random, {.opens_unverified = opens})
                .value();
        const ByteBuffer push =
            sealed(pair.meter, response, wanted(ProtectionKind::general_global));
        BOOST_TEST(refusal(listener, push) ==
                   (opens ? ErrorCode::insufficient_protection : ErrorCode::key_missing));
        BOOST_TEST(opened_hex(listener, push, no_protection) ==
                   (opens ? to_hex(response) : "security/key-missing@0"));
        BOOST_TEST(!listener.receive_counter(KeySlot::unicast).highest().has_value());
    }
}

BOOST_AUTO_TEST_CASE(impossible_requests_are_refused) {
    ProtectionPair pair(SecuritySuite::aes_gcm_128);
    ByteBuffer out;
    const auto code = [&](const ByteBuffer& apdu, const ProtectionRequest& way) {
        const Result<ByteView> result = pair.client.protect(apdu, way, out);
        return result ? ErrorCode::defect : result.error().code;
    };
    BOOST_TEST(code({}, wanted(ProtectionKind::service_global)) == ErrorCode::out_of_range);
    BOOST_TEST(code(request, wanted(ProtectionKind::plain)) == ErrorCode::out_of_range);
    BOOST_TEST(code(request, wanted(ProtectionKind::general_global, no_protection)) ==
               ErrorCode::out_of_range);
    BOOST_TEST(code(request,
                    wanted(ProtectionKind::service_global, authenticated_encryption | signature)) ==
               ErrorCode::out_of_range);
    for (const char* apdu : {"D8", "D9", "0F", "10", "C6", "60", "E0"}) {
        BOOST_TEST(code(octets(apdu), wanted(ProtectionKind::service_global)) ==
                   ErrorCode::unsupported_service);
    }
    for (const ProtectionKind kind :
         {ProtectionKind::one_pass_key, ProtectionKind::static_unified_key}) {
        BOOST_TEST(code(request, wanted(kind)) == ErrorCode::key_missing);
    }
    BOOST_TEST(code(request, wanted(ProtectionKind::signed_only, signature)) ==
               ErrorCode::key_missing);
    ProtectionKeys keys;
    keys.unicast = key_of<EncryptionKey>(SecuritySuite::aes_gcm_128, 0);
    SeededRandom random(1);
    BOOST_TEST(ApduProtection::create(SecuritySuite::ecdh_ecdsa_aes_gcm_256, client_title,
                                      std::move(keys), random)
                   .error()
                   .code == ErrorCode::out_of_range);
}

BOOST_AUTO_TEST_CASE(too_many_envelopes_are_refused) {
    ProtectionPair pair(SecuritySuite::aes_gcm_128);
    ByteBuffer apdu = request;
    for (int layer = 0; layer < 3; ++layer) {
        apdu = sealed(pair.client, apdu, wanted(ProtectionKind::general_global));
    }
    // Sealed from the inside out: the counters of the inner ones are lower.
    BOOST_TEST(refusal(pair.meter, apdu) == ErrorCode::counter_too_low);
    ByteBuffer nested = request;
    for (int layer = 0; layer < 4; ++layer) {
        ByteBuffer outer = octets("DD000000000000");
        outer.push_back(static_cast<Byte>(nested.size() + 5));
        outer.insert(outer.end(), {0, 0, 0, 0, 0});
        outer.insert(outer.end(), nested.begin(), nested.end());
        nested = outer;
        BOOST_TEST(opened_hex(pair.meter, nested, no_protection) ==
                   (layer < 3 ? to_hex(request) : "security/nesting-too-deep@0"));
    }
}

BOOST_AUTO_TEST_CASE(new_keys_begin_with_new_counters) {
    ProtectionPair pair(SecuritySuite::aes_gcm_128);
    const ProtectionRequest way = wanted(ProtectionKind::service_global);
    BOOST_TEST(opened_hex(pair.meter, sealed(pair.client, request, way)) == to_hex(request));
    const EncryptionKey key = key_of<EncryptionKey>(SecuritySuite::aes_gcm_128, 0x90);
    pair.client.replace_key(KeySlot::unicast, key).value();
    ByteBuffer out;
    BOOST_TEST(pair.client.protect(request, way, out).error().code ==
               ErrorCode::counter_not_reserved);
    pair.client.send_counter(KeySlot::unicast).grant({0, 9}).value();
    const ByteBuffer apdu = sealed(pair.client, request, way);
    BOOST_TEST(refusal(pair.meter, apdu) == ErrorCode::counter_too_low);
    pair.meter.replace_key(KeySlot::unicast, key).value();
    BOOST_TEST(opened_hex(pair.meter, apdu) == to_hex(request));
    const AuthenticationKey other = key_of<AuthenticationKey>(SecuritySuite::aes_gcm_128, 0x11);
    pair.client.replace_key(other).value();
    BOOST_TEST(refusal(pair.meter, sealed(pair.client, request, way)) == ErrorCode::tag_mismatch);
    pair.meter.replace_key(other).value();
    BOOST_TEST(opened_hex(pair.meter, sealed(pair.client, request, way)) == to_hex(request));
    BOOST_TEST(pair.meter.replace_key(KeySlot::dedicated, key).error().code ==
               ErrorCode::out_of_range);
}

// SYMSEC_X_HLS_1, mechanism 5: the answer is older than the APDU around it.
BOOST_AUTO_TEST_CASE(gmac_answers_take_counters_and_are_good_inside_of_ciphered_apdus) {
    ProtectionPair pair(SecuritySuite::ecdh_ecdsa_aes_gcm_128);
    const ByteBuffer challenge = octets("503677524A323146");
    const ByteBuffer answer = pair.client.gmac_answer(challenge).value();
    const ByteBuffer around = sealed(pair.client, request, wanted(ProtectionKind::service_global));
    BOOST_TEST(opened_hex(pair.meter, around) == to_hex(request));
    BOOST_TEST(pair.meter.verify_gmac_answer(challenge, answer).has_value());
    BOOST_TEST(pair.meter.receive_counter(KeySlot::unicast).highest()->value() == 2u);
    BOOST_TEST(pair.client.verify_gmac_answer(challenge, answer).error().code ==
               ErrorCode::authentication_failed);
    BOOST_TEST(pair.meter.verify_gmac_answer(octets("503677524A323147"), answer).error().code ==
               ErrorCode::authentication_failed);
}

BOOST_AUTO_TEST_CASE(the_work_buffer_keeps_its_size) {
    ProtectionPair pair(SecuritySuite::aes_gcm_128);
    ByteBuffer out(1000);
    const Result<ByteView> small =
        pair.client.protect(request, wanted(ProtectionKind::service_global), out);
    BOOST_TEST(out.size() == 1000u);
    BOOST_TEST(small.value().size() == request.size() + 19);
    BOOST_TEST(opened_hex(pair.meter, *small) == to_hex(request));
    const ByteBuffer big(70'000, 0xC0);
    const Result<ByteView> large =
        pair.client.protect(big, wanted(ProtectionKind::service_global), out);
    BOOST_TEST(opened_hex(pair.meter, large.value()) == to_hex(big));
}

BOOST_AUTO_TEST_SUITE_END()
