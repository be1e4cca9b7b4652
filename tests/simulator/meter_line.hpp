#pragma once
// MeterLine: a line to a simulated meter in virtual time, spoken to in hand-written octets.

#include <chrono>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "simulator/meter_connection.hpp"
#include "stack/base/hex.hpp"
#include "tests/support/conversation.hpp"
#include "tests/support/octets.hpp"

namespace dlms::simulator::testing {

using dlms::testing::octets;

/// 2026-03-01T10:00:00 UTC, a Sunday.
inline constexpr UtcTime test_utc{1'772'359'200'000};

/// A meter of the scenario's text, which must be right.
inline std::unique_ptr<Meter> make_meter(std::string_view scenario, std::uint64_t seed = 1) {
    auto parsed = parse_scenario(scenario);
    BOOST_REQUIRE_MESSAGE(parsed, (parsed ? "" : parsed.error()));
    return std::make_unique<Meter>(*std::move(parsed), seed, Instant{}, test_utc);
}

/// A small meter with what the conformance cases need; see test_meter.cpp.
extern const std::string_view test_scenario;

inline std::string header(std::uint16_t source, std::uint16_t destination, std::size_t length) {
    const auto hex = [](std::size_t value) {
        const std::array<Byte, 2> both{static_cast<Byte>(value >> 8), static_cast<Byte>(value)};
        return to_hex(both);
    };
    return "0001" + hex(source) + hex(destination) + hex(length);
}

/// An AARQ of these fields: tag and length before them.
inline std::string aarq(std::string_view fields) {
    const ByteBuffer content = octets(fields);
    BOOST_REQUIRE(content.size() < 128);
    return "60" + to_hex(std::array<Byte, 1>{static_cast<Byte>(content.size())}) + to_hex(content);
}

inline const std::string context_ln = "A109060760857405080101";
inline const std::string lls = "8A0207808B0760857405080201";
inline const std::string password = "AC0A80083030303030303030";
/// user-information with an InitiateRequest of this conformance and size.
inline std::string initiate(std::string_view conformance, std::string_view size) {
    return "BE10040E01000000065F1F0400" + std::string(conformance) + std::string(size);
}
/// The AARE that accepts, with this conformance; the test meter takes 0400 octets.
inline std::string accepted(std::string_view conformance) {
    return "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F0400" +
           std::string(conformance) + "04000007";
}
/// The AARE that rejects for good: the diagnostic's source A1 or A2 and its code.
inline std::string rejected(std::string_view source, std::string_view code) {
    return "6117A109060760857405080101A203020101A305" + std::string(source) + "030201" +
           std::string(code);
}
/// The AARE that rejects with ConfirmedServiceError initiateError, initiate, this code.
inline std::string rejected_initiate(std::string_view code) {
    return "611FA109060760857405080101A203020101A305A103020101BE0604040E0106" + std::string(code);
}

// For the built-in meter that negotiates everything, "full".
inline const std::string context_sn = "A109060760857405080102";
inline const std::string no_events = "FFFFFD";
inline const std::string no_general_blocks = "DFFFFD";
inline const std::string full_name = "091046554C30303030303030303030303031";  // as a Data
inline const std::string relay = "0046000060030AFF";
inline const std::string message = "00010000600D00FF";  // a writable octet-string

class MeterLine {
public:
    explicit MeterLine(Meter& meter, Instant now = Instant{})
        : connection_(meter, now), now_(now) {}

    /// Sends an APDU and returns the APDU that comes back, which must come from the server to the
    /// client; empty for silence.
    std::string ask(std::string_view apdu, std::uint16_t client = 17, std::uint16_t server = 1) {
        return unwrap(raw(header(client, server, octets(apdu).size()) + std::string(apdu)), client,
                      server);
    }
    /// As ask(), for an answer of several APDUs.
    std::vector<std::string> ask_all(std::string_view apdu, std::uint16_t client = 17,
                                     std::uint16_t server = 1) {
        std::string rest = raw(header(client, server, octets(apdu).size()) + std::string(apdu));
        std::vector<std::string> apdus;
        while (!rest.empty()) {
            const ByteBuffer length = octets(rest.substr(12, 4));
            const std::size_t digits = 16 + 2 * (std::size_t{length[0]} * 256 + length[1]);
            apdus.push_back(unwrap(rest.substr(0, digits), client, server));
            rest.erase(0, digits);
        }
        return apdus;
    }
    /// Takes what the meter sends, one WPDU or nothing.
    std::string answer(std::uint16_t client = 17, std::uint16_t server = 1) {
        return unwrap(take(), client, server);
    }
    /// Sends octets and returns the octets that come back.
    std::string raw(std::string_view hex) {
        const ByteBuffer bytes = octets(hex);
        connection_.receive(bytes, now_);
        return take();
    }
    std::string take() {
        ByteBuffer all;
        while (const auto bytes = connection_.poll_transmit()) {
            all.insert(all.end(), bytes->begin(), bytes->end());
        }
        return to_hex(all);
    }
    /// Lets time go on, with the time-outs on the way.
    void advance(Duration duration) {
        const Instant until = now_ + duration;
        while (const auto due = connection_.poll_timeout()) {
            if (*due > until) {
                break;
            }
            now_ = std::max(now_, *due);
            connection_.handle_timeout(now_);
        }
        now_ = until;
    }
    void open_management() {
        BOOST_REQUIRE_EQUAL(ask(aarq(context_ln + lls + password + initiate("00FFFF", "FFFF"))),
                            accepted("005018"));
    }
    /// Opens the management association of the meter "full".
    void open_full(const std::string& conformance = no_events, const std::string& size = "FFFF") {
        BOOST_REQUIRE(ask(aarq(context_ln + lls + password + initiate(conformance, size)), 1)
                          .starts_with("6129" + context_ln + "A203020100"));
    }
    void open_full_short_names(const std::string& size = "FFFF") {
        BOOST_REQUIRE(ask(aarq(context_sn + lls + password + initiate("FFFFFF", size)), 18)
                          .starts_with("6129" + context_sn + "A203020100"));
    }
    Instant now() const { return now_; }
    MeterConnection& connection() { return connection_; }

private:
    static std::string unwrap(const std::string& wpdu, std::uint16_t client, std::uint16_t server) {
        if (wpdu.empty()) {
            return {};
        }
        const std::size_t length = wpdu.size() / 2 - 8;
        BOOST_REQUIRE_EQUAL(wpdu.substr(0, 16), header(server, client, length));
        return wpdu.substr(16);
    }

    MeterConnection connection_;
    Instant now_;
};

/// The meter as the subject of a Conversation: client 17, server 1.
class MeterSubject {
public:
    explicit MeterSubject(std::string_view scenario)
        : meter_(make_meter(scenario)), connection_(*meter_, Instant{}) {}

    void receive(ByteView bytes, Instant now) { connection_.receive(bytes, now); }
    void handle_timeout(Instant now) { connection_.handle_timeout(now); }
    void connection_lost() { connection_.link_lost(); }
    ByteBuffer take_transmit() {
        ByteBuffer all;
        while (const auto bytes = connection_.poll_transmit()) {
            all.insert(all.end(), bytes->begin(), bytes->end());
        }
        return all;
    }
    std::vector<std::string> take_events() {
        static constexpr std::array<std::string_view, 6> names = {
            "associated", "released",       "wrong password",
            "locked",     "unknown client", "unknown server"};
        std::vector<std::string> texts;
        while (const auto event = connection_.poll_event()) {
            texts.push_back(std::string(names[static_cast<std::size_t>(event->kind)]) + " " +
                            std::to_string(event->client.value()) + " " +
                            std::to_string(event->server.value()));
        }
        return texts;
    }
    std::optional<Instant> poll_timeout() const { return connection_.poll_timeout(); }
    bool is_at_rest() const { return connection_.state() == MeterConnection::State::failed; }
    ByteBuffer frame(ByteView apdu) const {
        return octets(header(17, 1, apdu.size()) + to_hex(apdu));
    }
    ByteBuffer frame_own(ByteView apdu) const {
        return octets(header(1, 17, apdu.size()) + to_hex(apdu));
    }

private:
    std::unique_ptr<Meter> meter_;
    MeterConnection connection_;
};

}  // namespace dlms::simulator::testing
