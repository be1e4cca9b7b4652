#pragma once
// A server station with an application above it, for tests in which the client is a script of
// frames (tests/stack/hdlc/frame_text.hpp).

#include <boost/test/unit_test.hpp>

#include "stack/hdlc/server_station.hpp"
#include "tests/stack/hdlc/frame_text.hpp"
#include "tests/support/result_printing.hpp"

namespace dlms::testing {

using namespace hdlc;
using namespace std::chrono_literals;

inline const std::string aarq = "E6E6006001";
inline const std::string aare = "E6E7006101";
/// What the application below answers each request with, unless told otherwise.
inline const ByteBuffer answer_apdu{0x61, 0x01};

inline ServerStationConfiguration one_meter() {
    ServerStationConfiguration configuration;
    configuration.addresses = {{1, 1, 0}};
    configuration.inter_octet_timeout = 25ms;
    return configuration;
}

/// A station with its application, and a client that speaks in frames.
struct Meter {
    explicit Meter(const ServerStationConfiguration& configuration = one_meter())
        : station(configuration), address(configuration.addresses.front()) {}

    ServerStation station;
    Address address;
    Address client{1, 16, 0};
    Instant now{};
    bool answers = true;
    ByteBuffer answer = answer_apdu;
    std::vector<std::string> events;

    LinkAddresses link() const { return {address, client}; }
    void say(const ServerEvent& event) {
        const auto text = [&](const auto& what) -> std::string {
            using What = std::decay_t<decltype(what)>;
            if constexpr (std::is_same_v<What, ClientConnected>) {
                return "connected";
            } else if constexpr (std::is_same_v<What, ClientDisconnected>) {
                using enum ClientDisconnected::Cause;
                switch (what.cause) {
                    case requested: return "disconnected: requested";
                    case reset: return "disconnected: reset";
                    case inactivity: return "disconnected: inactivity";
                    case rejected: return "disconnected: rejected";
                    case line: return "disconnected: line";
                }
                return "";
            } else if constexpr (std::is_same_v<What, ApduReceived>) {
                return "apdu " + to_hex(what.apdu);
            } else {
                return "ui " + to_hex(what.apdu);
            }
        };
        events.push_back(std::visit(text, event.what) + " @" +
                         std::to_string(event.link.server.upper) + ',' +
                         std::to_string(event.link.client.upper));
        if (answers && std::holds_alternative<ApduReceived>(event.what)) {
            BOOST_TEST(station.send(event.link, answer, now).has_value());
        }
    }
    ByteBuffer drain() {
        ByteBuffer sent;
        for (bool again = true; again;) {
            while (const auto event = station.poll_event()) {
                say(*event);
            }
            again = false;
            while (const auto octets = station.poll_transmit()) {
                sent.insert(sent.end(), octets->begin(), octets->end());
            }
            const auto deadline = station.poll_timeout();
            if (deadline && *deadline <= now) {
                station.handle_timeout(now);
                again = true;
            }
        }
        return sent;
    }
    /// Gives octets to the station and takes what it sends.
    ByteBuffer feed(ByteView octets) {
        const ByteBuffer exact = to_buffer(octets);
        station.receive(exact, now);
        return drain();
    }
    /// The frames that answer these octets.
    std::string octets_in(std::string_view hex) { return frames_text(feed(octets(hex))); }
    /// The frames that answer one frame.
    std::string ask(std::string_view text) {
        return frames_text(feed(frame_octets(address, client, text)));
    }
    std::string ask(const Address& destination, const Address& source, std::string_view text) {
        return frames_text(feed(frame_octets(destination, source, text)));
    }
    /// Time goes on, with the time-outs on the way.
    std::string wait(Duration duration) {
        const Instant until = now + duration;
        ByteBuffer sent;
        while (const auto deadline = station.poll_timeout()) {
            if (*deadline > until) {
                break;
            }
            now = std::max(now, *deadline);
            station.handle_timeout(now);
            const ByteBuffer more = drain();
            sent.insert(sent.end(), more.begin(), more.end());
        }
        now = until;
        return frames_text(sent);
    }
    std::string take_events() {
        std::string text;
        for (const std::string& event : events) {
            text += (text.empty() ? "" : "; ") + event;
        }
        events.clear();
        return text;
    }
    bool connect(std::string_view snrm = "93") { return ask(snrm).starts_with("73"); }
    bool is_in_nrm() { return ask("11") == "11"; }
    bool is_in_ndm() { return ask("53") == "1F"; }
};

inline std::string parameters_text(const Parameters& parameters) {
    return written([&](Writer& writer) { encode(writer, parameters); });
}

/// The octets of one frame to the meter at address 1.
inline std::string frame_hex(std::string_view text) {
    return to_hex(frame_octets({1, 1, 0}, {1, 16, 0}, text));
}

}  // namespace dlms::testing
