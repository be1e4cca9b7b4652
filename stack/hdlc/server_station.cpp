#include "stack/hdlc/server_station.hpp"

#include <algorithm>

#include "stack/base/machine.hpp"
#include "stack/hdlc/llc.hpp"

namespace dlms::hdlc {

static_assert(Machine<ServerStation>);

namespace {

constexpr std::uint16_t last_of_client = 0x7E;  // 00 is nobody, 7F all

bool is_client(const Address& address) {
    return address.octets == 1 && address.upper > 0 && address.upper <= last_of_client;
}

bool is_calling_device(const Address& address) {
    return address.has_lower() && address.lower == (address.octets == 4 ? 0x3FFE : 0x7E);
}

bool is_all(std::uint16_t part, const Address& address) {
    return part == (address.octets == 4 ? 0x3FFF : 0x7F);
}

/// Whether an address with all-station parts means a declared one, whatever its form.
bool covers(const Address& broadcast, const Address& declared) {
    const bool upper = is_all(broadcast.upper, broadcast) || broadcast.upper == declared.upper;
    const bool lower = !broadcast.has_lower() || is_all(broadcast.lower, broadcast) ||
                       broadcast.lower == declared.lower;
    return upper && lower;
}

bool is_type(const RawFrame& frame, FrameType type) {
    const std::optional<ControlField> control = ControlField::from_octet(frame.control_octet);
    return control && control->type == type;
}

}  // namespace

ServerStation::ServerStation(const ServerStationConfiguration& configuration)
    : configuration_(configuration),
      parser_({configuration.error_mode, configuration.inter_octet_timeout}),
      output_(configuration.expect_echo) {}

bool ServerStation::is_connected(const LinkAddresses& addresses) const {
    return std::ranges::any_of(links_, [&](const ServerLink& link) {
        return link.addresses() == addresses && link.is_connected();
    });
}

std::size_t ServerStation::open_links() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(links_, [](const ServerLink& link) { return link.is_connected(); }));
}

ServerStation::Counters ServerStation::counters() const {
    Counters counters = counters_;
    counters.parser = parser_.counters();
    for (const ServerLink& link : links_) {
        counters.links += link.counters();
    }
    return counters;
}

// B inputs

void ServerStation::receive(ByteView octets, Instant now) {
    events_.release();
    look_at_deadlines(now);  // what was over before these octets came
    parser_.receive(octets, now);
    process_frames(now);
}

void ServerStation::handle_timeout(Instant now) {
    events_.release();
    parser_.handle_timeout(now);
    process_frames(now);
    look_at_deadlines(now);
}

void ServerStation::link_lost(Instant now) {
    events_.release();
    for (ServerLink& link : links_) {
        link.link_lost({output_, events_, now});
    }
    forget_closed();
    parser_.reset();
    output_.clear();
}

void ServerStation::look_at_deadlines(Instant now) {
    for (ServerLink& link : links_) {
        link.handle_timeout({output_, events_, now});
    }
    forget_closed();
}

void ServerStation::forget_closed() {
    for (const ServerLink& link : links_) {
        if (link.state() == ServerLink::State::disconnected) {
            counters_.links += link.counters();
        }
    }
    std::erase_if(links_, [](const ServerLink& link) {
        return link.state() == ServerLink::State::disconnected;
    });
}

std::optional<Instant> ServerStation::poll_timeout() const {
    std::optional<Instant> next = parser_.poll_timeout();
    for (const ServerLink& link : links_) {
        const std::optional<Instant> deadline = link.poll_timeout();
        if (deadline && (!next || *deadline < *next)) {
            next = deadline;
        }
    }
    return next;
}

// Frames

void ServerStation::process_frames(Instant now) {
    while (const std::optional<RawFrame> frame = parser_.poll_frame()) {
        take(*frame, now);
    }
    forget_closed();
}

bool ServerStation::is_ours(const Address& destination) const {
    return std::ranges::any_of(configuration_.addresses, [&](const Address& declared) {
        return destination == declared ||
               (configuration_.is_calling && is_calling_device(destination) &&
                destination.octets == declared.octets && destination.upper == declared.upper);
    });
}

void ServerStation::take(const RawFrame& frame, Instant now) {
    if (output_.takes_echo(frame.content)) {
        ++counters_.echoes;
    } else if (!is_client(frame.source)) {
        ++counters_.misaddressed;
    } else if (frame.destination.is_all_station()) {
        take_broadcast(frame, now);
    } else if (is_ours(frame.destination)) {
        hand_to_link(frame, {frame.destination, frame.source}, now);
    } else {
        ++counters_.misaddressed;
    }
}

void ServerStation::take_broadcast(const RawFrame& frame, Instant now) {
    if (!is_type(frame, FrameType::ui)) {
        ++counters_.broadcast_dropped;
        return;
    }
    for (const Address& declared : configuration_.addresses) {
        if (covers(frame.destination, declared)) {
            hand_to_link(frame, {declared, frame.source}, now);
        }
    }
}

void ServerStation::hand_to_link(const RawFrame& frame, const LinkAddresses& addresses,
                                 Instant now) {
    if (ServerLink* link = find(addresses)) {
        link->set_busy(is_busy_);
        link->receive(frame, {output_, events_, now});
        return;
    }
    if (links_.size() >= configuration_.max_links && is_type(frame, FrameType::snrm)) {
        ++counters_.no_room;
        output_.put({false, addresses.client, addresses.server, {FrameType::dm, true, 0, 0}, {}});
        return;
    }
    ServerLink link(configuration_.link, addresses);
    link.receive(frame, {output_, events_, now});
    // Stays, if SNRM opened it, and otherwise goes with the input.
    if (link.state() == ServerLink::State::disconnected) {
        counters_.links += link.counters();
    } else {
        links_.push_back(std::move(link));
    }
}

ServerLink* ServerStation::find(const LinkAddresses& addresses) {
    const auto found = std::ranges::find_if(
        links_, [&](const ServerLink& link) { return link.addresses() == addresses; });
    return found == links_.end() ? nullptr : &*found;
}

// C commands and D outputs

Status ServerStation::send(const LinkAddresses& addresses, ByteView apdu, Instant) {
    ServerLink* link = find(addresses);
    return link != nullptr ? link->send(apdu) : fail(ErrorCode::wrong_state, Layer::hdlc);
}

Status ServerStation::send_unnumbered(const LinkAddresses& addresses, ByteView apdu, Instant) {
    if (!addresses.client.is_valid() || !addresses.server.is_valid()) {
        return fail(ErrorCode::out_of_range, Layer::hdlc);
    }
    const ServerLink* link = find(addresses);
    const Parameters& agreed = link != nullptr && link->is_connected()
                                   ? link->negotiated()
                                   : configuration_.link.parameters;
    const std::size_t longest =
        std::min(agreed.max_information_transmit, largest_information_length);
    if (apdu.empty() || apdu.size() + llc_size > longest ||
        output_.queued() > limits::max_transmit_queue) {
        return fail(ErrorCode::request_too_long, Layer::hdlc);
    }
    ByteBuffer information = to_buffer(llc_response);
    information.insert(information.end(), apdu.begin(), apdu.end());
    output_.put(
        {false, addresses.client, addresses.server, {FrameType::ui, false, 0, 0}, information});
    return {};
}

std::optional<ByteView> ServerStation::poll_transmit() {
    for (ServerLink& link : links_) {
        link.answer_if_ready(output_);
    }
    return output_.poll();
}

}  // namespace dlms::hdlc
