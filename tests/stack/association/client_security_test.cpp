// The client's side of secured associations: what it sends, what it believes, and what it does when
// it must not.

#include "stack/acse/aare.hpp"
#include "tests/stack/association/secured_pair.hpp"
#include "tests/support/vectors.hpp"

using namespace dlms;
using namespace dlms::testing;
using State = ClientAssociation::State;

namespace {

ByteBuffer vector_octets(std::string_view layer, std::string_view id) {
    for (const Vector& vector : load_vectors(layer)) {
        if (vector.id == id) {
            return vector.octets;
        }
    }
    BOOST_FAIL("no vector " << id);
    return {};
}

/// Randomness that was drawn by somebody else before.
class DrawnBefore final : public Random {
public:
    explicit DrawnBefore(std::string_view hex) : octets_(octets(hex)) {}
    bool fill(std::span<Byte> bytes) override {
        if (bytes.size() != octets_.size()) {
            return false;
        }
        std::ranges::copy(octets_, bytes.begin());
        return true;
    }

private:
    ByteBuffer octets_;
};

ByteBuffer flipped(ByteView apdu, std::size_t bit) {
    ByteBuffer changed = to_buffer(apdu);
    changed[bit / 8] = static_cast<Byte>(changed[bit / 8] ^ (1u << bit % 8));
    return changed;
}

bool is_answer(ByteView apdu, xdlms::ApduTag tag) {
    return !apdu.empty() && apdu[0] == static_cast<Byte>(tag);
}

/// MD5 without ciphering: all is to be seen on the line.
SecuredTerms in_the_open() {
    SecuredTerms terms;
    terms.mechanism = acse::Mechanism::hls_md5;
    terms.ciphered = false;
    terms.requests = {};
    terms.responses = security::no_protection;
    return terms;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(client_security)

// A conversation of another library with a real meter: AARQ and pass 3 come out octet by octet.
BOOST_AUTO_TEST_CASE(a_recorded_conversation_with_GMAC_runs_to_its_end) {
    const SystemTitle own(std::array<Byte, 8>{});
    const SystemTitle other = SystemTitle::from_hex("4B464D6410000002").value();
    DrawnBefore random("7336554C55333736635A456F6179506C");
    SeededRandom unused(1);
    const auto side = [&](const SystemTitle& title, std::uint32_t first) {
        ProtectionKeys keys;
        keys.unicast = key_of<EncryptionKey>(SecuritySuite::aes_gcm_128, 0x00);
        keys.authentication = key_of<AuthenticationKey>(SecuritySuite::aes_gcm_128, 0xD0);
        auto made =
            ApduProtection::create(SecuritySuite::aes_gcm_128, title, std::move(keys), unused)
                .value();
        made.send_counter(KeySlot::unicast).grant({first, first + 100}).value();
        return made;
    };
    ClientConfiguration configuration;
    configuration.mechanism = acse::Mechanism::hls_gmac;
    configuration.proposed_conformance = xdlms::Conformance{0x001F1F};
    configuration.security.protection = std::make_unique<ApduProtection>(side(own, 19254));
    configuration.security.random = &random;
    configuration.security.ciphered = true;
    configuration.security.challenge_size = 16;
    configuration.security.requests.protection = authenticated_encryption;
    configuration.security.responses = authenticated_encryption;
    ClientAssociation client(std::move(configuration));
    const Instant now{};

    BOOST_REQUIRE(client.open(now));
    BOOST_TEST(to_hex(*client.poll_transmit()) == to_hex(vector_octets("cipher", "cipher-0037")));
    client.receive(vector_octets("cipher", "cipher-0038"), now);
    BOOST_TEST((client.state() == State::authenticating));
    BOOST_TEST(!client.is_ready());
    BOOST_TEST(to_hex(*client.poll_transmit()) == to_hex(vector_octets("cipher", "cipher-0043")));

    // Pass 4 itself was published, the APDU around it was not.
    ApduProtection meter = side(other, 16700);
    meter.set_peer_title(own).value();
    ByteBuffer pass_4 = octets("C701C10001000911");
    const ByteBuffer answer = vector_octets("hls", "hls-0009");
    pass_4.insert(pass_4.end(), answer.begin(), answer.end());
    client.receive(sealed(meter, pass_4, wanted(ProtectionKind::service_global)), now);
    const auto associated = client.poll_event();
    BOOST_REQUIRE((associated && std::holds_alternative<Associated>(*associated)));
    BOOST_TEST(std::get<Associated>(*associated).conformance.raw() == 0x001E1Du);
    BOOST_TEST(std::get<Associated>(*associated).server_max_receive_pdu_size == 0x04C8);

    BOOST_REQUIRE(client.release(now));
    BOOST_TEST(to_hex(*client.poll_transmit()).starts_with("6228800100BE230421211F3000004B39"));
    client.receive(vector_octets("cipher", "cipher-0040"), now);
    BOOST_TEST((client.state() == State::idle));
}

BOOST_AUTO_TEST_CASE(what_is_missing_refuses_open_and_changes_nothing) {
    const auto refusal = [](const std::function<void(ClientConfiguration&)>& adjust,
                            SecuredTerms terms = {}) {
        SecuredPair pair(
            terms, [&](ClientConfiguration& client, ServerConfiguration&) { adjust(client); });
        const Status opened = pair.client->open(pair.now);
        BOOST_TEST((pair.client->state() == State::idle));
        BOOST_TEST(!pair.client->poll_transmit());
        BOOST_TEST(!pair.client->poll_timeout());
        return opened ? "opened" : std::string(name(opened.error().code));
    };
    BOOST_TEST(refusal([](auto& c) { c.security.protection.reset(); }) == "key-missing");
    BOOST_TEST(refusal([](auto& c) { c.security.random = nullptr; }) == "out-of-range");
    BOOST_TEST(refusal([](auto& c) { c.security.challenge_size = 7; }) == "out-of-range");
    BOOST_TEST(refusal([](auto& c) { c.security.challenge_size = 65; }) == "out-of-range");
    BOOST_TEST(refusal([](auto& c) { c.mechanism = acse::Mechanism{8}; }) ==
               "unsupported-mechanism");
    const auto counted = [](std::uint32_t last) {
        return [last](ClientConfiguration& client) {
            auto& counter = client.security.protection->send_counter(KeySlot::unicast);
            counter.skip_to(security::InvocationCounter(0x10000));
            counter.grant({0x10000, last}).value();
        };
    };
    BOOST_TEST(refusal(counted(0x10001)) == "counter-not-reserved");  // it takes three
    BOOST_TEST(refusal([](auto& c) {
                   c.security.protection->send_counter(KeySlot::unicast)
                       .skip_to(security::InvocationCounter(0xFFFFFFFD));
               }) == "counter-exhausted");
}

// SYMSEC_X_IC_1: a number that nobody reserved is not used, and nothing happens without one.
BOOST_AUTO_TEST_CASE(SYMSEC_X_IC_1_a_request_without_a_number_changes_nothing) {
    SecuredPair pair({}, [](ClientConfiguration& client, ServerConfiguration&) {
        auto& counter = client.security.protection->send_counter(KeySlot::unicast);
        counter.skip_to(security::InvocationCounter(0x10000));
        counter.grant({0x10000, 0x10003}).value();
    });
    BOOST_REQUIRE(pair.open());
    BOOST_TEST(pair.get() == "0904DEADBEEF");
    const std::size_t before = pair.sent.size();
    BOOST_TEST(pair.get() == "counter-not-reserved");
    BOOST_TEST(pair.set("1101") == "counter-not-reserved");
    const Status released = pair.client->release(pair.now);
    BOOST_TEST((!released && released.error().code == ErrorCode::counter_not_reserved));
    BOOST_TEST((pair.client->state() == State::associated));
    BOOST_TEST(pair.client->outstanding_requests() == 0u);
    BOOST_TEST(!pair.client->poll_transmit());
    BOOST_TEST(pair.sent.size() == before);
    auto& counter = pair.client->protection()->send_counter(KeySlot::unicast);
    counter.grant({0xFFFFFFFE, 0xFFFFFFFE}).value();
    BOOST_TEST(pair.get() == "0904DEADBEEF");  // the last one there is
    BOOST_TEST(pair.get() == "counter-exhausted");
}

BOOST_AUTO_TEST_CASE(a_number_that_runs_out_in_a_transfer_ends_the_request_alone) {
    SecuredTerms terms;
    terms.client_size = terms.server_size = 120;
    SecuredPair pair(terms, [](ClientConfiguration& client, ServerConfiguration&) {
        auto& counter = client.security.protection->send_counter(KeySlot::unicast);
        counter.skip_to(security::InvocationCounter(0x10000));
        counter.grant({0x10000, 0x10004}).value();
    });
    BOOST_REQUIRE(pair.open());
    pair.value = octets("0982012C");
    pair.value.resize(304, 0x41);
    BOOST_TEST(pair.get() == "counter-not-reserved");
    BOOST_TEST((pair.client->state() == State::associated));
    pair.client->protection()->send_counter(KeySlot::unicast).grant({0x20000, 0x20010}).value();
    BOOST_TEST(pair.get() == to_hex(pair.value));
}

// APPL_OPEN_X_4: the meter's own answer is verified always.
BOOST_AUTO_TEST_CASE(APPL_OPEN_X_4_a_meter_that_cannot_prove_itself_is_left) {
    SecuredPair pair(in_the_open());
    pair.downward = [](ByteBuffer& apdu) {
        if (is_answer(apdu, xdlms::ApduTag::action_response)) {
            apdu.back() ^= 1;
        }
    };
    BOOST_TEST(!pair.open());
    BOOST_TEST(pair.result == "aborted authentication-failed");
    BOOST_TEST((pair.client->state() == State::idle));
    BOOST_TEST(to_hex(pair.sent.back()) == "6203800100");
    BOOST_TEST(!pair.meter->is_associated());
    pair.downward = [](ByteBuffer&) {};
    BOOST_TEST(pair.open());
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_X_2_our_own_challenge_is_not_answered) {
    SecuredPair pair(in_the_open());
    pair.downward = [&pair](ByteBuffer& apdu) {
        if (is_answer(apdu, xdlms::ApduTag::aare)) {
            const ByteBuffer& aarq = pair.sent.back();
            const auto challenge_in = [](auto& octets) {
                constexpr std::array<Byte, 2> head{0x80, 0x20};
                return std::ranges::search(octets, head).begin() + 2;
            };
            std::copy_n(challenge_in(aarq), 32, challenge_in(apdu));
        }
    };
    BOOST_TEST(!pair.open());
    BOOST_TEST(pair.result == "aborted reflected-challenge");
}

BOOST_AUTO_TEST_CASE(a_meter_that_skips_the_challenge_is_left) {
    for (const bool ciphered : {false, true}) {
        SecuredTerms terms;
        terms.ciphered = ciphered;
        SecuredPair pair(terms, [](ClientConfiguration&, ServerConfiguration& meter) {
            meter.mechanism = acse::Mechanism::lowest;
        });
        BOOST_TEST(!pair.open());
        BOOST_TEST(pair.result == "aborted authentication-failed");
        BOOST_TEST(!pair.meter->is_associated());  // it was told
    }
}

BOOST_AUTO_TEST_CASE(a_meter_that_refuses_pass_3_has_refused_the_association) {
    SecuredPair pair(in_the_open(), [](ClientConfiguration& client, ServerConfiguration&) {
        client.password = SecretBytes(as_bytes("another"));
    });
    BOOST_TEST(!pair.open());
    BOOST_TEST(pair.result == "association refused");
    const auto& refused = std::get<AssociationRefused>(*pair.event);
    BOOST_TEST((refused.diagnostic == acse::UserDiagnostic::authentication_failure));
    BOOST_TEST(pair.meter_told<AuthenticationFailed>());
}

BOOST_AUTO_TEST_CASE(a_meter_that_says_nothing_to_pass_3_ends_the_attempt_in_time) {
    SecuredPair pair({});
    pair.upward = [](ByteBuffer& apdu) {
        if (is_answer(apdu, xdlms::ApduTag::glo_action_request)) {
            apdu.clear();
        }
    };
    BOOST_TEST(!pair.open());
    BOOST_TEST((pair.client->state() == State::authenticating));
    pair.wait();
    BOOST_TEST(pair.result == "aborted timeout");
    BOOST_TEST((pair.client->state() == State::idle));
    BOOST_REQUIRE(pair.client->open(pair.now));
    pair.client->link_lost({ErrorCode::connection_lost, Layer::transport, 0});
    BOOST_TEST((pair.client->state() == State::idle));
}

// No bit of an AARE that accepts can be changed but in fields that say nothing here.
BOOST_AUTO_TEST_CASE(an_AARE_that_does_not_open_makes_no_association) {
    SecuredTerms terms;
    terms.mechanism = acse::Mechanism::lls;
    SecuredPair first(terms);
    BOOST_REQUIRE(first.open());
    const std::size_t bits = first.answered[0].size() * 8;
    const std::size_t sealed_from = bits - std::size_t{0x1F + 2} * 8;
    for (std::size_t bit = 0; bit < bits; ++bit) {
        SecuredPair pair(terms);
        pair.downward = [bit](ByteBuffer& apdu) { apdu = flipped(apdu, bit); };
        const bool opened = pair.open();
        BOOST_TEST_CONTEXT("bit " << bit) {
            BOOST_TEST((!opened || bit < sealed_from));
            BOOST_TEST(pair.client->outstanding_requests() == 0u);
        }
    }
}

// SYMSEC_0_SecDataX_N1, at the client: each bit of an answer.
BOOST_AUTO_TEST_CASE(SYMSEC_0_SecDataX_N1_a_changed_answer_is_as_good_as_none) {
    for (const Envelope envelope : {Envelope::service_specific, Envelope::general}) {
        SecuredTerms terms;
        terms.requests.envelope = envelope;
        SecuredPair pair(terms);
        BOOST_REQUIRE(pair.open());
        BOOST_REQUIRE_EQUAL(pair.get(), "0904DEADBEEF");
        const std::size_t bits = pair.answered.back().size() * 8;
        for (std::size_t bit = 0; bit < bits; ++bit) {
            pair.downward = [&](ByteBuffer& apdu) {
                const std::uint64_t refused = pair.client->counters().refused_apdus;
                pair.client->receive(flipped(apdu, bit), pair.now);
                BOOST_TEST(!pair.client->poll_event());
                BOOST_TEST(!pair.client->poll_transmit());
                BOOST_TEST(pair.client->outstanding_requests() == 1u);
                BOOST_TEST(pair.client->counters().refused_apdus == refused + 1);
            };
            BOOST_TEST_CONTEXT("bit " << bit) {
                BOOST_REQUIRE_EQUAL(pair.get(), "0904DEADBEEF");
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(what_an_answer_lacked_is_told_when_its_time_is_over) {
    const auto end_with = [](const std::function<void(SecuredPair&, ByteBuffer&)>& change) {
        SecuredPair pair({});
        BOOST_REQUIRE(pair.open());
        BOOST_REQUIRE_EQUAL(pair.get(), "0904DEADBEEF");
        pair.downward = [&](ByteBuffer& apdu) { change(pair, apdu); };
        BOOST_TEST(pair.get() == "nothing");  // it waits
        pair.wait();
        BOOST_TEST((pair.client->state() == State::associated));
        const std::string why = pair.result;
        pair.downward = [](ByteBuffer&) {};
        // Above what came under a good tag.
        pair.meter->protection()
            ->send_counter(KeySlot::unicast)
            .skip_to(security::InvocationCounter(0x8100));
        BOOST_TEST(pair.get() == "0904DEADBEEF");
        return why;
    };
    ProtectionPair other(SecuritySuite::aes_gcm_128);
    other.meter.send_counter(KeySlot::unicast).skip_to(security::InvocationCounter(0x8000));
    BOOST_TEST(end_with([](SecuredPair&, ByteBuffer& apdu) { apdu.back() ^= 1; }) ==
               "tag-mismatch");
    BOOST_TEST(end_with([](SecuredPair& pair, ByteBuffer& apdu) {
                   apdu = pair.answered[pair.answered.size() - 2];
               }) == "counter-too-low");
    BOOST_TEST(end_with([](SecuredPair&, ByteBuffer& apdu) {
                   apdu = octets("C401C30009040BADF00D");
               }) == "insufficient-protection");
    BOOST_TEST(end_with([&](SecuredPair&, ByteBuffer& apdu) {
                   apdu = sealed(other.meter, octets("C401C30009040BADF00D"),
                                 wanted(ProtectionKind::service_global, authenticated_only));
               }) == "insufficient-protection");
    BOOST_TEST(end_with([](SecuredPair&, ByteBuffer& apdu) { apdu.clear(); }) == "timeout");
}

// CLIENT_X_8
BOOST_AUTO_TEST_CASE(CLIENT_X_8_a_title_that_changes_is_refused) {
    SecuredTerms terms;
    terms.requests.envelope = Envelope::general;
    SecuredPair pair(terms);
    BOOST_REQUIRE(pair.open());
    pair.downward = [](ByteBuffer& apdu) { apdu[5] ^= 1; };
    BOOST_TEST(pair.get() == "nothing");
    pair.wait();
    BOOST_TEST(pair.result == "wrong-system-title");
    // And one that is not the configured one is not associated with at all.
    SecuredPair known(terms, [](ClientConfiguration& client, ServerConfiguration&) {
        client.security.peer_title = SystemTitle({0x4D, 0x4D, 0x4D, 1, 2, 3, 4, 5});
    });
    BOOST_TEST(!known.open());
    BOOST_TEST(known.result == "aborted wrong-system-title");
}

BOOST_AUTO_TEST_CASE(titles_that_both_know_need_not_be_sent) {
    SecuredPair pair({}, [](ClientConfiguration& client, ServerConfiguration& meter) {
        client.security.sends_title = meter.security.sends_title = false;
        client.security.peer_title = meter_title;
        meter.security.peer_title = client_title;
    });
    BOOST_REQUIRE(pair.open());
    BOOST_TEST(pair.get() == "0904DEADBEEF");
    const ByteBuffer& aarq = pair.sent[0];
    BOOST_TEST(std::ranges::search(aarq, client_title.octets()).empty());
}

// CLIENT_X_9
BOOST_AUTO_TEST_CASE(CLIENT_X_9_the_object_of_the_authentication_is_a_setting) {
    SecuredPair pair(in_the_open(), [](ClientConfiguration& client, ServerConfiguration& meter) {
        client.security.authentication_object = {0, 0, 40, 0, 3, 255};
        meter.security.authentication_object = {0, 0, 40, 0, 3, 255};
    });
    BOOST_TEST(pair.open());
    BOOST_TEST(to_hex(pair.sent[1]).starts_with("C301C1000F0000280003FF010109"));
    SecuredTerms terms = in_the_open();
    terms.short_names = true;
    SecuredPair names(terms);
    BOOST_TEST(names.open());
    BOOST_TEST(to_hex(names.sent[1]).starts_with("050104FA580009"));
}

// SYMSEC_X_IC_2: a number in an error that nobody protected is told, and nothing else.
BOOST_AUTO_TEST_CASE(SYMSEC_X_IC_2_errors_in_plain_end_a_request_and_are_a_hint_alone) {
    SecuredPair pair({});
    BOOST_REQUIRE(pair.open());
    const std::uint64_t next =
        pair.client->protection()->send_counter(KeySlot::unicast).next_free();
    pair.downward = [](ByteBuffer& apdu) { apdu = octets("D8010600001234"); };
    BOOST_TEST(pair.get() == "exception invocation-counter-error");
    const auto& failed = std::get<RequestFailed>(*pair.event);
    BOOST_TEST(std::get<xdlms::ExceptionResponse>(failed.reason).invocation_counter == 0x1234u);
    BOOST_TEST(pair.client->protection()->send_counter(KeySlot::unicast).next_free() == next);
    BOOST_TEST((pair.client->state() == State::associated));
    pair.downward = [](ByteBuffer&) {};
    BOOST_TEST(pair.get() == "0904DEADBEEF");
}

// What carries a transaction-id answers the request that has it, and no other.
BOOST_AUTO_TEST_CASE(an_answer_with_the_transaction_id_of_another_request_answers_nothing) {
    for (const Envelope envelope :
         {Envelope::unnamed_key, Envelope::identified_key, Envelope::wrapped_key}) {
        SecuredTerms terms;
        terms.requests.envelope = envelope;
        SecuredPair pair(terms);
        BOOST_REQUIRE(pair.open());
        BOOST_TEST(pair.get() == "0904DEADBEEF");
        // The meter's own seal, and a number that nobody has seen.
        const ByteBuffer other = octets("0102030405060708");
        pair.downward = [&](ByteBuffer& apdu) {
            auto how = wanted(envelope == Envelope::wrapped_key ? ProtectionKind::wrapped_key
                                                                : ProtectionKind::unnamed_key);
            how.transaction_id = other;
            apdu = sealed(*pair.meter->protection(), octets("C401C3000904BADBADBA"), how);
        };
        const std::uint64_t before = pair.client->counters().refused_apdus;
        BOOST_TEST(pair.get() == "nothing");
        BOOST_TEST(pair.client->counters().refused_apdus == before + 1);
        pair.wait();
        pair.downward = [](ByteBuffer&) {};
        BOOST_TEST(pair.get() == "0904DEADBEEF");
    }
}

// A refusal that anybody may have sent is told from one of the meter's.
BOOST_AUTO_TEST_CASE(a_refusal_in_plain_is_no_proof) {
    SecuredPair pair({});
    BOOST_REQUIRE(pair.open());
    for (const bool is_plain : {true, false}) {
        pair.downward = [&](ByteBuffer& apdu) {
            apdu = octets("D80102");
            if (!is_plain) {
                apdu =
                    sealed(*pair.meter->protection(), apdu, wanted(ProtectionKind::general_global));
            }
        };
        BOOST_TEST(pair.get() == "exception service-not-supported");
        BOOST_TEST(std::get<RequestFailed>(*pair.event).unproven == is_plain);
    }
}

BOOST_AUTO_TEST_CASE(a_flood_of_forged_APDUs_is_counted_and_nothing_else) {
    SecuredPair pair({});
    BOOST_REQUIRE(pair.open());
    const std::uint64_t before = pair.client->counters().refused_apdus;
    ByteBuffer forged = octets("CC1A3000010000000102030405060708090A0B0C0D0E0F101112131415");
    for (Byte i = 0; i < 250; ++i) {
        forged[8] = i;
        forged[0] = i % 2 == 0 ? 0xCC : 0x0F;  // and pushes in plain
        pair.client->receive(forged, pair.now);
        BOOST_TEST(!pair.client->poll_event());
        BOOST_TEST(!pair.client->poll_transmit());
    }
    BOOST_TEST(pair.client->counters().refused_apdus == before + 250);
    BOOST_TEST(pair.get() == "0904DEADBEEF");
}

BOOST_AUTO_TEST_CASE(policies_of_requests_change_at_any_time) {
    SecuredTerms terms;
    terms.responses = security::no_protection;
    SecuredPair pair(terms, [](ClientConfiguration&, ServerConfiguration& meter) {
        meter.security.requests = {};
    });
    BOOST_REQUIRE(pair.open());
    const auto begins = [&](Protection protection) {
        pair.client->protect_requests({.protection = protection});
        BOOST_TEST(pair.get() == "0904DEADBEEF");
        return to_hex(pair.sent.back()).substr(0, 6) + " " +
               to_hex(pair.answered.back()).substr(0, 6);
    };
    // SYMSEC_0_BasicCap_1
    BOOST_TEST(begins(security::no_protection) == "C001C2 C401C2");
    BOOST_TEST(begins(authenticated_only) == "C81E10 CC1B10");
    BOOST_TEST(begins(encrypted_only) == "C81220 CC0F20");
    BOOST_TEST(begins(authenticated_encryption) == "C81E30 CC1B30");
    pair.client->require_of_responses(authenticated_encryption);
    pair.client->protect_requests({.protection = authenticated_only});
    BOOST_TEST(pair.get() == "nothing");
    pair.wait();
    BOOST_TEST(pair.result == "insufficient-protection");
}

// APPL_OPEN_X_9
BOOST_AUTO_TEST_CASE(APPL_OPEN_X_9_a_pre_established_association_needs_no_AARQ) {
    for (const bool ciphered : {false, true}) {
        SecuredTerms terms;
        terms.ciphered = ciphered;
        terms.mechanism = acse::Mechanism::lowest;
        SecuredPair pair(terms, [](ClientConfiguration& client, ServerConfiguration& meter) {
            meter.pre_established = true;
            client.security.peer_title = meter_title;
            meter.security.peer_title = client_title;
        });
        BOOST_REQUIRE(pair.client->open_pre_established());
        pair.run();
        pair.drain();
        BOOST_TEST(pair.sent.empty());
        BOOST_TEST((pair.event && std::holds_alternative<Associated>(*pair.event)));
        BOOST_TEST(!pair.client->open_pre_established());
        BOOST_TEST(!pair.client->renew(pair.now));
        BOOST_TEST(pair.get() == "0904DEADBEEF");
        BOOST_TEST(int(pair.sent[0][0]) == (ciphered ? 0xC8 : 0xC0));
        BOOST_REQUIRE(pair.client->release(pair.now));
        pair.drain();
        BOOST_TEST(std::holds_alternative<Released>(*pair.event));
        BOOST_TEST((pair.client->state() == State::idle));
        BOOST_TEST(!pair.client->poll_transmit());
    }
}

// SYMSEC_X_BC_1
BOOST_AUTO_TEST_CASE(SYMSEC_X_BC_1_the_broadcast_key_is_for_what_nobody_answers) {
    SecuredPair pair({});
    BOOST_REQUIRE(pair.open());
    for (const Envelope envelope :
         {Envelope::service_specific, Envelope::general, Envelope::identified_key}) {
        pair.client->protect_requests({.protection = authenticated_encryption,
                                       .envelope = envelope,
                                       .key = KeyChoice::broadcast});
        BOOST_TEST(pair.get() == "not-negotiated");
        const std::size_t answers = pair.answered.size();
        const unsigned executed = pair.executed;
        const ByteBuffer one{0x11, static_cast<Byte>(envelope)};
        BOOST_REQUIRE(pair.client->set(secured_value, {}, *axdr::parse_data(one), pair.now,
                                       ServiceClass::unconfirmed));
        pair.run();
        BOOST_TEST(pair.executed == executed + 1);
        BOOST_TEST(to_hex(pair.value) == to_hex(one));
        BOOST_TEST(pair.answered.size() == answers);
    }
}

BOOST_AUTO_TEST_CASE(certificates_and_users_are_sent_and_handed_over) {
    SecuredPair pair({}, [](ClientConfiguration& client, ServerConfiguration& meter) {
        client.security.certificate = octets("3003020101");
        client.security.user_id = 7;
        meter.security.certificate = octets("3003020102");
    });
    BOOST_REQUIRE(pair.open());
    BOOST_TEST(to_hex(pair.client->peer_certificate()) == "3003020102");
    BOOST_TEST(to_hex(pair.meter->peer_certificate()) == "3003020101");
    const auto& established = std::get<AssociationEstablished>(pair.at_meter.at(0));
    BOOST_TEST((established.user_id == 7));
}

BOOST_AUTO_TEST_SUITE_END()
