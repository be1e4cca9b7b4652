#include "simulator/datagram_connection.hpp"

#include <algorithm>

#include "stack/xdlms/ciphered_apdu.hpp"

namespace dlms::simulator {
namespace {

constexpr std::uint16_t all_stations = 0x7F;
/// Octets that a UDP datagram holds at most.
constexpr std::size_t max_datagram = 65'507;

/// Clients of a connection whose last exchange is kept.
constexpr std::size_t most_exchanges = 64;

/// Whether the same octets once more can only be a datagram that the network doubled: the next
/// block of a service, and all that carries an invocation counter. Of others a client may mean
/// the same request anew.
bool is_told_by_its_octets(ByteView apdu) {
    const auto tag = static_cast<xdlms::ApduTag>(apdu[0]);
    const int choice = apdu.size() > 1 ? apdu[1] : 0;
    switch (tag) {
        case xdlms::ApduTag::get_request: return choice == 2;
        case xdlms::ApduTag::set_request: return choice == 2 || choice == 3 || choice == 5;
        case xdlms::ApduTag::action_request: return choice == 2 || choice >= 4;
        default: return xdlms::is_ciphered_apdu(tag);
    }
}

}  // namespace

DatagramConnection::DatagramConnection(const MeterGroup& group, Instant now)
    : group_(group),
      associations_(group[0], &group, *this, MeterGateway::Reach::all_saps),
      last_activity_(now) {}

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
    if (answer_repeated(*wpdu, datagram)) {
        return;
    }
    associations_.deliver(ClientSap(wpdu->source_wport), ServerSap(wpdu->destination_wport),
                          wpdu->apdu, now);
}

/// True if the datagram came before: its answer is sent again, if there is one.
bool DatagramConnection::answer_repeated(const wrapper::Wpdu& wpdu, ByteView datagram) {
    const Pair pair{wpdu.source_wport, wpdu.destination_wport};
    const auto known = exchanges_.find(pair);
    if (known != exchanges_.end() && std::ranges::equal(known->second.request, datagram)) {
        ++counters_.repeated;
        if (!known->second.answer.empty()) {
            queue(ClientSap(pair.first), ServerSap(pair.second), known->second.answer);
        }
        return true;
    }
    if (!is_told_by_its_octets(wpdu.apdu)) {
        exchanges_.erase(pair);
    } else if (known != exchanges_.end() || exchanges_.size() < most_exchanges) {
        exchanges_[pair] = {to_buffer(datagram), {}};
    }
    return false;
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
    if (const auto found = exchanges_.find({client.value(), server.value()});
        found != exchanges_.end() && found->second.answer.empty()) {
        found->second.answer = to_buffer(apdu);
    }
    queue(client, server, apdu);
    return {};
}

void DatagramConnection::queue(ClientSap client, ServerSap server, ByteView apdu) {
    ByteBuffer& datagram = queued_.emplace_back();
    Writer writer(datagram);
    wrapper::encode(writer, {server.value(), client.value(), apdu});
}

}  // namespace dlms::simulator
