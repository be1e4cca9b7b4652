// The HDLC server station under a list of octets, frames, silences and commands: it never speaks
// unless it was polled, events come in a possible order, and it can always be connected again.

#include <algorithm>

#include "fuzz/property.hpp"
#include "stack/hdlc/server_station.hpp"

namespace {

using namespace dlms;
using namespace dlms::hdlc;

constexpr Address client{1, 16, 0};
constexpr Address addresses[]{{1, 1, 0}, {2, 1, 17}, {4, 1, 17}};

ServerStationConfiguration configuration_of(Byte choice) {
    ServerStationConfiguration configuration;
    configuration.addresses.assign(std::begin(addresses), std::end(addresses));
    configuration.link.parameters = {512, 256, 1u + choice % 7u, 1u + choice / 7u % 7u};
    configuration.link.max_apdu = 600;
    configuration.link.inactivity_timeout = std::chrono::seconds(30);
    if ((choice & 0x80) != 0) {
        configuration.inter_octet_timeout = default_inter_octet_timeout;
    }
    configuration.max_links = 2;
    return configuration;
}

struct Run {
    explicit Run(Byte choice) : station(configuration_of(choice)) {}

    ServerStation station;
    Instant now{};
    std::vector<LinkAddresses> open;
    std::size_t answered = 0;

    void look(const ServerEvent& event) {
        const auto found = std::ranges::find(open, event.link);
        const bool is_open = found != open.end();
        if (std::holds_alternative<ClientConnected>(event.what)) {
            fuzz::require(!is_open, "a link opens once");
            open.push_back(event.link);
        } else if (std::holds_alternative<ClientDisconnected>(event.what)) {
            fuzz::require(is_open, "only an open link ends");
            open.erase(found);
        } else if (const auto* request = std::get_if<ApduReceived>(&event.what)) {
            fuzz::require(is_open, "requests come on open links");
            fuzz::require(!request->apdu.empty() && request->apdu.size() <= 600, "bounds hold");
            // A frame behind the request may have ended the link again.
            answered += station.send(event.link, request->apdu, now).has_value() ? 1u : 0u;
        }
    }
    /// How many frames with F were sent.
    std::size_t drain() {
        while (const auto event = station.poll_event()) {
            look(*event);
        }
        std::size_t finals = 0;
        while (const auto octets = station.poll_transmit()) {
            FrameSequence frames(*octets);
            while (!frames.at_end()) {
                const auto frame = frames.next();
                fuzz::require(frame.has_value(), "what is sent are frames");
                finals += frame->frame.control.poll_final ? 1u : 0u;
            }
        }
        return finals;
    }
    std::size_t settle() {
        std::size_t finals = drain();
        while (station.poll_timeout() && *station.poll_timeout() <= now) {
            station.handle_timeout(now);
            finals += drain();
        }
        return finals;
    }
    void one_frame(fuzz::Feed& feed) {
        const Byte choice = feed.octet();
        const auto control = ControlField::from_octet(feed.octet());
        const ByteBuffer information = to_buffer(feed.octets(feed.octet()));
        Frame frame{(choice & 4) != 0, addresses[choice % 3], client,
                    control.value_or(ControlField{}), information};
        frame.control.poll_final = frame.control.poll_final && control.has_value();
        const ByteBuffer octets = fuzz::encoded(frame);
        // Its flag may end a frame that was unfinished.
        const std::uint64_t before = station.counters().parser.frames;
        station.receive(octets, now);
        const std::size_t finals = settle();
        fuzz::require(finals <= station.counters().parser.frames - before,
                      "one answer to one poll");
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Feed feed({bytes, size});
    Run run(feed.octet());
    while (!feed.empty()) {
        switch (feed.octet() % 6) {
            case 0: run.station.receive(feed.octets(feed.octet()), run.now); break;
            case 1: run.now += std::chrono::milliseconds(feed.octet() * 64); break;
            case 2: run.station.set_busy((feed.octet() & 1) != 0); break;
            case 3: run.station.link_lost(run.now); break;
            default: run.one_frame(feed); break;
        }
        run.settle();
        fuzz::require(run.open.size() == run.station.open_links(), "events tell which are open");
    }
    run.station.set_busy(false);
    run.station.link_lost(run.now);
    run.settle();
    fuzz::require(run.open.empty(), "a lost line ends every link");
    const ByteBuffer snrm =
        fuzz::encoded(Frame{false, addresses[0], client, {FrameType::snrm, true, 0, 0}, {}});
    run.station.receive(snrm, run.now);
    fuzz::require(run.settle() == 1 && run.open.size() == 1, "it can be connected again");
    return 0;
}
