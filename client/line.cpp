#include "client/line.hpp"

#include <algorithm>

#include <asio/redirect_error.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

namespace dlms::client {

/// One who waits: its timer ends with the deadline, or is cancelled when the turn is its own.
struct Line::Waiter {
    asio::steady_timer timer;
    bool has_turn = false;
};

Line::Turn::~Turn() {
    if (line_) {
        line_->pass_on();
    }
}

asio::awaitable<Line::Turn> Line::take_turn(std::shared_ptr<Line> line, Instant deadline) {
    if (!line->is_taken_) {
        line->is_taken_ = true;
        co_return Turn(std::move(line));
    }
    Waiter self{asio::steady_timer(co_await asio::this_coro::executor, deadline)};
    line->waiting_.push_back(&self);
    // Also when the coroutine is destroyed while it waits, nobody may find it in the queue.
    struct Leave {
        Line& line;
        Waiter& self;
        ~Leave() { std::erase(line.waiting_, &self); }
    } leave{*line, self};
    std::error_code ignored;
    co_await self.timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!self.has_turn) {
        co_return Turn();
    }
    co_return Turn(line);
}

void Line::pass_on() {
    if (waiting_.empty()) {
        is_taken_ = false;
        return;
    }
    Waiter& next = *waiting_.front();
    waiting_.pop_front();
    next.has_turn = true;
    next.timer.cancel();
}

Line::~Line() {
    close();
}

std::shared_ptr<transport::Driver> Line::driver() const {
    return driver_ && driver_->is_open() ? driver_ : nullptr;
}

void Line::open(std::unique_ptr<transport::Channel> channel, const LinkParameters& parameters) {
    close();
    opened_with_ = parameters;
    driver_ = transport::Driver::create(std::move(channel), *this,
                                        [this](transport::Direction direction, ByteView octets) {
                                            if (trace_) {
                                                trace_(direction, octets);
                                            }
                                        });
    driver_->start();
}

void Line::close() {
    if (driver_) {
        driver_->close();
        driver_.reset();
    }
}

bool Line::serves(const LinkParameters& parameters) const {
    return driver() && !parameters.mode_e && !opened_with_.mode_e &&
           parameters.line_settings == opened_with_.line_settings &&
           parameters.rts == opened_with_.rts && parameters.dtr == opened_with_.dtr &&
           parameters.tls == opened_with_.tls;
}

void Line::speak_for(transport::Session& session, const transport::TraceSink& trace) {
    sessions_.insert(&session);
    speaker_ = &session;
    trace_ = trace;
}

void Line::leave(transport::Session& session) {
    sessions_.erase(&session);
    if (speaker_ == &session) {
        speaker_ = nullptr;
        trace_ = nullptr;
    }
    if (sessions_.empty()) {
        close();
    }
}

void Line::receive(ByteView bytes, Instant now) {
    if (speaker_) {
        speaker_->receive(bytes, now);
    }
}

void Line::handle_timeout(Instant now) {
    if (speaker_) {
        speaker_->handle_timeout(now);
    }
}

void Line::connection_lost(const Error& error) {
    // The others find it out when they have the turn.
    if (speaker_) {
        speaker_->connection_lost(error);
    }
}

void Line::settle() {
    if (speaker_) {
        speaker_->settle();
    }
}

std::optional<ByteView> Line::poll_transmit() {
    return speaker_ ? speaker_->poll_transmit() : std::nullopt;
}

std::optional<LineSettings> Line::poll_line_settings() {
    return speaker_ ? speaker_->poll_line_settings() : std::nullopt;
}

std::optional<Instant> Line::poll_timeout() {
    return speaker_ ? speaker_->poll_timeout() : std::nullopt;
}

std::optional<std::uint64_t> Line::answers() const {
    return speaker_ ? speaker_->answers() : std::uint64_t{0};
}

std::optional<Error> Line::failure() {
    return speaker_ ? speaker_->failure() : std::nullopt;
}

std::shared_ptr<Line> Lines::line(const std::string& name) {
    std::erase_if(lines_, [](const auto& entry) { return entry.second.expired(); });
    std::shared_ptr<Line> line = lines_[name].lock();
    if (!line) {
        line = std::make_shared<Line>();
        lines_[name] = line;
    }
    return line;
}

}  // namespace dlms::client
