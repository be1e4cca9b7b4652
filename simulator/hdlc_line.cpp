#include "simulator/hdlc_line.hpp"

#include <algorithm>

namespace dlms::simulator {

HdlcLine::HdlcLine(const MeterGroup& group, const HdlcMedium& medium, Instant now)
    : group_(group), medium_(medium), last_activity_(now) {
    for (std::size_t i = 0; i < group.size(); ++i) {
        meters_.push_back(std::make_unique<HdlcMeter>(group[i], &group, medium));
    }
}

bool HdlcLine::is_connected() const {
    return std::ranges::any_of(meters_, [](const auto& meter) { return meter->is_connected(); });
}

void HdlcLine::receive(ByteView bytes, Instant now) {
    last_activity_ = now;
    for (const auto& meter : meters_) {
        meter->receive(bytes, now);
    }
}

void HdlcLine::handle_timeout(Instant now) {
    for (const auto& meter : meters_) {
        const std::optional<Instant> due = meter->poll_timeout();
        if (due && now >= *due) {
            meter->handle_timeout(now);
        }
    }
    if (const std::optional<Instant> end = idle_until(); end && now >= *end) {
        failure_ = Error{ErrorCode::timeout, Layer::hdlc, 0};
    }
}

void HdlcLine::link_lost(Instant now) {
    for (const auto& meter : meters_) {
        meter->link_lost(now);
    }
}

void HdlcLine::set_waker(std::function<void()> waker) {
    for (const auto& meter : meters_) {
        meter->set_waker(waker);
    }
}

std::optional<ByteView> HdlcLine::poll_transmit() {
    for (const auto& meter : meters_) {
        if (const std::optional<ByteView> octets = meter->poll_transmit()) {
            return octets;
        }
    }
    return std::nullopt;
}

std::optional<MeterEvent> HdlcLine::poll_event() {
    for (const auto& meter : meters_) {
        if (const std::optional<MeterEvent> event = meter->poll_event()) {
            return event;
        }
    }
    return std::nullopt;
}

std::optional<Instant> HdlcLine::poll_timeout() const {
    std::optional<Instant> next = idle_until();
    for (const auto& meter : meters_) {
        const std::optional<Instant> due = meter->poll_timeout();
        if (due && (!next || *due < *next)) {
            next = due;
        }
    }
    return next;
}

std::optional<Instant> HdlcLine::idle_until() const {
    if (medium_.is_serial || failure_) {
        return std::nullopt;
    }
    const std::optional<std::chrono::seconds> limit = group_[0].inactivity_time_out();
    return limit ? std::optional(last_activity_ + *limit) : std::nullopt;
}

}  // namespace dlms::simulator
