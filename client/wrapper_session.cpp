#include "client/wrapper_session.hpp"

#include <algorithm>

namespace dlms::client {

WrapperSession::WrapperSession(ClientSap client_sap, ServerSap server_sap,
                               association::ClientConfiguration configuration, EventSink sink,
                               SettleSink settled)
    : client_sap_(client_sap),
      server_sap_(server_sap),
      association_(std::move(configuration)),
      sink_(std::move(sink)),
      settled_(std::move(settled)) {}

void WrapperSession::receive(ByteView bytes, Instant now) {
    link_.receive(bytes, now);
    while (const std::optional<wrapper::Wpdu> wpdu = link_.poll_event()) {
        if (wpdu->source_wport != server_sap_.value() ||
            wpdu->destination_wport != client_sap_.value()) {
            ++counters_.misaddressed_wpdus;
            continue;
        }
        association_.receive(wpdu->apdu, now);
        drain_events();
    }
}

void WrapperSession::handle_timeout(Instant now) {
    // Past the limit of the work the association's own deadline counts as come.
    const bool over = work_deadline_ && now >= *work_deadline_;
    association_.handle_timeout(over ? Instant::max() : now);
    drain_events();
}

void WrapperSession::connection_lost(const Error& error) {
    association_.link_lost(error);
    drain_events();
    settled_();
}

std::optional<ByteView> WrapperSession::poll_transmit() {
    // A window of blocks goes out in pieces: all of it could be more than the link may queue.
    constexpr std::size_t enough = 64 * 1024;
    while (link_.queued() < enough) {
        const std::optional<ByteView> apdu = association_.poll_transmit();
        if (!apdu) {
            break;
        }
        const Status queued =
            link_.send(wrapper::Wpdu{client_sap_.value(), server_sap_.value(), *apdu});
        if (!queued) {
            association_.link_lost(queued.error());
            drain_events();
        }
    }
    return link_.poll_transmit();
}

std::optional<Instant> WrapperSession::poll_timeout() {
    const std::optional<Instant> deadline = association_.poll_timeout();
    if (deadline && work_deadline_) {
        return std::min(*deadline, *work_deadline_);
    }
    return deadline;
}

std::optional<Error> WrapperSession::failure() {
    if (link_.state() == wrapper::Link::State::failed) {
        return link_.error();
    }
    return std::nullopt;
}

void WrapperSession::drain_events() {
    while (const std::optional<association::ClientEvent> event = association_.poll_event()) {
        sink_(*event);
    }
}

}  // namespace dlms::client
