// The meter's side of secured associations: who is let in, what is served, and what is answered to
// those who try.

#include "stack/acse/aarq.hpp"
#include "tests/stack/association/secured_pair.hpp"
#include "tests/support/vectors.hpp"

using namespace dlms;
using namespace dlms::testing;
using State = ServerAssociation::State;

namespace {

const ByteBuffer get_value = octets("C001C100010000600100FF0200");
const ByteBuffer set_value = octets("C101C100010000600100FF02001155");

constexpr std::string_view not_served = "D80102";
constexpr std::string_view too_little = "D80101";
constexpr std::string_view not_opened = "D80105";

ByteBuffer flipped(ByteView apdu, std::size_t bit) {
    ByteBuffer changed = to_buffer(apdu);
    changed[bit / 8] = static_cast<Byte>(changed[bit / 8] ^ (1u << bit % 8));
    return changed;
}

/// Another one with the client's keys, who counts from far above it.
struct Insider {
    explicit Insider(SecuritySuite suite = SecuritySuite::aes_gcm_128) : pair(suite) {
        for (const KeySlot slot : {KeySlot::unicast, KeySlot::broadcast}) {
            counter(slot).skip_to(security::InvocationCounter(0x1000));
        }
    }
    security::SendCounter& counter(KeySlot slot = KeySlot::unicast) {
        return pair.client.send_counter(slot);
    }
    ByteBuffer seal(const ByteBuffer& apdu, ProtectionKind kind = ProtectionKind::service_global,
                    Protection protection = authenticated_encryption) {
        return sealed(pair.client, apdu, wanted(kind, protection));
    }
    std::string opens(ByteView answer) { return opened_hex(pair.client, answer); }
    ProtectionPair pair;
};

SecuredTerms in_the_open(acse::Mechanism mechanism = acse::Mechanism::hls_md5) {
    SecuredTerms terms;
    terms.mechanism = mechanism;
    terms.ciphered = false;
    terms.requests = {};
    terms.responses = security::no_protection;
    return terms;
}

ByteBuffer aarq_of(const acse::Aarq& aarq) {
    ByteBuffer encoded;
    Writer writer(encoded);
    acse::encode(writer, aarq);
    return encoded;
}

std::string hex_of(std::string_view layer, std::string_view id) {
    for (const Vector& vector : load_vectors(layer)) {
        if (vector.id == id) {
            return to_hex(vector.octets);
        }
    }
    return "no vector";
}

/// What an AARE's diagnostic says, or nothing.
std::string diagnostic(const std::string& answer) {
    const ByteBuffer apdu = octets(answer);
    const auto aare = acse::decode_aare(apdu);
    return aare ? std::string(acse::name(aare->diagnostic)) : "no AARE";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(server_security)

// A real meter's AARE comes out octet by octet, and its pass 4 behind it.
BOOST_AUTO_TEST_CASE(a_recorded_AARQ_is_answered_as_the_real_meter_did) {
    class Drawn final : public Random {
    public:
        bool fill(std::span<Byte> bytes) override {
            const ByteBuffer challenge = octets("5B6A7141247E4F39");
            std::ranges::copy(challenge, bytes.begin());
            return bytes.size() == challenge.size();
        }
    } random;
    const SystemTitle own = SystemTitle::from_hex("4D454C6470B71B11").value();
    const SystemTitle other = SystemTitle::from_hex("4D454C0000000001").value();
    const auto side = [&](const SystemTitle& title, std::uint32_t first) {
        ProtectionKeys keys;
        keys.unicast = key_of<EncryptionKey>(SecuritySuite::aes_gcm_128, 0x00);
        keys.authentication = key_of<AuthenticationKey>(SecuritySuite::aes_gcm_128, 0xD0);
        auto made =
            ApduProtection::create(SecuritySuite::aes_gcm_128, title, std::move(keys), random)
                .value();
        made.send_counter(KeySlot::unicast).grant({first, first + 100}).value();
        return made;
    };
    ServerConfiguration configuration;
    configuration.mechanism = acse::Mechanism::hls_gmac;
    configuration.supported_conformance = xdlms::Conformance{0x00FE1D};
    configuration.max_receive_pdu_size = 0x00EF;
    configuration.security.protection = std::make_unique<ApduProtection>(side(own, 75));
    configuration.security.random = &random;
    configuration.security.ciphered = true;
    configuration.security.challenge_size = 8;
    configuration.security.requests.protection = authenticated_encryption;
    configuration.security.responses = authenticated_encryption;
    ServerAssociation meter(std::move(configuration));
    const Instant now{};

    meter.receive(octets(hex_of("cipher", "cipher-0063")), now);
    BOOST_TEST(to_hex(*meter.poll_transmit()) == hex_of("cipher", "cipher-0064"));
    BOOST_TEST(!meter.is_associated());
    BOOST_TEST(!meter.poll_event());

    ApduProtection client = side(other, 85);
    client.set_peer_title(own).value();
    const ByteBuffer answer = client.gmac_answer(octets("5B6A7141247E4F39")).value();
    ByteBuffer pass_3 = octets("C301C1000F0000280000FF01010911");
    pass_3.insert(pass_3.end(), answer.begin(), answer.end());
    meter.receive(sealed(client, pass_3, wanted(ProtectionKind::service_global)), now);
    const ByteBuffer pass_4 = to_buffer(*meter.poll_transmit());
    BOOST_TEST(opened_hex(client, pass_4) == "C701C10001000911" + hex_of("hls", "hls-0012"));
    BOOST_TEST(meter.is_associated());
}

BOOST_AUTO_TEST_CASE(an_AARQ_that_is_refused_changes_no_ciphered_association) {
    for (const bool dedicated : {false, true}) {
        SecuredTerms terms;
        terms.dedicated = dedicated;
        SecuredPair pair(terms);
        BOOST_REQUIRE(pair.open());
        const ByteBuffer aarq = pair.sent.front();
        for (std::size_t bit = 0; bit < 8 * aarq.size(); ++bit) {
            pair.inject(flipped(aarq, bit));
            BOOST_TEST(pair.meter->is_associated(), "bit " << bit);
        }
        pair.inject(aarq);
        BOOST_TEST(pair.get() == "0904DEADBEEF");
        BOOST_TEST(!pair.meter_told<AssociationReleased>());
        // One that is accepted makes it anew.
        pair.client->link_lost({ErrorCode::connection_lost, Layer::transport, 0});
        BOOST_TEST(pair.open());
        BOOST_TEST(pair.get() == "0904DEADBEEF");
    }
}

BOOST_AUTO_TEST_CASE(an_AARQ_that_is_refused_leaves_the_challenge_that_was_asked) {
    SecuredPair pair(SecuredTerms{});
    ByteBuffer forged;
    pair.upward = [&](ByteBuffer& apdu) {
        if (apdu[0] == acse::Aarq::tag) {
            forged = flipped(apdu, 8 * apdu.size() - 1);
        } else if (!forged.empty()) {
            pair.inject(std::exchange(forged, {}));  // between pass 2 and pass 3
        }
    };
    BOOST_TEST(pair.open());
}

BOOST_AUTO_TEST_CASE(encrypted_content_is_answered_alike_whatever_it_deciphers_to) {
    SecuredPair pair(SecuredTerms{});
    BOOST_REQUIRE(pair.open());
    Insider insider;
    for (const ProtectionKind kind :
         {ProtectionKind::service_global, ProtectionKind::general_global}) {
        const ByteBuffer apdu = insider.seal(get_value, kind, encrypted_only);
        for (unsigned first = 0; first < 0x100; ++first) {
            ByteBuffer forged = apdu;
            forged[apdu.size() - get_value.size()] ^= static_cast<Byte>(first);
            BOOST_TEST(pair.inject(forged) == too_little);
        }
    }
    BOOST_TEST(pair.get() == "0904DEADBEEF");
}

// APPL_OPEN_3
BOOST_AUTO_TEST_CASE(APPL_OPEN_3_a_wrong_answer_makes_no_association) {
    for (Byte mechanism = 2; mechanism <= 7; ++mechanism) {
        SecuredTerms terms = in_the_open(static_cast<acse::Mechanism>(mechanism));
        terms.suite = SecuritySuite::ecdh_ecdsa_aes_gcm_128;
        SecuredPair pair(terms);
        pair.upward = [](ByteBuffer& apdu) {
            if (apdu[0] == 0xC3) {
                apdu.back() ^= 1;
            }
        };
        BOOST_TEST_CONTEXT("mechanism " << int(mechanism)) {
            BOOST_TEST(!pair.open());
            BOOST_TEST(to_hex(pair.answered.back()) == "C701C1FA00");
            BOOST_TEST((pair.meter->state() == State::idle));
            BOOST_TEST(pair.meter_told<AuthenticationFailed>());
            BOOST_TEST(!pair.meter_told<AssociationEstablished>());
            BOOST_TEST(pair.meter->counters().refused_associations == 1u);
            BOOST_TEST(pair.inject(get_value) == not_served);
            pair.upward = [](ByteBuffer&) {};
            BOOST_TEST(pair.open());
            BOOST_TEST(pair.meter_told<AssociationEstablished>());
        }
    }
}

// APPL_OPEN_X_3
BOOST_AUTO_TEST_CASE(APPL_OPEN_X_3_nothing_is_served_before_pass_3) {
    for (const bool ciphered : {false, true}) {
        SecuredTerms terms = in_the_open();
        terms.ciphered = ciphered;
        Insider insider;
        insider.counter() = security::SendCounter();
        insider.counter().grant({2, 0xFF}).value();  // between the AARQ and pass 3
        SecuredPair pair(terms, [](ClientConfiguration& client, ServerConfiguration&) {
            client.security.protection->send_counter(KeySlot::unicast)
                .skip_to(security::InvocationCounter(1));
        });
        pair.upward = [&](ByteBuffer& apdu) {
            if (pair.meter->state() != State::authenticating) {
                return;
            }
            (void)apdu;
            for (const char* hex :
                 {"C001C100010000600100FF0200", "C301C1000F0000280000FF0200", "050102FA00",
                  "C301C10046000060030AFF01010F00", "C301C1000F0000280000FF0100",
                  "C301C1000F0000280001FF010109020102", "E0810001000003C00100", "0F00000000",
                  "10000000010000"}) {
                const std::string answer = pair.inject(octets(hex));
                // DataNotification-confirm has no answer in any case.
                const bool is_confirm = std::string_view(hex).starts_with("10");
                BOOST_TEST(
                    (is_confirm ? answer.empty() : answer == not_served || answer == not_opened),
                    hex << " was answered " << answer);
                BOOST_TEST((pair.meter->state() == State::authenticating));
            }
            ByteBuffer empty_list = octets("0500");
            pair.inject(empty_list);
        };
        BOOST_TEST(pair.open());
        BOOST_TEST(pair.executed == 0u);
    }
}

// APPL_OPEN_X_2, APPL_OPEN_X_4
BOOST_AUTO_TEST_CASE(APPL_OPEN_X_4_a_recorded_pass_3_opens_nothing) {
    SecuredPair pair(in_the_open(acse::Mechanism::hls_gmac));
    BOOST_REQUIRE(pair.open());
    const ByteBuffer aarq = pair.sent[0];
    const ByteBuffer pass_3 = pair.sent[1];
    const ByteBuffer aare = pair.answered[0];
    const std::string again = pair.inject(aarq);
    BOOST_TEST(diagnostic(again) == "authentication-required");
    BOOST_TEST(again != to_hex(aare));  // APPL_OPEN_X_2: another challenge
    BOOST_TEST(pair.inject(pass_3) == "C701C1FA00");
    BOOST_TEST((pair.meter->state() == State::idle));
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_7_S8_challenges_of_other_lengths_are_refused) {
    const auto ask = [](acse::Mechanism mechanism, std::size_t size) {
        SecuredTerms terms = in_the_open(mechanism);
        terms.suite = SecuritySuite::ecdh_ecdsa_aes_gcm_128;
        SecuredPair pair(terms);
        BOOST_REQUIRE(pair.open());
        const auto known = acse::decode_aarq(pair.sent[0]);
        acse::Aarq aarq = *known;
        const ByteBuffer challenge(size, 0x5A);
        aarq.calling_authentication_value->octets = challenge;
        return diagnostic(pair.inject(aarq_of(aarq)));
    };
    BOOST_TEST(ask(acse::Mechanism::hls_md5, 7) == "authentication-failure");
    BOOST_TEST(ask(acse::Mechanism::hls_md5, 8) == "authentication-required");
    BOOST_TEST(ask(acse::Mechanism::hls_gmac, 64) == "authentication-required");
    BOOST_TEST(ask(acse::Mechanism::hls_gmac, 65) == "authentication-failure");
    BOOST_TEST(ask(acse::Mechanism::hls_ecdsa, 31) == "authentication-failure");
    BOOST_TEST(ask(acse::Mechanism::hls_ecdsa, 32) == "authentication-required");
}

// APPL_OPEN_6/S2, S3
BOOST_AUTO_TEST_CASE(APPL_OPEN_6_titles_of_other_lengths_are_refused) {
    const auto ask = [](std::optional<std::string_view> hex, bool of_meter = false) {
        SecuredPair pair(in_the_open(acse::Mechanism::hls_gmac));
        BOOST_REQUIRE(pair.open());
        const auto known = acse::decode_aarq(pair.sent[0]);
        acse::Aarq aarq = *known;
        const ByteBuffer title = octets(hex.value_or(""));
        aarq.calling_ap_title = hex ? std::optional<ByteView>(title) : std::nullopt;
        if (of_meter) {
            aarq.calling_ap_title = meter_title.octets();
        }
        return diagnostic(pair.inject(aarq_of(aarq)));
    };
    BOOST_TEST(ask("44") == "calling-AP-title-not-recognised");
    BOOST_TEST(ask("43545430303030303030") == "calling-AP-title-not-recognised");
    BOOST_TEST(ask(std::nullopt) == "calling-AP-title-not-recognised");
    BOOST_TEST(ask("", true) == "calling-AP-title-not-recognised");
    BOOST_TEST(ask("4D4D4D0000000002") == "authentication-required");
}

// APPL_OPEN_2
BOOST_AUTO_TEST_CASE(APPL_OPEN_2_only_listed_users_are_let_in) {
    const auto opens = [](std::optional<std::uint8_t> user, std::vector<std::uint8_t> users) {
        SecuredPair pair({}, [&](ClientConfiguration& client, ServerConfiguration& meter) {
            client.security.user_id = user;
            meter.security.users = std::move(users);
        });
        return pair.open() ? "in" : diagnostic(to_hex(pair.answered.back()));
    };
    BOOST_TEST(opens(3, {1, 3}) == "in");
    BOOST_TEST(opens(2, {1, 3}) == "calling-AE-invocation-identifier-not-recognised");
    BOOST_TEST(opens(std::nullopt, {1, 3}) == "calling-AE-invocation-identifier-not-recognised");
    BOOST_TEST(opens(2, {}) == "in");
}

BOOST_AUTO_TEST_CASE(a_locked_meter_hears_no_challenge) {
    SecuredPair pair({});
    pair.meter->set_locked(true);
    BOOST_TEST(!pair.open());
    BOOST_TEST(diagnostic(to_hex(pair.answered.back())) == "authentication-failure");
    pair.meter->set_locked(false);
    BOOST_TEST(pair.open());
}

// APPL_OPEN_X_6
BOOST_AUTO_TEST_CASE(APPL_OPEN_X_6_an_Initiate_that_does_not_open_is_refused) {
    SecuredPair pair({});
    BOOST_REQUIRE(pair.open());
    const ByteBuffer aarq = pair.sent[0];
    const auto refused = [&](const ByteBuffer& apdu) {
        const std::string answer = pair.inject(apdu);
        BOOST_TEST(pair.meter->is_associated());  // as before
        return diagnostic(answer) + " " + answer.substr(answer.size() - 8);
    };
    constexpr std::string_view deciphering_error = "authentication-failure 0E010006";
    BOOST_TEST(refused(aarq) == deciphering_error);  // the same number once more
    ByteBuffer bad_tag = aarq;
    bad_tag.back() ^= 1;
    BOOST_TEST(refused(bad_tag) == deciphering_error);
    const auto known = acse::decode_aarq(aarq);
    acse::Aarq plain = *known;
    const ByteBuffer initiate = octets("01000000065F1F0400007E1FFFFF");
    plain.user_information = initiate;
    BOOST_TEST(refused(aarq_of(plain)) == deciphering_error);
    const ByteBuffer nothing_applied = octets("21130000000FFF01000000065F1F0400007E1FFFFF");
    plain.user_information = nothing_applied;
    BOOST_TEST(refused(aarq_of(plain)) == deciphering_error);
    BOOST_TEST(pair.meter->counters().refused_protections == 4u);
    pair.client->link_lost({ErrorCode::connection_lost, Layer::transport, 0});
    BOOST_TEST(pair.open());
}

// Whoever only says another name opens no way for what was recorded under the right one.
BOOST_AUTO_TEST_CASE(another_title_does_not_make_old_numbers_good_again) {
    SecuredTerms terms;
    terms.mechanism = acse::Mechanism::lls;
    SecuredPair pair(terms);
    BOOST_REQUIRE(pair.open());
    const ByteBuffer aarq = pair.sent[0];
    const auto known = acse::decode_aarq(aarq);
    acse::Aarq other = *known;
    const ByteBuffer title = octets("4D4D4D0000000077");
    other.calling_ap_title = title;
    for (const ByteBuffer& replayed : {aarq_of(other), aarq}) {
        BOOST_TEST(diagnostic(pair.inject(replayed)) == "authentication-failure");
    }
    // And in a context where nothing proves the title before it is used.
    SecuredPair open_context(in_the_open(acse::Mechanism::hls_gmac));
    BOOST_REQUIRE(open_context.open());
    auto& received = open_context.meter->protection()->receive_counter(KeySlot::unicast);
    const auto highest = received.highest();
    BOOST_REQUIRE(highest.has_value());
    const auto plain_aarq = acse::decode_aarq(open_context.sent[0]);
    acse::Aarq renamed = *plain_aarq;
    renamed.calling_ap_title = title;
    open_context.inject(aarq_of(renamed));
    BOOST_TEST(!received.highest().has_value());
    open_context.inject(open_context.sent[0]);
    BOOST_TEST((received.highest() == highest));
}

// SYMSEC_0_FraCount_1
BOOST_AUTO_TEST_CASE(SYMSEC_0_FraCount_1_old_numbers_are_refused) {
    SecuredPair pair({});
    BOOST_REQUIRE(pair.open());
    Insider insider;
    const ByteBuffer lower = insider.seal(get_value);
    const ByteBuffer first = insider.seal(get_value);
    BOOST_TEST(insider.opens(octets(pair.inject(first))) == "C401C1000904DEADBEEF");
    BOOST_TEST(pair.executed == 1u);
    BOOST_TEST(pair.inject(first) == "D8010600001002");  // a replay; the next number is told
    BOOST_TEST(pair.inject(lower) == "D8010600001002");
    insider.counter().skip_to(security::InvocationCounter(0x1002 + 1000));
    BOOST_TEST(insider.opens(octets(pair.inject(insider.seal(get_value)))) ==
               "C401C1000904DEADBEEF");
    BOOST_TEST(pair.executed == 2u);
    BOOST_TEST(pair.meter->protection()->refusals().counters_too_low == 2u);
    BOOST_TEST(pair.meter->is_associated());
}

// SYMSEC_0_FraCount_3
BOOST_AUTO_TEST_CASE(SYMSEC_0_FraCount_3_each_key_has_its_own_numbers) {
    SecuredTerms terms;
    terms.dedicated = true;
    SecuredPair pair(terms);
    BOOST_REQUIRE(pair.open());
    const auto number_of_answer = [&](KeyChoice key) {
        pair.client->protect_requests({.protection = authenticated_encryption, .key = key});
        BOOST_TEST(pair.get() == "0904DEADBEEF");
        return to_hex(ByteView(pair.answered.back()).subspan(0, 1)) + " " +
               to_hex(ByteView(pair.answered.back()).subspan(3, 4));
    };
    const std::string first = number_of_answer(KeyChoice::global);
    BOOST_TEST(first == "CC 00000003");  // behind the AARE and GMAC
    BOOST_TEST(number_of_answer(KeyChoice::preferred) == "D4 00000001");  // behind pass 4
    BOOST_TEST(number_of_answer(KeyChoice::preferred) == "D4 00000002");
    BOOST_TEST(number_of_answer(KeyChoice::global) == "CC 00000004");
}

// SYMSEC_0_DedKey_N1
BOOST_AUTO_TEST_CASE(SYMSEC_0_DedKey_N1_other_dedicated_keys_open_nothing) {
    SecuredTerms terms;
    terms.mechanism = acse::Mechanism::lowest;
    SecuredPair pair(terms);
    BOOST_REQUIRE(pair.open());
    Insider insider;
    // No dedicated key was agreed.
    BOOST_TEST(pair.inject(insider.seal(get_value, ProtectionKind::service_dedicated)) ==
               not_opened);
    const auto known = acse::decode_aarq(pair.sent[0]);
    const auto associate = [&](const std::string& key, Protection protection) {
        acse::Aarq aarq = *known;
        const ByteBuffer user = insider.seal(octets("01" + key + "0000065F1F040040FEDFFFFF"),
                                             ProtectionKind::service_global, protection);
        aarq.user_information = user;
        return pair.inject(aarq_of(aarq));
    };
    const std::string short_key = associate("01080001020304050607", authenticated_encryption);
    BOOST_TEST(short_key.ends_with("0E010600"));
    const std::string key = "0110707172737475767778797A7B7C7D7E7F";
    BOOST_TEST(associate(key, authenticated_only).ends_with("0E010006"));  // the policy's affair
    BOOST_TEST(pair.inject(insider.seal(get_value, ProtectionKind::service_dedicated)) ==
               not_opened);
    associate(key, authenticated_encryption);
    BOOST_TEST(pair.meter->is_associated());
    const ByteBuffer dedicated = insider.seal(get_value, ProtectionKind::service_dedicated);
    BOOST_TEST(insider.opens(octets(pair.inject(dedicated))) == "C401C1000904DEADBEEF");
    ByteBuffer under_global = insider.seal(get_value);
    under_global[0] = 0xD0;
    BOOST_TEST(pair.inject(under_global) == not_opened);
    // The old one in a new association; and then its numbers go on.
    associate("00", authenticated_encryption);
    BOOST_TEST(pair.meter->is_associated());
    BOOST_TEST(pair.inject(insider.seal(get_value, ProtectionKind::service_dedicated)) ==
               not_opened);
    associate(key, authenticated_encryption);
    BOOST_TEST(pair.inject(dedicated).starts_with("D80106"));
    const std::string answer =
        pair.inject(insider.seal(get_value, ProtectionKind::service_dedicated));
    BOOST_TEST(answer.substr(6, 8) == "00000001");
    BOOST_TEST(insider.opens(octets(answer)) == "C401C1000904DEADBEEF");
}

// SYMSEC_0_SecDataX_N1, SYMSEC_1_X_CMP_1: each bit of a request.
BOOST_AUTO_TEST_CASE(SYMSEC_0_SecDataX_N1_a_changed_request_is_refused_and_changes_nothing) {
    for (const ProtectionKind kind :
         {ProtectionKind::service_global, ProtectionKind::general_global,
          ProtectionKind::identified_unicast_key}) {
        SecuredPair pair({});
        BOOST_REQUIRE(pair.open());
        Insider insider;
        const ByteBuffer apdu = insider.seal(set_value, kind);
        for (std::size_t bit = 0; bit < apdu.size() * 8; ++bit) {
            const std::string answer = pair.inject(flipped(apdu, bit));
            BOOST_TEST_CONTEXT("kind " << int(kind) << " bit " << bit << ": " << answer) {
                // A lower number is told as such; a broadcast and a general block get no answer.
                BOOST_TEST((answer == not_opened || answer == too_little || answer.empty() ||
                            answer.starts_with("D80106") || answer == not_served));
                BOOST_TEST((pair.meter->state() == State::associated));
                BOOST_TEST(pair.executed == 0u);
            }
        }
        BOOST_TEST(insider.opens(octets(pair.inject(apdu))) == "C501C100");
        BOOST_TEST(pair.executed == 1u);
    }
}

BOOST_AUTO_TEST_CASE(SYMSEC_0_SecDataX_N1_other_keys_and_suites_get_one_and_the_same_answer) {
    SecuredPair pair({});
    BOOST_REQUIRE(pair.open());
    const auto with = [](Byte unicast, Byte authentication, SecuritySuite suite) {
        SeededRandom random(1);
        ProtectionKeys keys;
        keys.unicast = key_of<EncryptionKey>(suite, unicast);
        keys.authentication = key_of<AuthenticationKey>(suite, authentication);
        auto side = ApduProtection::create(suite, client_title, std::move(keys), random).value();
        side.send_counter(KeySlot::unicast).grant({0x1000, 0x2000}).value();
        side.set_peer_title(meter_title).value();
        return sealed(side, set_value, wanted(ProtectionKind::service_global));
    };
    BOOST_TEST(pair.inject(with(0x01, 0xD0, SecuritySuite::aes_gcm_128)) == not_opened);
    BOOST_TEST(pair.inject(with(0x00, 0xD1, SecuritySuite::aes_gcm_128)) == not_opened);
    BOOST_TEST(pair.inject(with(0x00, 0xD0, SecuritySuite::ecdh_ecdsa_aes_gcm_128)) == not_opened);
    BOOST_TEST(pair.inject(with(0x00, 0xD0, SecuritySuite::ecdh_ecdsa_aes_gcm_256)) == not_opened);
    BOOST_TEST(pair.inject(octets("C800")) == not_opened);
    BOOST_TEST(pair.inject(octets("DB08")) == not_opened);
    BOOST_TEST(pair.executed == 0u);
    BOOST_TEST(pair.get() == "0904DEADBEEF");
}

// SYMSEC_X_TITLE_1
BOOST_AUTO_TEST_CASE(SYMSEC_X_TITLE_1_the_title_is_the_associations_or_none) {
    SecuredPair pair({});
    BOOST_REQUIRE(pair.open());
    Insider insider;
    ByteBuffer other = insider.seal(get_value, ProtectionKind::general_global);
    other[5] ^= 1;
    BOOST_TEST(pair.inject(other) == not_opened);
    ByteBuffer seven = insider.seal(get_value, ProtectionKind::general_global);
    seven[1] = 7;
    seven.erase(seven.begin() + 9);
    BOOST_TEST(pair.inject(seven) == not_opened);
    ByteBuffer none = insider.seal(get_value, ProtectionKind::general_global);
    none[1] = 0;
    none.erase(none.begin() + 2, none.begin() + 10);
    BOOST_TEST(insider.opens(octets(pair.inject(none))) == "C401C1000904DEADBEEF");
}

// SYMSEC_0_SecPol_1 to 3, SYMSEC_X_POL_1
BOOST_AUTO_TEST_CASE(SYMSEC_X_POL_1_every_policy_is_kept_for_requests_and_answers) {
    for (Byte policy = 0; policy < 0x80; policy = static_cast<Byte>(policy + 4)) {
        if ((policy & 0x10) != 0) {
            continue;  // signatures: another suite
        }
        SecuredTerms terms;
        terms.mechanism = acse::Mechanism::lowest;
        SecuredPair pair(terms);
        BOOST_REQUIRE(pair.open());
        const auto wanted_policy = security::SecurityPolicy::from_v1(policy).value();
        pair.meter->set_policy(wanted_policy);
        Insider insider;
        const auto try_with = [&](Protection protection) {
            const bool is_plain = protection == security::no_protection;
            const ByteBuffer request =
                is_plain ? get_value
                         : insider.seal(get_value, ProtectionKind::service_global, protection);
            const std::string answer = pair.inject(request);
            BOOST_TEST_CONTEXT("policy " << int(policy) << " A " << protection.authenticated
                                         << " E " << protection.encrypted << ": " << answer) {
                if (!protection.is_at_least(wanted_policy.for_requests())) {
                    BOOST_TEST(answer == too_little);
                    return;
                }
                const Protection due = protection | wanted_policy.for_responses();
                if (due == security::no_protection) {
                    BOOST_TEST(answer == "C401C1000904DEADBEEF");
                } else {
                    BOOST_TEST(opened_hex(insider.pair.client, octets(answer), due) ==
                               "C401C1000904DEADBEEF");
                }
            }
        };
        for (const Protection& protection : {security::no_protection, authenticated_only,
                                             encrypted_only, authenticated_encryption}) {
            try_with(protection);
        }
    }
}

// SYMSEC_X_ACC_1, as far as the association has to do with it.
BOOST_AUTO_TEST_CASE(SYMSEC_X_ACC_1_the_owner_sees_the_protection_and_may_raise_the_answers) {
    SecuredPair pair({});
    BOOST_REQUIRE(pair.open());
    pair.meter->set_policy(security::SecurityPolicy());
    Insider insider;
    const auto ask = [&](const ByteBuffer& request, Protection seen, Protection least) {
        pair.meter->receive(request, pair.now);
        BOOST_REQUIRE(pair.meter->poll_event());
        BOOST_TEST((pair.meter->request_protection() == seen));
        pair.meter->protect_answer(least);
        BOOST_REQUIRE(pair.meter->answer_get(*axdr::parse_data(pair.value)));
        return to_hex(*pair.meter->poll_transmit());
    };
    BOOST_TEST(ask(get_value, security::no_protection, {}) == "C401C1000904DEADBEEF");
    const std::string raised = ask(get_value, security::no_protection, authenticated_encryption);
    BOOST_TEST(insider.opens(octets(raised)) == "C401C1000904DEADBEEF");
    const ByteBuffer sealed_request =
        insider.seal(get_value, ProtectionKind::service_global, authenticated_only);
    BOOST_TEST(ask(sealed_request, authenticated_only, {}).starts_with("CC1B10"));
    BOOST_TEST(ask(get_value, security::no_protection, {}) == "C401C1000904DEADBEEF");
}

// SYMSEC_X_BC_1
BOOST_AUTO_TEST_CASE(SYMSEC_X_BC_1_broadcasts_are_executed_and_never_answered) {
    for (const bool answers_unconfirmed : {false, true}) {
        SecuredPair pair({}, [&](ClientConfiguration&, ServerConfiguration& meter) {
            meter.answer_unconfirmed = answers_unconfirmed;
        });
        BOOST_REQUIRE(pair.open());
        Insider insider;
        ByteBuffer unconfirmed = set_value;
        unconfirmed[2] = 0x81;
        for (const ProtectionKind kind :
             {ProtectionKind::service_broadcast, ProtectionKind::general_broadcast,
              ProtectionKind::identified_broadcast_key}) {
            const unsigned executed = pair.executed;
            BOOST_TEST(pair.inject(insider.seal(unconfirmed, kind)) == "");
            BOOST_TEST(pair.executed == executed + 1);
            BOOST_TEST(pair.inject(insider.seal(set_value, kind)) == "");
            BOOST_TEST(pair.inject(insider.seal(get_value, kind)) == "");
            BOOST_TEST(pair.inject(insider.seal(octets("C1018101"), kind)) == "");
            // Blocks want acknowledgements, which nobody may give.
            BOOST_TEST(pair.inject(insider.seal(octets("C1028100030100010800FF020000000000010111"),
                                                kind)) == "");
            BOOST_TEST(pair.inject(insider.seal(octets("C10381FF000000020105"), kind)) == "");
            ByteBuffer bad = insider.seal(unconfirmed, kind);
            bad.back() ^= 1;
            BOOST_TEST(pair.inject(bad) == "");
            BOOST_TEST(pair.executed == executed + 1);
        }
    }
}

// SYMSEC_REL_N1, APPL_REL_X_3
BOOST_AUTO_TEST_CASE(SYMSEC_REL_N1_nobody_else_releases) {
    SecuredPair pair({});
    BOOST_REQUIRE(pair.open());
    Insider insider;
    const ByteBuffer initiate = octets("01000000065F1F0400007E1FFFFF");
    const auto release_with = [&](const ByteBuffer& user_information) {
        acse::Rlrq rlrq;
        rlrq.reason = acse::ReleaseRequestReason::normal;
        rlrq.user_information = user_information;
        ByteBuffer encoded;
        Writer writer(encoded);
        acse::encode(writer, rlrq);
        return pair.inject(encoded);
    };
    constexpr std::string_view not_finished = "6303800101";
    BOOST_TEST(pair.inject(octets("6200")) == not_finished);
    BOOST_TEST(release_with(initiate) == not_finished);
    ByteBuffer bad = insider.seal(initiate);
    bad.back() ^= 1;
    BOOST_TEST(release_with(bad) == not_finished);
    BOOST_TEST(release_with(insider.seal(get_value)) == not_finished);
    BOOST_TEST(release_with(insider.seal(initiate, ProtectionKind::service_global,
                                         authenticated_only)) == not_finished);
    BOOST_TEST(pair.meter->is_associated());
    const std::string answer = release_with(insider.seal(initiate));
    BOOST_TEST(answer.starts_with("6328800100BE230421281F30"));
    BOOST_TEST(insider.opens(ByteView(octets(answer)).subspan(9)) ==
               "0800065F1F040040FEDFFFFF0007");
    BOOST_TEST(!pair.meter->is_associated());
    BOOST_TEST(pair.meter_told<AssociationReleased>());
}

BOOST_AUTO_TEST_CASE(a_meter_that_takes_plain_releases_says_so) {
    SecuredPair pair({}, [](ClientConfiguration& client, ServerConfiguration& meter) {
        client.security.protected_release = meter.security.protected_release = false;
    });
    BOOST_REQUIRE(pair.open());
    BOOST_TEST(pair.release());
    BOOST_TEST(to_hex(pair.sent.back()) == "6203800100");
    BOOST_TEST(to_hex(pair.answered.back()) == "6303800100");
}

BOOST_AUTO_TEST_CASE(SYMSEC_X_IC_1_a_meter_without_a_number_says_that_it_cannot) {
    SecuredPair pair({}, [](ClientConfiguration&, ServerConfiguration& meter) {
        auto& counter = meter.security.protection->send_counter(KeySlot::unicast);
        counter.skip_to(security::InvocationCounter(0x10000));
        counter.grant({0x10000, 0x10003}).value();
    });
    BOOST_REQUIRE(pair.open());
    BOOST_TEST(pair.get() == "0904DEADBEEF");
    BOOST_TEST(pair.get() == "exception operation-not-possible");
    BOOST_TEST(to_hex(pair.answered.back()) == too_little);
    BOOST_TEST(pair.meter->counters().unsealed_answers == 1u);
    BOOST_TEST(pair.meter->is_associated());
    pair.client->link_lost({ErrorCode::connection_lost, Layer::transport, 0});
    pair.meter->link_lost();
    BOOST_TEST(!pair.open());
    BOOST_TEST(pair.result == "association refused");
    pair.meter->protection()->send_counter(KeySlot::unicast).grant({0x20000, 0x20010}).value();
    BOOST_TEST(pair.open());
}

// The answer to a protected request in general blocks that comes again is the same answer: the
// request itself cannot be opened twice.
BOOST_AUTO_TEST_CASE(GBT_X_8_a_protected_request_in_blocks_that_comes_again_is_done_once) {
    SecuredTerms terms;
    terms.conformance = 0x60FEDF;
    SecuredPair pair(terms);
    BOOST_REQUIRE(pair.open());
    Insider insider;
    const ByteBuffer apdu = insider.seal(get_value);
    ByteBuffer block = octets("E0810001000000");
    block.back() = static_cast<Byte>(apdu.size());
    block.insert(block.end(), apdu.begin(), apdu.end());
    const std::string answer = pair.inject(block);
    BOOST_TEST(answer.starts_with("E0"));
    BOOST_TEST(pair.inject(block) == answer);
    BOOST_TEST(pair.executed == 1u);
}

BOOST_AUTO_TEST_CASE(a_flood_of_forged_APDUs_changes_nothing) {
    SecuredPair pair({});
    BOOST_REQUIRE(pair.open());
    ByteBuffer forged = octets("C81A3000010000000102030405060708090A0B0C0D0E0F101112131415");
    for (Byte i = 0; i < 250; ++i) {
        forged[8] = i;
        BOOST_TEST(pair.inject(forged) == not_opened);
        BOOST_TEST(pair.meter->waiting_apdus() == 0u);
    }
    BOOST_TEST(pair.meter->counters().refused_protections == 250u);
    BOOST_TEST(pair.get() == "0904DEADBEEF");
}

BOOST_AUTO_TEST_CASE(short_names_have_errors_of_their_own) {
    SecuredTerms terms;
    terms.short_names = true;
    SecuredPair pair(terms);
    BOOST_REQUIRE(pair.open());
    Insider insider;
    const ByteBuffer read = octets("0501020100");
    ByteBuffer bad = insider.seal(read);
    bad.back() ^= 1;
    BOOST_TEST(pair.inject(bad) == "0E050006");
    BOOST_TEST(pair.inject(read) == "0E050006");
    ByteBuffer write = insider.seal(octets("0601020100011101"));
    BOOST_TEST(insider.opens(octets(pair.inject(write))) == "0D0100");
    BOOST_TEST(pair.inject(write) == "0E060006");
}

BOOST_AUTO_TEST_SUITE_END()
