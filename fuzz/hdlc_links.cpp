// HDLC client against server in memory, in virtual time. Each operation is a request, and, if
// wanted, faults of the frames that follow. Without a fault every request has its answer, at once
// and asked once; with faults the right answer or an error, and never the same request twice.

#include <algorithm>

#include "fuzz/property.hpp"
#include "stack/hdlc/client_link.hpp"
#include "stack/hdlc/server_station.hpp"

namespace {

using namespace dlms;
using namespace dlms::hdlc;

constexpr Address client_address{1, 16, 0};
constexpr Address server_address{2, 1, 17};
enum Fault : Byte { none, drop, repeat, change, cut };

struct Line {
    Line(Byte client_choice, Byte server_choice)
        : client(client_configuration(client_choice)),
          station(server_configuration(server_choice)) {}

    ClientLink client;
    ServerStation station;
    Instant now{};
    ByteBuffer request;
    ByteBuffer faults;  // one for each transmission, until they are used up
    std::size_t next_fault = 0;
    bool damaged = false;
    bool lost_octets = false;  // which a check of 16 bits need not find, as it does a changed bit
    unsigned answers = 0;
    unsigned failures = 0;
    unsigned executions = 0;

    static ClientLinkConfiguration client_configuration(Byte choice) {
        ClientLinkConfiguration configuration;
        configuration.client = client_address;
        configuration.server = server_address;
        configuration.proposed = {32u + choice, 32u + choice / 2u, 1u + choice % 7u,
                                  1u + choice / 7u % 7u};
        configuration.inter_octet_timeout = default_inter_octet_timeout;
        return configuration;
    }
    static ServerStationConfiguration server_configuration(Byte choice) {
        ServerStationConfiguration configuration;
        configuration.addresses = {server_address};
        configuration.link.parameters = {32u + choice, 32u + choice / 2u, 1u + choice % 7u,
                                         1u + choice / 7u % 7u};
        configuration.inter_octet_timeout = default_inter_octet_timeout;
        return configuration;
    }

    /// Several turns that came twice together would be in a wrong order: a line has no such thing,
    /// and numbers modulo 8 cannot tell.
    static bool is_one_turn(ByteView octets) {
        FrameSequence frames(octets);
        unsigned turns = 0;
        while (const auto frame = frames.next()) {
            turns += frame->frame.control.poll_final ? 1u : 0u;
        }
        return turns <= 1;
    }

    template <class Receiver>
    void carry(ByteView octets, Receiver& receiver) {
        ByteBuffer copy = to_buffer(octets);
        const Byte choice = next_fault < faults.size() ? faults[next_fault++] : Byte{none};
        const Byte where = choice / 5;
        const auto fault = static_cast<Fault>(choice % 5);
        damaged = damaged || fault != none;
        lost_octets = lost_octets || fault == cut;
        if (fault == change) {
            copy[where % copy.size()] ^= static_cast<Byte>(1u << choice % 8);
        } else if (fault == cut) {
            copy.erase(copy.begin() + where % static_cast<std::ptrdiff_t>(copy.size()));
        }
        const bool repeats = fault == repeat && is_one_turn(octets);
        for (int copies = fault == drop ? 0 : repeats ? 2 : 1; copies > 0; --copies) {
            receiver.receive(copy, now);
            look();
        }
    }
    ByteBuffer answer() const {
        ByteBuffer text = request;
        text.insert(text.end(), request.begin(), request.end());
        text.push_back(0x7E);
        return text;
    }
    void look() {
        while (const auto event = station.poll_event()) {
            if (const auto* asked = std::get_if<ApduReceived>(&event->what)) {
                fuzz::require(lost_octets || std::ranges::equal(asked->apdu, request),
                              "the request as sent");
                ++executions;
                fuzz::require(station.send(event->link, answer(), now).has_value(),
                              "an answer can be sent");
            }
        }
        while (const auto event = client.poll_event()) {
            if (const auto* received = std::get_if<ApduReceived>(&*event)) {
                fuzz::require(lost_octets || std::ranges::equal(received->apdu, answer()),
                              "the right answer");
                ++answers;
            }
            failures += std::holds_alternative<LinkFailed>(*event) ? 1u : 0u;
        }
    }
    /// Until the client is at rest and no octets are under way.
    void run() {
        for (int steps = 0; steps < 100'000; ++steps) {
            if (const auto sent = client.poll_transmit()) {
                carry(*sent, station);
            } else if (const auto answered = station.poll_transmit()) {
                carry(*answered, client);
            } else if (client.is_at_rest() && !client.poll_timeout()) {
                return;
            } else {
                const auto deadline = client.poll_timeout();
                const auto other = station.poll_timeout();
                now = std::max(now, other ? std::min(*other, *deadline) : *deadline);
                station.handle_timeout(now);
                look();
                client.handle_timeout(now);
                look();
            }
        }
        fuzz::require(false, "the conversation ends");
    }
    bool connect() {
        if (!client.is_connected()) {
            fuzz::require(client.open(now).has_value(), "whoever is not connected can open");
            run();
        }
        return client.is_connected();
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Feed feed({bytes, size});
    const Byte client_choice = feed.octet();
    Line line(client_choice, feed.octet());
    for (int requests = 0; requests < 20 && !feed.empty(); ++requests) {
        line.damaged = line.lost_octets = false;
        line.answers = line.failures = line.executions = 0;
        const std::size_t length = feed.octet() * 2u + 1;
        line.faults = to_buffer(feed.octets(feed.octet() % 32));
        line.next_fault = 0;
        const bool connected = line.connect();
        fuzz::require(connected || line.damaged, "on a good line a link opens");
        if (!connected) {
            continue;
        }
        line.request.assign(length, static_cast<Byte>(0x7E ^ (length & 1)));
        fuzz::require(line.client.send(line.request, line.now).has_value(), "it can ask");
        line.run();
        // A repetition may end the link later.
        fuzz::require(line.answers + line.failures == 1 || (line.damaged && line.answers == 1),
                      "a request has one end");
        fuzz::require(line.executions <= 1, "a request is executed once");
        fuzz::require(line.damaged || line.answers == 1, "on a good line it has its answer");
    }
    return 0;
}
