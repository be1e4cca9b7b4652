#include "simulator/datagram_connection.hpp"

#include "stack/wrapper/wpdu.hpp"

namespace dlms::simulator {
namespace {

constexpr std::uint16_t all_stations = 0x7F;
/// Octets that a UDP datagram holds at most.
constexpr std::size_t max_datagram = 65'507;

}  // namespace

DatagramConnection::DatagramConnection(const MeterGroup& group, Instant now)
    : group_(group), associations_(group[0], &group, *this), last_activity_(now) {}

void DatagramConnection::receive(ByteView datagram, Instant now) {
    if (!associations_.is_busy()) {
        take(datagram, now);
    } else if (held_back_.size() < max_held_back) {
        held_back_.push_back(to_buffer(datagram));
    } else {
        ++counters_.held_back;
    }
}

void DatagramConnection::take(ByteView datagram, Instant now) {
    const Result<wrapper::Wpdu> wpdu = wrapper::decode_wpdu(datagram);
    if (!wpdu || wpdu->apdu.empty()) {
        ++counters_.malformed;
        return;
    }
    if (wpdu->destination_wport == all_stations) {
        ++counters_.broadcast;
        return;
    }
    ++counters_.received;
    last_activity_ = now;
    associations_.deliver(ClientSap(wpdu->source_wport), ServerSap(wpdu->destination_wport),
                          wpdu->apdu, now);
}

void DatagramConnection::serve_held_back(Instant now) {
    while (!held_back_.empty() && !associations_.is_busy()) {
        const ByteBuffer datagram = std::move(held_back_.front());
        held_back_.pop_front();
        take(datagram, now);
    }
}

void DatagramConnection::handle_timeout(Instant now) {
    if (const std::optional<Instant> due = associations_.poll_timeout(); due && now >= *due) {
        associations_.handle_timeout(now);
        last_activity_ = now;
    }
    serve_held_back(now);
    if (now >= idle_until() && !associations_.is_busy()) {
        failure_ = Error{ErrorCode::timeout, Layer::wrapper, 0};
    }
}

void DatagramConnection::link_lost(Instant) {
    associations_.link_lost();
    held_back_.clear();
    queued_.clear();
}

std::optional<ByteView> DatagramConnection::poll_transmit() {
    associations_.flush();
    if (queued_.empty()) {
        return std::nullopt;
    }
    transmitting_ = std::move(queued_.front());
    queued_.pop_front();
    return ByteView(transmitting_);
}

std::optional<Instant> DatagramConnection::poll_timeout() const {
    if (failure_) {
        return std::nullopt;
    }
    return associations_.is_busy() ? associations_.poll_timeout() : idle_until();
}

Instant DatagramConnection::idle_until() const {
    return last_activity_ + group_[0].inactivity_time_out().value_or(default_inactivity);
}

bool DatagramConnection::may_send(ClientSap, ServerSap) const {
    return queued_.size() < transmit_high_water;
}

Status DatagramConnection::send(ClientSap client, ServerSap server, ByteView apdu) {
    if (wrapper::header_size + apdu.size() > max_datagram) {
        ++counters_.too_long;
        return {};
    }
    ByteBuffer& datagram = queued_.emplace_back();
    Writer writer(datagram);
    wrapper::encode(writer, {server.value(), client.value(), apdu});
    return {};
}

}  // namespace dlms::simulator
