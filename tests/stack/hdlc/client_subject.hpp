#pragma once
// A client link as the subject of a conversation (tests/support/conversation.hpp). Its "APDUs" are
// frames: A0, or A8 where more segments follow, then the control field and the information.

#include <vector>

#include "stack/hdlc/client_link.hpp"
#include "tests/stack/hdlc/frame_text.hpp"
#include "tests/support/conversation.hpp"
#include "tests/support/result_printing.hpp"

namespace dlms::testing {

using namespace hdlc;
using namespace std::chrono_literals;

struct LinkEventText {
    std::string operator()(const hdlc::LinkOpened& opened) const {
        const hdlc::Parameters& terms = opened.negotiated;
        return "opened " + std::to_string(terms.max_information_transmit) + '/' +
               std::to_string(terms.max_information_receive) + '/' +
               std::to_string(terms.window_transmit) + '/' + std::to_string(terms.window_receive);
    }
    std::string operator()(const hdlc::ApduReceived& received) const {
        return "apdu " + to_hex(received.apdu);
    }
    std::string operator()(const hdlc::UnnumberedReceived& received) const {
        return "ui " + to_hex(received.apdu) + " from " + std::to_string(received.source.upper);
    }
    std::string operator()(const hdlc::LinkClosed&) const { return "closed"; }
    std::string operator()(const hdlc::LinkFailed& failed) const {
        return "failed " + std::string(name(failed.error.code));
    }
};

struct ClientSubject {
    explicit ClientSubject(const hdlc::ClientLinkConfiguration& configuration)
        : link(configuration), client(configuration.client), server(configuration.server) {}

    hdlc::ClientLink link;
    hdlc::Address client;
    hdlc::Address server;

    void receive(ByteView bytes, Instant now) { link.receive(bytes, now); }
    void handle_timeout(Instant now) { link.handle_timeout(now); }
    void connection_lost() { link.link_lost({ErrorCode::connection_lost, Layer::transport, 0}); }
    ByteBuffer take_transmit() {
        ByteBuffer sent;
        while (const auto octets = link.poll_transmit()) {
            sent.insert(sent.end(), octets->begin(), octets->end());
        }
        return sent;
    }
    std::vector<std::string> take_events() {
        std::vector<std::string> texts;
        while (const auto event = link.poll_event()) {
            texts.push_back(std::visit(LinkEventText(), *event));
        }
        return texts;
    }
    std::optional<Instant> poll_timeout() const { return link.poll_timeout(); }
    bool is_at_rest() const { return link.state() == hdlc::ClientLink::State::disconnected; }
    ByteBuffer frame(ByteView text) const { return made(client, server, text); }
    ByteBuffer frame_own(ByteView text) const { return made(server, client, text); }

private:
    static ByteBuffer made(const hdlc::Address& to, const hdlc::Address& from, ByteView text) {
        const std::string segmented = text[0] == 0xA8 ? "s" : "";
        return frame_octets(to, from, segmented + to_hex(text.subspan(1)));
    }
};

// Steps of the scripts.

using Talk = Conversation<ClientSubject>;

inline ClientLinkConfiguration plain() {
    ClientLinkConfiguration configuration;
    configuration.send_parameters = false;
    configuration.response_timeout = 1s;
    configuration.retries = 2;
    return configuration;
}

inline Talk talk_with(const ClientLinkConfiguration& configuration) {
    return Talk([configuration] { return std::make_unique<ClientSubject>(configuration); });
}

inline void open_link(ClientSubject& c, Instant now) {
    BOOST_TEST(c.link.open(now).has_value());
}
inline Talk::Action send(std::string_view apdu, Answer answer = Answer::expected) {
    return [apdu = octets(apdu), answer](ClientSubject& c, Instant now) {
        BOOST_TEST(c.link.send(apdu, now, answer).has_value());
    };
}
inline void close_link(ClientSubject& c, Instant now) {
    BOOST_TEST(c.link.close(now).has_value());
}
inline Talk& opened(Talk& talk) {
    return talk.command("open", open_link)
        .expect_transmit("A093")
        .deliver("A073")
        .expect_event("opened 128/128/1/1");
}
inline void holds_in_every_way(const Talk& talk) {
    talk.holds();
    talk.holds_when_fed_in_chunks();
    talk.holds_under_every_io_failure();
}

/// A link that is open on the terms given, driven by hand where one turn has several frames.
struct OpenLink : ClientSubject {
    explicit OpenLink(ClientLinkConfiguration configuration, const Parameters& terms)
        : ClientSubject(with_parameters(configuration, terms)) {
        BOOST_TEST(link.open(now).has_value());
        take_transmit();
        feed("73" + written([&](Writer& writer) { encode(writer, terms); }));
        BOOST_TEST(take_events().size() == 1u);
    }
    Instant now{};

    static ClientLinkConfiguration with_parameters(ClientLinkConfiguration configuration,
                                                   const Parameters& terms) {
        configuration.send_parameters = true;
        configuration.proposed = terms;
        return configuration;
    }
    /// Frames from the meter, and what the client sends then.
    std::string feed(std::string_view text) {
        link.receive(frame_octets(client, server, text), now);
        return sent();
    }
    std::string sent() { return frames_text(take_transmit()); }
    std::string send(std::string_view apdu) {
        BOOST_TEST(link.send(octets(apdu), now).has_value());
        return sent();
    }
    std::string after(Duration duration) {
        now += duration;
        link.handle_timeout(now);
        return sent();
    }
    std::string events() {
        std::string text;
        for (const std::string& event : take_events()) {
            text += (text.empty() ? "" : "; ") + event;
        }
        return text;
    }
};

}  // namespace dlms::testing
