// Every mechanism, suite and protection, client against simulated meter, over the wrapper and HDLC.
// The two share their codecs: what the octets must be, the vectors say.

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "store/counter_store.hpp"
#include "tests/client/client_desk.hpp"
#include "tests/integration/cutting_relay.hpp"
#include "tests/integration/simulated_meter.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dlms::testing {
namespace {

using acse::Mechanism;
using client::LinkKind;
using client::MeterParameters;
using nlohmann::json;
using security::Protection;
using security::SecuritySuite;
using security::SystemTitle;

constexpr ClientSap secured_client(1);
constexpr std::string_view secret = "0123456789ABCDEF";
const cosem::ObisCode counter_object(0, 0, 43, 1, 0, 255);

std::string key_of(SecuritySuite suite, char digit) {
    return std::string(2 * security::key_size(suite), digit);
}

/// The same pairs each time; suite 0 has none.
struct SigningKeys {
    explicit SigningKeys(SecuritySuite suite) {
        if (const auto curve = security::curve_of(suite)) {
            SeededRandom random(11);
            ours = security::PrivateKey::generate(*curve, random).value();
            meters = security::PrivateKey::generate(*curve, random).value();
        }
    }
    std::optional<security::PrivateKey> ours;
    std::optional<security::PrivateKey> meters;
};

std::string_view level_of(const Protection& protection) {
    if (protection.encrypted) {
        return protection.authenticated ? "authenticated_encryption" : "encryption";
    }
    return protection.authenticated ? "authentication" : "none";
}

/// A meter with one secured client, and a public one that may see the invocation counter.
std::string scenario(Mechanism mechanism, SecuritySuite suite, const Protection& protection) {
    const json conformance = {"get",
                              "set",
                              "action",
                              "block-transfer-with-get-or-read",
                              "block-transfer-with-set-or-write",
                              "multiple-references"};
    json secured = {{"client_sap", secured_client.value()},
                    {"name", "secured"},
                    {"mechanism", name(mechanism)},
                    {"conformance", conformance},
                    {"max_receive_pdu_size", 160}};  // a signature of suite 2 fits
    if (mechanism != Mechanism::lowest && mechanism != Mechanism::hls_gmac &&
        mechanism != Mechanism::hls_ecdsa) {
        secured["password"] = secret;
    }
    if (protection != security::no_protection) {
        secured["security"] = level_of(protection);
    }
    json keys = {{"system_title", "5453540000000001"},
                 {"suite", security::number_of(suite)},
                 {"unicast_key", key_of(suite, '1')},
                 {"authentication_key", key_of(suite, '2')}};
    if (const SigningKeys pairs(suite); mechanism == Mechanism::hls_ecdsa) {
        keys["signing_key"] = to_hex(pairs.meters->reveal());
        keys["client_signing_key"] = to_hex(pairs.ours->public_key().octets());
    }
    const json open = {{"client_sap", 16},
                       {"name", "public"},
                       {"mechanism", "lowest"},
                       {"conformance", conformance},
                       {"visible", {"0-0:43.1.0.255"}}};
    const json objects = {
        {{"obis", "0-0:43.1.0.255"},
         {"class", 1},
         {"name", "Invocation counter"},
         {"attributes", {{{"id", 2}, {"access", "r"}, {"computed", "invocation_counter"}}}}},
        {{"obis", "0-0:96.1.1.255"},
         {"class", 1},
         {"name", "Long text"},
         {"attributes",
          {{{"id", 2},
            {"access", "rw"},
            {"any_type", true},
            {"value", {{"octet-string", std::string(600, 'A')}}}}}}},
        {{"obis", "1-0:1.8.0.255"},
         {"class", 3},
         {"name", "Energy"},
         {"attributes",
          {{{"id", 2}, {"access", "r"}, {"value", {{"double-long-unsigned", 12345}}}}}}}};
    const json meter = {{"name", "secured"},
                        {"logical_devices",
                         {{{"sap", 1},
                           {"name", "TST0000000000001"},
                           {"security", keys},
                           {"associations", {secured, open}},
                           {"objects", objects}}}}};
    return meter.dump();
}

MeterParameters parameters(const SimulatedMeter& meter, LinkKind link, Mechanism mechanism,
                           SecuritySuite suite, const Protection& protection) {
    MeterParameters made =
        Desk::parameters(link == LinkKind::hdlc ? meter.hdlc_port() : meter.wrapper_port());
    if (link == LinkKind::hdlc) {
        made.use_hdlc(client::profile_of_brand("generic"));
    }
    made.client_sap = secured_client;
    made.mechanism = mechanism;
    made.password = SecretBytes(as_bytes(secret));
    client::MeterSecurity& security = made.security;
    security.suite = suite;
    security.own_title = SystemTitle({'D', 'L', 'M', 0, 0, 0, 0, 1});
    security.keys.unicast = *security::EncryptionKey::from(octets(key_of(suite, '1')));
    security.keys.authentication = *security::AuthenticationKey::from(octets(key_of(suite, '2')));
    if (SigningKeys pairs(suite); mechanism == Mechanism::hls_ecdsa) {
        security.keys.peer_signing = pairs.meters->public_key();
        security.keys.own_signing = std::move(pairs.ours);
    }
    if (protection != security::no_protection) {
        security.protect(protection);
    }
    return made;
}

client::ClientEnvironment with_counters(std::shared_ptr<client::DurableCounters> counters =
                                            std::make_shared<client::ProcessCounters>()) {
    client::ClientEnvironment environment;
    environment.counters = std::move(counters);
    return environment;
}

const cosem::AttributeDescriptor long_text{1, {0, 0, 96, 1, 1, 255}, 2};

client::ReadRequest request_of(const cosem::AttributeDescriptor& attribute) {
    client::ReadRequest request;
    request.attribute = attribute;
    return request;
}

/// Reads, writes and reads back what takes several blocks, and releases.
void converse(Desk& desk) {
    BOOST_TEST(text(desk.read()) == "0600003039");
    const std::string value = "0982012C" + std::string(600, '5');
    const auto written = desk.wait(desk.client.write(long_text, *axdr::Data::parse(octets(value)),
                                                     in(std::chrono::seconds(20))));
    BOOST_TEST(written.has_value());
    BOOST_TEST(text(desk.wait(desk.client.read(request_of(long_text),
                                               in(std::chrono::seconds(20))))) == value);
    desk.release();
}

constexpr std::array mechanisms = {
    Mechanism::lowest,   Mechanism::lls,      Mechanism::hls_manufacturer, Mechanism::hls_md5,
    Mechanism::hls_sha1, Mechanism::hls_gmac, Mechanism::hls_sha256,       Mechanism::hls_ecdsa};
constexpr std::array suites = {SecuritySuite::aes_gcm_128, SecuritySuite::ecdh_ecdsa_aes_gcm_128,
                               SecuritySuite::ecdh_ecdsa_aes_gcm_256};
constexpr std::array protections = {security::no_protection, security::authenticated_only,
                                    security::encrypted_only, security::authenticated_encryption};

}  // namespace

BOOST_AUTO_TEST_SUITE(secured_meter)

BOOST_AUTO_TEST_CASE(every_mechanism_suite_and_protection) {
    for (const Mechanism mechanism : mechanisms) {
        for (const SecuritySuite suite : suites) {
            if (mechanism == Mechanism::hls_ecdsa && !security::curve_of(suite)) {
                continue;
            }
            for (const Protection& protection : protections) {
                const SimulatedMeter meter(scenario(mechanism, suite, protection));
                for (const LinkKind link : {LinkKind::wrapper, LinkKind::hdlc}) {
                    BOOST_TEST_CONTEXT(name(mechanism)
                                       << ", suite " << int{security::number_of(suite)} << ", "
                                       << level_of(protection) << ", "
                                       << (link == LinkKind::hdlc ? "HDLC" : "wrapper")) {
                        MeterParameters asked =
                            parameters(meter, link, mechanism, suite, protection);
                        asked.security.dedicated_key =
                            link == LinkKind::hdlc && protection != security::no_protection;
                        // A title of its own for each: the meter keeps the numbers of both.
                        asked.security.own_title =
                            SystemTitle({'D', 'L', 'M', 0, 0, 0, 0, static_cast<Byte>(link)});
                        Desk desk(std::move(asked), with_counters());
                        converse(desk);
                    }
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_wrong_key_is_told_and_no_value_comes) {
    const Protection both = security::authenticated_encryption;
    const SecuritySuite suite = SecuritySuite::aes_gcm_128;
    const SimulatedMeter meter(scenario(Mechanism::hls_gmac, suite, both));
    for (const bool of_authentication : {true, false}) {
        MeterParameters asked =
            parameters(meter, LinkKind::wrapper, Mechanism::hls_gmac, suite, both);
        asked.response_timeout = std::chrono::seconds(2);
        const ByteBuffer wrong = octets(key_of(suite, '9'));
        if (of_authentication) {
            asked.security.keys.authentication = *security::AuthenticationKey::from(wrong);
        } else {
            asked.security.keys.unicast = *security::EncryptionKey::from(wrong);
        }
        Desk desk(std::move(asked), with_counters());
        const auto value = desk.read();
        BOOST_REQUIRE(!value.has_value());
        BOOST_TEST((value.error().code == client::FailureCode::deciphering_failed));
    }
}

BOOST_AUTO_TEST_CASE(without_a_place_for_counters_nothing_is_sent) {
    const Protection both = security::authenticated_encryption;
    const SecuritySuite suite = SecuritySuite::aes_gcm_128;
    const SimulatedMeter meter(scenario(Mechanism::hls_gmac, suite, both));
    Desk desk(parameters(meter, LinkKind::wrapper, Mechanism::hls_gmac, suite, both));
    const auto value = desk.read();
    BOOST_REQUIRE(!value.has_value());
    BOOST_TEST((value.error().code == client::FailureCode::counter_rejected));
}

// The same key and title in two places that count by themselves: the second one is too low, asks
// the meter's counter object, and goes on above it.
BOOST_AUTO_TEST_CASE(a_counter_that_is_too_low_is_raised_from_the_meter) {
    const Protection both = security::authenticated_encryption;
    const SecuritySuite suite = SecuritySuite::aes_gcm_128;
    const SimulatedMeter meter(scenario(Mechanism::hls_gmac, suite, both));
    const auto made = [&] {
        return parameters(meter, LinkKind::wrapper, Mechanism::hls_gmac, suite, both);
    };
    {
        Desk first(made(), with_counters());
        converse(first);
    }
    {
        MeterParameters blind = made();
        blind.response_timeout = std::chrono::seconds(2);
        Desk second(std::move(blind), with_counters());
        BOOST_TEST(!second.read().has_value());
    }
    auto counters = std::make_shared<client::ProcessCounters>();
    const client::CounterId id =
        client::counter_id(octets(key_of(suite, '1')), *made().security.own_title);
    // It has been used, so that the meter is not asked before the first try fails.
    BOOST_REQUIRE(counters->reserve(id, 1, 0).has_value());
    std::uint32_t raised_to = 0;
    client::ClientEnvironment environment = with_counters(counters);
    environment.counter_raised = [&](std::uint32_t next) { raised_to = next; };
    MeterParameters asking = made();
    asking.security.counter_object = counter_object;
    Desk third(std::move(asking), std::move(environment));
    converse(third);
    BOOST_TEST(raised_to > 1U);
    BOOST_TEST(counters->next(id)->value() > raised_to);
}

BOOST_AUTO_TEST_CASE(SYMSEC_X_IC_1_the_end_of_the_numbers_is_told_and_never_passed) {
    const Protection both = security::authenticated_encryption;
    const SecuritySuite suite = SecuritySuite::aes_gcm_128;
    const SimulatedMeter meter(scenario(Mechanism::hls_gmac, suite, both));
    const MeterParameters asked =
        parameters(meter, LinkKind::wrapper, Mechanism::hls_gmac, suite, both);
    const client::CounterId id =
        client::counter_id(octets(key_of(suite, '1')), *asked.security.own_title);
    const auto warned_at = [&](std::uint32_t used) -> std::optional<std::uint32_t> {
        auto counters = std::make_shared<client::ProcessCounters>();
        BOOST_REQUIRE(counters->reserve(id, 1, used).has_value());
        std::optional<std::uint32_t> left;
        client::ClientEnvironment environment = with_counters(counters);
        environment.counter_low = [&](std::uint32_t few) {
            BOOST_TEST(!left);  // once
            left = few;
        };
        Desk desk(asked.clone(), std::move(environment));
        BOOST_TEST(text(desk.read()) == "0600003039");
        BOOST_TEST(text(desk.read()) == "0600003039");
        desk.release();
        return left;
    };
    BOOST_TEST(!warned_at(1));
    BOOST_TEST((warned_at(0xFC00'0000) == 0xFFFF'FFFE - 0xFC00'0000 - 128));
    // The last numbers are used, one by one, and none behind them.
    auto counters = std::make_shared<client::ProcessCounters>();
    BOOST_REQUIRE(counters->reserve(id, 1, 0xFFFF'FFF0).has_value());
    Desk desk(asked.clone(), with_counters(counters));
    unsigned readings = 0;
    client::Outcome<axdr::Data> value = desk.read();
    for (; value && readings < 100; ++readings) {
        value = desk.read();
    }
    BOOST_REQUIRE(!value.has_value());
    BOOST_TEST((value.error().code == client::FailureCode::counter_rejected));
    BOOST_TEST((value.error().error->code == ErrorCode::counter_exhausted));
    BOOST_TEST(readings > 4U);
    BOOST_TEST(readings < 0x10U);
    Desk anew(asked.clone(), with_counters(counters));
    BOOST_TEST((anew.read().error().code == client::FailureCode::counter_rejected));
}

BOOST_AUTO_TEST_CASE(what_the_meter_has_used_up_is_refused_after_a_restart) {
    const Protection both = security::authenticated_encryption;
    const SecuritySuite suite = SecuritySuite::aes_gcm_128;
    auto counters = std::make_shared<client::ProcessCounters>();
    {
        const SimulatedMeter meter(scenario(Mechanism::hls_gmac, suite, both));
        Desk desk(parameters(meter, LinkKind::wrapper, Mechanism::hls_gmac, suite, both),
                  with_counters(counters));
        converse(desk);
    }
    // A meter that begins anew sends numbers that were there before: as a replay does.
    const SimulatedMeter anew(scenario(Mechanism::hls_gmac, suite, both));
    Desk desk(parameters(anew, LinkKind::wrapper, Mechanism::hls_gmac, suite, both),
              with_counters(counters));
    const auto value = desk.read();
    BOOST_REQUIRE(!value.has_value());
    BOOST_TEST((value.error().code == client::FailureCode::counter_rejected));
}

// Two meters with one key: what the one has sent is not forgotten when the other one is read.
BOOST_AUTO_TEST_CASE(what_each_of_two_meters_with_one_key_has_used_up_is_refused) {
    const Protection both = security::authenticated_encryption;
    const SecuritySuite suite = SecuritySuite::aes_gcm_128;
    auto counters = std::make_shared<client::ProcessCounters>();
    const auto scenario_of = [&](char last_digit) {
        std::string text = scenario(Mechanism::lls, suite, both);
        const std::size_t place = text.find("5453540000000001");
        BOOST_REQUIRE(place != std::string::npos);
        text[place + 15] = last_digit;
        return text;
    };
    const auto reading = [&](char meter_digit) {
        // Each time a meter that begins anew, as a replay of the first time does.
        const SimulatedMeter meter(scenario_of(meter_digit));
        Desk desk(parameters(meter, LinkKind::wrapper, Mechanism::lls, suite, both),
                  with_counters(counters));
        const auto value = desk.read();
        desk.release();
        return text(value);
    };
    BOOST_TEST(reading('1') == "0600003039");
    BOOST_TEST(reading('2') == "0600003039");
    BOOST_TEST(reading('1') == "counter-rejected");
    BOOST_TEST(reading('2') == "counter-rejected");
}

// Without a challenge only the numbers tell an old answer: they are on the disk before it is handed
// out. With one they are when the association ends.
BOOST_AUTO_TEST_CASE(what_was_accepted_is_still_known_after_a_kill) {
    const Protection both = security::authenticated_encryption;
    const SecuritySuite suite = SecuritySuite::aes_gcm_128;
    for (const Mechanism mechanism : {Mechanism::lowest, Mechanism::lls, Mechanism::hls_gmac}) {
        const TemporaryFolder folder;
        const auto open_store = [&] {
            auto store = store::CounterStore::open(folder.file("counters.db"));
            BOOST_REQUIRE_MESSAGE(store.has_value(), store.error());
            return std::shared_ptr<store::CounterStore>(std::move(*store));
        };
        {
            const SimulatedMeter meter(scenario(mechanism, suite, both));
            const pid_t child = ::fork();
            if (child == 0) {
                Desk desk(parameters(meter, LinkKind::wrapper, mechanism, suite, both),
                          with_counters(open_store()));
                const bool done = desk.read().has_value();
                if (mechanism == Mechanism::hls_gmac) {
                    desk.release();
                }
                ::raise(done ? SIGKILL : SIGTERM);
            }
            int ended = 0;
            BOOST_REQUIRE(::waitpid(child, &ended, 0) == child);
            BOOST_REQUIRE((WIFSIGNALED(ended) && WTERMSIG(ended) == SIGKILL));
        }
        const SimulatedMeter anew(scenario(mechanism, suite, both));
        Desk desk(parameters(anew, LinkKind::wrapper, mechanism, suite, both),
                  with_counters(open_store()));
        BOOST_TEST_CONTEXT(name(mechanism)) {
            BOOST_TEST(text(desk.read()) == "counter-rejected");
        }
    }
}

// Anybody on the line can say in plain that there is no association.
BOOST_AUTO_TEST_CASE(a_forged_refusal_never_makes_a_change_be_sent_twice) {
    const Protection both = security::authenticated_encryption;
    const SecuritySuite suite = SecuritySuite::aes_gcm_128;
    const auto value = [](const char* octet) {
        return *axdr::Data::parse(octets(std::string("0901") + octet));
    };
    for (const char* const refusal : {"D80101", "D80102", "D80105", "D80104"}) {
        const SimulatedMeter meter(scenario(Mechanism::lls, suite, both));
        // Behind AARQ and a SET.
        const CuttingRelay relay(
            meter.wrapper_port(),
            {.message = 3, .delivered = true, .for_good = false, .forged = octets(refusal)});
        MeterParameters asked = parameters(meter, LinkKind::wrapper, Mechanism::lls, suite, both);
        asked.endpoint.port = relay.port();
        Desk desk(std::move(asked), with_counters());
        const auto write = [&](const char* octet) {
            return desk.wait(
                desk.client.write(long_text, value(octet), in(std::chrono::seconds(20))));
        };
        BOOST_TEST_CONTEXT(refusal) {
            BOOST_TEST(write("01").has_value());
            const client::Outcome<void> written = write("02");
            BOOST_REQUIRE(!written);
            BOOST_TEST((written.error().code == client::FailureCode::outcome_unknown));
            BOOST_TEST(client::describe(written.error()).find("in plain") != std::string::npos);
            BOOST_TEST(relay.messages() == 3);
            // A reading may be repeated, and shows what became of it.
            BOOST_TEST(text(desk.wait(desk.client.read(request_of(long_text),
                                                       in(std::chrono::seconds(20))))) == "090102");
            desk.release();
        }
    }
}

// The same for a method.
BOOST_AUTO_TEST_CASE(a_forged_refusal_never_makes_a_method_be_invoked_twice) {
    const Protection both = security::authenticated_encryption;
    const SecuritySuite suite = SecuritySuite::aes_gcm_128;
    const cosem::MethodDescriptor reset{3, energy.instance, 1};
    const SimulatedMeter meter(scenario(Mechanism::lls, suite, both));
    const CuttingRelay relay(
        meter.wrapper_port(),
        {.message = 3, .delivered = true, .for_good = false, .forged = octets("D80101")});
    MeterParameters asked = parameters(meter, LinkKind::wrapper, Mechanism::lls, suite, both);
    asked.endpoint.port = relay.port();
    Desk desk(std::move(asked), with_counters());
    const auto invoke = [&] {
        return desk.wait(desk.client.invoke(reset, std::nullopt, in(std::chrono::seconds(20))));
    };
    static_cast<void>(invoke());
    const auto invoked = invoke();
    BOOST_REQUIRE(!invoked);
    BOOST_TEST((invoked.error().code == client::FailureCode::outcome_unknown));
    BOOST_TEST(relay.messages() == 3);
    desk.release();
}

// A secret of an association goes out sealed, or not at all.
BOOST_AUTO_TEST_CASE(secrets_are_sent_with_authenticated_encryption_only) {
    const SecuritySuite suite = SecuritySuite::aes_gcm_128;
    const cosem::ObisCode current(0, 0, 40, 0, 0, 255);
    const cosem::AttributeDescriptor lls_secret{15, current, 7};
    const std::array methods{cosem::MethodDescriptor{15, current, 2},
                             cosem::MethodDescriptor{12, current, 5}};
    const axdr::Data value = *axdr::Data::parse(octets("0903414243"));
    for (const Protection& protection :
         {security::no_protection, security::authenticated_only, security::encrypted_only}) {
        const SimulatedMeter meter(scenario(Mechanism::lls, suite, protection));
        const CuttingRelay relay(meter.wrapper_port(), {});
        MeterParameters asked =
            parameters(meter, LinkKind::wrapper, Mechanism::lls, suite, protection);
        asked.endpoint.port = relay.port();
        Desk desk(std::move(asked), with_counters());
        client::MeterClient& client = desk.client;
        const Instant deadline = in(std::chrono::seconds(20));
        const auto is_refused = [&](const auto& outcome) {
            return !outcome && outcome.error().code == client::FailureCode::invalid_request &&
                   client::describe(outcome.error()).find("secrets") != std::string::npos;
        };
        BOOST_TEST_CONTEXT(level_of(protection)) {
            BOOST_TEST(is_refused(desk.wait(client.write(lls_secret, value, deadline))));
            BOOST_TEST(is_refused(desk.wait(client.broadcast_write(lls_secret, value, deadline))));
            std::vector<client::WriteRequest> list;
            list.push_back({long_text, value});
            list.push_back({lls_secret, value});
            BOOST_TEST(is_refused(desk.wait(client.write_list(std::move(list), deadline))));
            for (const cosem::MethodDescriptor& method : methods) {
                BOOST_TEST(is_refused(desk.wait(client.invoke(method, value, deadline))));
                BOOST_TEST(is_refused(desk.wait(client.broadcast_invoke(method, value, deadline))));
            }
            std::vector<client::AccessItem> items(1);
            items[0].kind = client::AccessItem::Kind::set;
            items[0].target = lls_secret;
            items[0].value = value;
            BOOST_TEST(is_refused(desk.wait(client.access(std::move(items), false, deadline))));
            BOOST_TEST(relay.messages() == 0);
            // What is no secret goes its way.
            BOOST_TEST(desk.wait(client.write(long_text, value, deadline)).has_value());
            desk.release();
        }
    }
}

// and a reading is repeated above what it tells.
BOOST_AUTO_TEST_CASE(SYMSEC_X_IC_2_a_reading_goes_on_above_what_the_counter_object_tells) {
    const Protection both = security::authenticated_encryption;
    const SecuritySuite suite = SecuritySuite::aes_gcm_128;
    constexpr int get = 2;         // behind the AARQ
    constexpr int second_get = 7;  // behind AARQ, GET and RLRQ of the public client, and AARQ
    for (const bool twice : {false, true}) {
        const SimulatedMeter meter(scenario(Mechanism::lls, suite, both));
        const CuttingRelay relay(meter.wrapper_port(), {.message = get,
                                                        .delivered = true,
                                                        .for_good = false,
                                                        .forged = octets("D8010600001234"),
                                                        .forged_again = twice ? second_get : 0});
        MeterParameters asked = parameters(meter, LinkKind::wrapper, Mechanism::lls, suite, both);
        asked.endpoint.port = relay.port();
        asked.security.counter_object = counter_object;
        auto counters = std::make_shared<client::ProcessCounters>();
        // It has been used, so that the meter is not asked beforehand.
        BOOST_REQUIRE(counters->reserve(
            client::counter_id(octets(key_of(suite, '1')), *asked.security.own_title), 1, 0));
        unsigned raised = 0;
        client::ClientEnvironment environment = with_counters(counters);
        environment.counter_raised = [&](std::uint32_t next) {
            ++raised;
            BOOST_TEST(next < 100U);  // what the meter's object tells, and not the hint
        };
        Desk desk(std::move(asked), std::move(environment));
        BOOST_TEST_CONTEXT("twice " << twice) {
            BOOST_TEST(text(desk.read()) == (twice ? "counter-rejected" : "0600003039"));
            BOOST_TEST(raised == 1U);
            BOOST_TEST(relay.messages() == second_get);
        }
        desk.release();
    }
}

BOOST_AUTO_TEST_CASE(SYMSEC_X_IC_2_a_change_is_not_repeated_for_the_counter) {
    const Protection both = security::authenticated_encryption;
    const SecuritySuite suite = SecuritySuite::aes_gcm_128;
    const SimulatedMeter meter(scenario(Mechanism::lls, suite, both));
    const CuttingRelay relay(
        meter.wrapper_port(),
        {.message = 2, .delivered = true, .for_good = false, .forged = octets("D8010600001234")});
    MeterParameters asked = parameters(meter, LinkKind::wrapper, Mechanism::lls, suite, both);
    asked.endpoint.port = relay.port();
    asked.security.counter_object = counter_object;
    auto counters = std::make_shared<client::ProcessCounters>();
    BOOST_REQUIRE(counters->reserve(
        client::counter_id(octets(key_of(suite, '1')), *asked.security.own_title), 1, 0));
    Desk desk(std::move(asked), with_counters(counters));
    const auto written = desk.wait(desk.client.write(
        long_text, *axdr::Data::parse(octets("090102")), in(std::chrono::seconds(20))));
    BOOST_REQUIRE(!written);
    BOOST_TEST((written.error().code == client::FailureCode::outcome_unknown));
    BOOST_TEST(relay.messages() == 2);
}

// The counter object answers in plain: whoever answers in its place takes no key's numbers away.
BOOST_AUTO_TEST_CASE(a_forged_counter_object_does_not_use_up_the_key) {
    const Protection both = security::authenticated_encryption;
    const SecuritySuite suite = SecuritySuite::aes_gcm_128;
    for (const bool is_trusted : {false, true}) {
        const SimulatedMeter meter(scenario(Mechanism::hls_gmac, suite, both));
        const CuttingRelay relay(meter.wrapper_port(), {.message = 2,  // the public client's GET
                                                        .delivered = true,
                                                        .for_good = false,
                                                        .forged = octets("C401C10006FFFFFFC0")});
        MeterParameters asked =
            parameters(meter, LinkKind::wrapper, Mechanism::hls_gmac, suite, both);
        asked.endpoint.port = relay.port();
        asked.security.counter_object = counter_object;
        asked.security.trusts_high_counter = is_trusted;
        const client::CounterId id =
            client::counter_id(octets(key_of(suite, '1')), *asked.security.own_title);
        auto counters = std::make_shared<client::ProcessCounters>();
        std::uint32_t doubted = 0;
        client::ClientEnvironment environment = with_counters(counters);
        environment.counter_doubted = [&](std::uint32_t next) { doubted = next; };
        Desk desk(std::move(asked), std::move(environment));
        BOOST_TEST_CONTEXT("trusted " << is_trusted) {
            BOOST_TEST(text(desk.read()) == "0600003039");
            BOOST_TEST(doubted == (is_trusted ? 0U : 0xFFFFFFC1U));
            BOOST_TEST((counters->next(id)->value() > 0xFFFFFFC0U) == is_trusted);
        }
        desk.release();
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::testing
