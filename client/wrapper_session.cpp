#include "client/wrapper_session.hpp"

#include <algorithm>
#include <tuple>

namespace dlms::client {
namespace {

constexpr std::uint16_t all_stations = 0x7F;

/// Whether a meter that gets this request, maybe through a gateway, twice does nothing twice that
/// matters.
bool is_safe_to_repeat(ByteView apdu) {
    constexpr std::uint8_t aarq = 0x60;
    constexpr std::uint8_t rlrq = 0x62;
    constexpr std::uint8_t get = 0xC0;
    constexpr std::uint8_t get_next = 2;
    constexpr std::uint8_t read = 0x05;
    constexpr std::uint8_t block_number_access = 5;
    if (const Result<xdlms::GatewayApdu> gateway = xdlms::decode_gateway_apdu(apdu)) {
        apdu = gateway->apdu;
    }
    if (apdu.size() < 3) {
        return !apdu.empty() && apdu[0] == rlrq;
    }
    switch (apdu[0]) {
        case aarq:
        case rlrq: return true;
        case get: return apdu[1] != get_next;
        // A list of variables: the next block of an answer is always alone.
        case read: return apdu[2] < block_number_access;
        default: return false;
    }
}

}  // namespace

WrapperSession::WrapperSession(Ports ports, association::ClientConfiguration configuration,
                               Sinks sinks, Carrier carrier)
    : MeterSession(std::move(configuration), std::move(sinks)),
      ports_(ports),
      carrier_(carrier),
      repeat_after_(response_timeout() / (datagram_repeats + 1)) {}

void WrapperSession::open_link(Instant) {
    report(LinkReport::Kind::opened);
}

void WrapperSession::close_link(Instant) {
    report(LinkReport::Kind::closed);
}

void WrapperSession::receive(ByteView bytes, Instant now) {
    if (carrier_ == Carrier::datagrams) {
        if (const Result<wrapper::Wpdu> wpdu = wrapper::decode_wpdu(bytes)) {
            deliver_wpdu(*wpdu, now);
        } else {
            ++counting().bad_datagrams;
        }
        return;
    }
    link_.receive(bytes, now);
    while (const std::optional<wrapper::Wpdu> wpdu = link_.poll_event()) {
        deliver_wpdu(*wpdu, now);
    }
}

void WrapperSession::deliver_wpdu(const wrapper::Wpdu& wpdu, Instant now) {
    if (wpdu.source_wport != ports_.server.value() ||
        wpdu.destination_wport != ports_.client.value()) {
        ++counting().misaddressed;
        return;
    }
    // A datagram that answers nothing (a late or a doubled one) is no reason to ask no more.
    const auto stand = [this] {
        const association::ClientAssociation& one = association();
        return std::tuple(one.state(), one.outstanding_requests(), one.counters().answers);
    };
    const auto before = stand();
    deliver(wpdu.apdu, now);
    if (stand() != before) {
        repeatable_.clear();
    }
}

void WrapperSession::handle_timeout(Instant now) {
    if (!repeatable_.empty() && now >= repeat_at_) {
        --repeats_left_;
        ++counting().requests_repeated;
        repeat_at_ = now + repeat_after_;
        // A link that cannot send fails at the next request, with its reason.
        static_cast<void>(send(repeatable_, ports_.server.value()));
        if (repeats_left_ == 0) {
            repeatable_.clear();
        }
    }
    handle_association_timeout(now);
}

Status WrapperSession::send(ByteView apdu, std::uint16_t server) {
    return link_.send(wrapper::Wpdu{ports_.client.value(), server, apdu});
}

void WrapperSession::watch_datagram(ByteView apdu) {
    repeatable_.clear();
    if (is_safe_to_repeat(apdu)) {
        repeatable_.assign(apdu.begin(), apdu.end());
        repeat_at_ = std::chrono::steady_clock::now() + repeat_after_;
        repeats_left_ = datagram_repeats;
    }
}

std::optional<ByteView> WrapperSession::poll_transmit() {
    // A window of blocks goes out in pieces: all of it could be more than the link may queue. A
    // datagram holds one WPDU.
    const std::size_t enough = carrier_ == Carrier::stream ? 64 * 1024 : 1;
    while (link_.queued() < enough) {
        const std::optional<ByteView> apdu = next_apdu();
        if (!apdu) {
            break;
        }
        const bool to_all = takes_broadcast();
        if (carrier_ == Carrier::datagrams && !to_all) {
            watch_datagram(*apdu);
        }
        if (const Status queued = send(*apdu, to_all ? all_stations : ports_.server.value());
            !queued) {
            lose_link(queued.error());
        }
    }
    return link_.poll_transmit();
}

std::optional<Instant> WrapperSession::poll_timeout() {
    const std::optional<Instant> deadline = association_timeout();
    if (!deadline || repeatable_.empty()) {
        return deadline;
    }
    return std::min(*deadline, repeat_at_);
}

std::optional<Error> WrapperSession::failure() {
    if (link_.state() == wrapper::Link::State::failed) {
        return link_.error();
    }
    return std::nullopt;
}

}  // namespace dlms::client
