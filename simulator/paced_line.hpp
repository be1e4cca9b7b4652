#pragma once
// PacedLine: a line machine on a simulated serial line: octets take their time in both directions,
// ten bits each, or what the line's settings say. Sans I/O: nothing waits, deadlines say when the
// next octets have passed.

#include <deque>

#include "simulator/line_around.hpp"

namespace dlms::simulator {

/// Octets on their way through a line of a speed that may change.
class PacedQueue {
public:
    /// Puts octets onto the line, behind those that are on it, from `now` on.
    void put(ByteView octets, Instant now, Duration octet_time);
    bool empty() const { return passed_ == octets_.size(); }
    std::size_t size() const { return octets_.size() - passed_; }
    /// The octets that have passed by `now` and were not taken before; valid until the next put().
    ByteView take(Instant now);
    /// When the next octets have passed: one octet or what passes in `slice`, no more than are
    /// there.
    std::optional<Instant> next(Duration slice) const;
    void clear();

private:
    ByteBuffer octets_;
    std::deque<Instant> passed_at_;  // of each octet from passed_ on
    std::size_t passed_ = 0;
    Instant free_at_{};  // the end of the last octet on the line
};

class PacedLine final : public LineAround {
public:
    /// Octets on their way in beyond which the line fails: nobody who keeps to a protocol sends so
    /// much without an answer.
    static constexpr std::size_t max_on_the_way = 256 * 1024;
    /// How much passes at a time: what a serial driver collects, and less than any inter-octet
    /// time-out.
    static constexpr std::chrono::milliseconds slice{5};

    /// At most so many bit/s. Where the machine changes the line's settings, at most theirs.
    PacedLine(std::unique_ptr<LineMachine> machine, std::uint32_t baud_rate);

    std::optional<Error> failure() const override;

    void receive(ByteView bytes, Instant now) override;
    void handle_timeout(Instant now) override;
    void link_lost(Instant now) override;

    std::optional<ByteView> poll_transmit() override;
    std::optional<LineSettings> poll_line_settings() override;
    std::optional<Instant> poll_timeout() const override;

private:
    void pass(Instant now);
    Duration octet_time() const;

    std::uint32_t baud_rate_;
    LineSettings line_;
    PacedQueue incoming_;
    PacedQueue outgoing_;
    Instant now_{};
    std::optional<Error> failure_;
};

}  // namespace dlms::simulator
