#pragma once
// WrapperSession: a client association over the wrapper: over a byte stream (TCP, TLS), or with one
// WPDU a datagram (UDP).
//
// A datagram may be lost, so a request without an answer is sent again, unchanged and with the same
// invoke-id, where carrying it out twice does no harm: AARQ, RLRQ, and reads that are not the next
// block of something. All else waits for its time-out.

#include "client/meter_session.hpp"
#include "stack/wrapper/link.hpp"

namespace dlms::client {

class WrapperSession final : public MeterSession {
public:
    enum class Carrier : std::uint8_t { stream, datagrams };

    struct Ports {
        ClientSap client;
        ServerSap server;
    };

    /// How often a request is sent once more, at equal intervals of the response time-out.
    static constexpr unsigned datagram_repeats = 3;

    WrapperSession(Ports ports, association::ClientConfiguration configuration, Sinks sinks,
                   Carrier carrier = Carrier::stream);

    void open_link(Instant now) override;
    void close_link(Instant now) override;

    void receive(ByteView bytes, Instant now) override;
    void handle_timeout(Instant now) override;
    std::optional<ByteView> poll_transmit() override;
    std::optional<Instant> poll_timeout() override;
    std::optional<Error> failure() override;

private:
    void deliver_wpdu(const wrapper::Wpdu& wpdu, Instant now);
    Status send(ByteView apdu, std::uint16_t server);
    void watch_datagram(ByteView apdu);

    Ports ports_;
    wrapper::Link link_;
    Carrier carrier_;
    Duration repeat_after_;
    // Of the last request over datagrams, while it may be repeated.
    ByteBuffer repeatable_;
    Instant repeat_at_{};
    unsigned repeats_left_ = 0;
};

}  // namespace dlms::client
