// The HDLC client link under a list of octets, frames of its meter, silences and commands: it never
// crashes, waits only while it has something to wait for, and every wait ends; after each end it
// can be opened again.

#include <algorithm>

#include "fuzz/property.hpp"
#include "stack/hdlc/client_link.hpp"

namespace {

using namespace dlms;
using namespace dlms::hdlc;

ClientLinkConfiguration configuration_of(Byte choice) {
    ClientLinkConfiguration configuration;
    configuration.proposed = {256, 256, 1u + choice % 7u, 1u + choice % 5u};
    configuration.response_timeout = std::chrono::milliseconds(1000);
    configuration.retries = 2;
    configuration.busy_timeout = std::chrono::milliseconds(5000);
    configuration.max_apdu = 600;
    configuration.disconnect_first = (choice & 0x10) != 0;
    configuration.expect_echo = (choice & 0x20) != 0;
    configuration.error_mode = (choice & 0x40) != 0 ? ErrorMode::close : ErrorMode::discard;
    if ((choice & 0x80) != 0) {
        configuration.inter_octet_timeout = default_inter_octet_timeout;
    }
    return configuration;
}

struct Run {
    explicit Run(Byte choice) : configuration(configuration_of(choice)), link(configuration) {}

    ClientLinkConfiguration configuration;
    ClientLink link;
    Instant now{};
    bool is_open = false;

    void drain() {
        while (const auto event = link.poll_event()) {
            if (std::holds_alternative<LinkOpened>(*event)) {
                fuzz::require(!is_open, "a link opens once");
                is_open = true;
            } else if (const auto* received = std::get_if<ApduReceived>(&*event)) {
                fuzz::require(is_open, "answers come on an open link");
                fuzz::require(!received->apdu.empty() && received->apdu.size() <= 600,
                              "bounds hold");
            } else if (!std::holds_alternative<UnnumberedReceived>(*event)) {
                is_open = false;
            }
        }
        while (const auto octets = link.poll_transmit()) {
            FrameSequence frames(*octets);
            while (!frames.at_end()) {
                const auto frame = frames.next();
                fuzz::require(frame.has_value(), "what is sent are frames");
                fuzz::require(!is_open || frame->frame.information.size() <=
                                              link.negotiated().max_information_transmit,
                              "frames keep to the negotiated length");
            }
        }
    }
    void one_frame(fuzz::Feed& feed) {
        const Byte choice = feed.octet();
        const auto control = ControlField::from_octet(feed.octet());
        const ByteBuffer information = to_buffer(feed.octets(feed.octet()));
        const Frame frame{(choice & 1) != 0, configuration.client, configuration.server,
                          control.value_or(ControlField{}), information};
        const ByteBuffer octets = fuzz::encoded(frame);
        link.receive(octets, now);
    }
    /// Lets time pass until the link waits for nothing.
    void wait() {
        drain();
        for (int deadlines = 0; link.poll_timeout(); ++deadlines) {
            fuzz::require(deadlines < 100'000, "every wait ends");
            now = std::max(now, *link.poll_timeout());
            link.handle_timeout(now);
            drain();
        }
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Feed feed({bytes, size});
    Run run(feed.octet());
    while (!feed.empty()) {
        const Instant now = run.now;
        switch (feed.octet() % 9) {
            case 0: (void)run.link.open(now); break;
            case 1: (void)run.link.send(feed.octets(feed.octet()), now); break;
            case 2: (void)run.link.send(feed.octets(1), now, Answer::none); break;
            case 3: (void)run.link.close(now); break;
            case 4: (void)run.link.request_more(now); break;
            case 5: run.link.receive(feed.octets(feed.octet()), now); break;
            case 6:
                run.now += std::chrono::milliseconds(feed.octet() * 8);
                run.link.handle_timeout(run.now);
                break;
            default: run.one_frame(feed); break;
        }
        run.drain();
        fuzz::require(run.is_open == run.link.is_connected() ||
                          run.link.state() == ClientLink::State::disconnecting,
                      "events tell the state");
        fuzz::require(run.link.is_at_rest() || run.link.poll_timeout(),
                      "whoever waits has a deadline");
    }
    run.wait();
    run.link.link_lost({ErrorCode::connection_lost, Layer::transport, 0});
    run.drain();
    fuzz::require(run.link.open(run.now).has_value(), "it can be opened again");
    return 0;
}
