// The connection as states: it is open until it fails, and failed for good; the owner closes it.
//
//     open    WPDU                                  served at once, or held back       open
//     open    answer due, or transmit queue drained  the answer, then what was held     open
//     open    link failed | power failed | idle too long | too much held back           failed
//     failed  anything                               nothing                            failed
//
// Each association below has a table of its own (server_association.cpp).

#include "simulator/meter_connection.hpp"

namespace dlms::simulator {

MeterConnection::MeterConnection(Meter& meter, const MeterGroup* group, Instant now)
    : meter_(meter),
      is_alone_(!group || group->size() == 1),
      associations_(meter, group, *this, MeterGateway::Reach::all_saps),
      last_activity_(now),
      now_(now) {}

void MeterConnection::receive(ByteView bytes, Instant now) {
    now_ = now;
    if (failure_) {
        return;
    }
    last_activity_ = now;
    link_.receive(bytes, now);
    held_back_ = true;
    serve(now);
    if (!failure_ && held_back_ && link_.buffered() > max_held_back) {
        failure_ = Error{ErrorCode::unexpected_apdu, Layer::wrapper, 0};
    }
}

void MeterConnection::handle_timeout(Instant now) {
    now_ = now;
    if (failure_) {
        return;
    }
    if (const std::optional<Instant> due = associations_.poll_timeout(); due && now >= *due) {
        const bool was_busy = associations_.is_busy();
        associations_.handle_timeout(now);
        if (was_busy) {
            last_activity_ = now;
        }
    }
    serve(now);
    const std::optional<Instant> idle_end = idle_until();
    if (!failure_ && idle_end && now >= *idle_end) {
        failure_ = Error{ErrorCode::timeout, Layer::wrapper, 0};
    }
}

void MeterConnection::link_lost() {
    associations_.link_lost();
    failure_ = Error{ErrorCode::connection_lost, Layer::transport, 0};
}

std::optional<ByteView> MeterConnection::poll_transmit() {
    associations_.flush();
    return link_.poll_transmit();
}

std::optional<Instant> MeterConnection::poll_timeout() const {
    if (failure_) {
        return std::nullopt;
    }
    if (associations_.is_busy()) {
        return associations_.poll_timeout();
    }
    if (held_back_ && may_serve()) {
        return now_;
    }
    const std::optional<Instant> idle = idle_until();
    const std::optional<Instant> due = associations_.poll_timeout();
    return due && (!idle || *due < *idle) ? due : idle;
}

std::optional<Instant> MeterConnection::idle_until() const {
    const std::optional<std::chrono::seconds> limit = meter_.inactivity_time_out();
    // A client that waits for a delayed answer is not idle.
    return limit && !associations_.is_busy() ? std::optional(last_activity_ + *limit)
                                             : std::nullopt;
}

bool MeterConnection::may_serve() const {
    return !associations_.is_busy() && link_.queued() < transmit_high_water;
}

void MeterConnection::serve(Instant now) {
    while (!failure_ && held_back_ && may_serve()) {
        const std::uint32_t power_losses = meter_.power_losses();
        const std::optional<wrapper::Wpdu> wpdu = link_.poll_event();
        if (wpdu) {
            associations_.deliver(ClientSap(wpdu->source_wport), ServerSap(wpdu->destination_wport),
                                  wpdu->apdu, now);
        } else {
            held_back_ = false;
        }
        failure_ = associations_.failure();
        if (is_alone_ && meter_.power_losses() != power_losses) {
            link_lost();
        }
    }
    if (!failure_ && link_.state() == wrapper::Link::State::failed) {
        failure_ = link_.error();
    }
}

bool MeterConnection::may_send(ClientSap, ServerSap) const {
    return link_.queued() < transmit_high_water;
}

Status MeterConnection::send(ClientSap client, ServerSap server, ByteView apdu) {
    return link_.send({server.value(), client.value(), apdu});
}

}  // namespace dlms::simulator
