#include "simulator/paced_line.hpp"

#include <algorithm>

namespace dlms::simulator {

void PacedQueue::put(ByteView octets, Instant now, Duration octet_time) {
    octets_.erase(octets_.begin(), octets_.begin() + static_cast<std::ptrdiff_t>(passed_));
    passed_ = 0;
    free_at_ = std::max(free_at_, now);
    octets_.insert(octets_.end(), octets.begin(), octets.end());
    for (std::size_t i = 0; i < octets.size(); ++i) {
        free_at_ += octet_time;
        passed_at_.push_back(free_at_);
    }
}

ByteView PacedQueue::take(Instant now) {
    const std::size_t first = passed_;
    while (!passed_at_.empty() && passed_at_.front() <= now) {
        passed_at_.pop_front();
        ++passed_;
    }
    return ByteView(octets_).subspan(first, passed_ - first);
}

std::optional<Instant> PacedQueue::next(Duration slice) const {
    if (passed_at_.empty()) {
        return std::nullopt;
    }
    return std::min(passed_at_.front() + slice, passed_at_.back());
}

void PacedQueue::clear() {
    octets_.clear();
    passed_at_.clear();
    passed_ = 0;
}

PacedLine::PacedLine(std::unique_ptr<LineMachine> machine, std::uint32_t baud_rate)
    : LineAround(std::move(machine)), baud_rate_(baud_rate), line_{.baud_rate = baud_rate} {}

std::optional<Error> PacedLine::failure() const {
    return failure_ ? failure_ : machine().failure();
}

Duration PacedLine::octet_time() const {
    const std::uint32_t rate = std::min(baud_rate_, line_.baud_rate);
    return std::chrono::nanoseconds(std::chrono::seconds(bits_per_character(line_))) / rate;
}

void PacedLine::receive(ByteView bytes, Instant now) {
    pass(now);
    if (incoming_.size() + bytes.size() > max_on_the_way) {
        failure_ = Error{ErrorCode::unexpected_apdu, Layer::transport, 0};
        return;
    }
    incoming_.put(bytes, now, octet_time());
}

void PacedLine::handle_timeout(Instant now) {
    pass(now);
    if (const std::optional<Instant> due = machine().poll_timeout(); due && now >= *due) {
        machine().handle_timeout(now);
    }
}

void PacedLine::pass(Instant now) {
    now_ = now;
    if (const ByteView octets = incoming_.take(now); !octets.empty()) {
        machine().receive(octets, now);
    }
}

void PacedLine::link_lost(Instant now) {
    incoming_.clear();
    outgoing_.clear();
    machine().link_lost(now);
}

std::optional<ByteView> PacedLine::poll_transmit() {
    if (outgoing_.empty()) {
        // Only now, so that the machine knows how much of its output still waits.
        if (const std::optional<ByteView> octets = machine().poll_transmit()) {
            outgoing_.put(*octets, now_, octet_time());
        }
    }
    const ByteView passed = outgoing_.take(now_);
    return passed.empty() ? std::nullopt : std::optional(passed);
}

std::optional<LineSettings> PacedLine::poll_line_settings() {
    if (!outgoing_.empty()) {
        return std::nullopt;
    }
    const std::optional<LineSettings> settings = machine().poll_line_settings();
    line_ = settings.value_or(line_);
    return settings;
}

std::optional<Instant> PacedLine::poll_timeout() const {
    std::optional<Instant> next = machine().poll_timeout();
    for (const auto& passing : {incoming_.next(slice), outgoing_.next(slice)}) {
        if (passing && (!next || *passing < *next)) {
            next = passing;
        }
    }
    return next;
}

}  // namespace dlms::simulator
