#include "transport/driver.hpp"

#include "transport/tcp_channel.hpp"

namespace dlms::transport {
namespace {

Instant now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

std::shared_ptr<Driver> Driver::create(std::unique_ptr<Channel> channel, Session& session,
                                       TraceSink trace) {
    return std::shared_ptr<Driver>(new Driver(std::move(channel), session, std::move(trace)));
}

std::shared_ptr<Driver> Driver::create(asio::ip::tcp::socket socket, Session& session,
                                       TraceSink trace) {
    return create(std::make_unique<TcpChannel>(std::move(socket)), session, std::move(trace));
}

Driver::Driver(std::unique_ptr<Channel> channel, Session& session, TraceSink trace)
    : channel_(std::move(channel)),
      timer_(channel_->executor()),
      session_(&session),
      trace_(std::move(trace)),
      read_space_(std::make_unique_for_overwrite<Byte[]>(channel_->read_size())),
      read_size_(channel_->read_size()) {}

void Driver::start() {
    read();
    flush();
}

void Driver::read() {
    // Asio tries at once and then waits. Started when everything is sent, so that the vain try
    // falls into the time that the peer takes to answer.
    channel_->read({read_space_.get(), read_size_}, as_user());
}

void Driver::read_ended(const Result<std::size_t>& count) {
    if (!session_) {
        return;
    }
    if (!count) {
        end(count.error());
        return;
    }
    counters_.octets_received += *count;
    const ByteView octets(read_space_.get(), *count);
    if (trace_) {
        trace_(Direction::received, octets);
    }
    const Instant present = now();
    const std::optional<std::uint64_t> answers = session_->answers();
    session_->receive(octets, present);
    if (is_flooded(octets.size(), answers, present)) {
        end(flooded);
        return;
    }
    flush();
    if (session_) {
        session_->settle();
    }
    if (session_) {
        read();
    }
}

bool Driver::is_flooded(std::size_t octets, std::optional<std::uint64_t> answers_before,
                        Instant now) {
    if (!session_ || !answers_before) {
        return false;
    }
    if (session_->answers() != answers_before) {
        unasked_.restore();
        return false;
    }
    return !unasked_.charge(octets, now);
}

void Driver::flush() {
    transmit();
    if (session_ && session_->failure()) {
        end(*session_->failure());
        return;
    }
    mind_deadline();
}

void Driver::transmit() {
    // What the channel did not take goes first; the session keeps the rest meanwhile.
    while (session_ && queued_.empty() && !changing_line_) {
        const std::optional<ByteView> ready = session_->poll_transmit();
        if (!ready) {
            if (!change_line()) {
                return;
            }
            continue;
        }
        if (trace_) {
            trace_(Direction::sent, *ready);
        }
        ByteView bytes = *ready;
        if (!write_some(bytes)) {
            return;
        }
        if (!bytes.empty()) {
            queued_.assign(bytes.begin(), bytes.end());
            written_ = 0;
            channel_->wait_writable(as_user());
        }
    }
}

bool Driver::write_some(ByteView& bytes) {
    while (!bytes.empty()) {
        const Result<std::size_t> count = channel_->write_some(bytes);
        if (!count) {
            end(count.error());
            return false;
        }
        if (*count == 0) {
            return true;
        }
        counters_.octets_sent += *count;
        bytes = bytes.subspan(*count);
    }
    return true;
}

/// Whether the session may have more to send now.
bool Driver::change_line() {
    const std::optional<LineSettings> settings = session_->poll_line_settings();
    if (!settings) {
        return false;
    }
    const Result<bool> changed = channel_->change_line(*settings, as_user());
    if (!changed) {
        end(changed.error());
        return false;
    }
    changing_line_ = !*changed;
    return *changed;
}

void Driver::line_changed(const Status& status) {
    if (!session_) {
        return;
    }
    changing_line_ = false;
    if (!status) {
        end(status.error());
        return;
    }
    flush();
    if (session_) {
        session_->settle();
    }
}

void Driver::may_write() {
    if (!session_) {
        return;
    }
    ByteView rest = ByteView(queued_).subspan(written_);
    if (!write_some(rest)) {
        return;
    }
    written_ = queued_.size() - rest.size();
    if (!rest.empty()) {
        channel_->wait_writable(as_user());
        return;
    }
    queued_.clear();
    flush();
    if (session_) {
        session_->settle();
    }
}

void Driver::mind_deadline() {
    const std::optional<Instant> deadline = session_ ? session_->poll_timeout() : std::nullopt;
    // A timer that fires too early looks again; so a deadline that only moves back costs nothing.
    if (!deadline || *deadline >= armed_for_) {
        return;
    }
    armed_for_ = *deadline;
    timer_.expires_at(*deadline);
    timer_.async_wait([self = shared_from_this()](std::error_code error) {
        if (!error && self->session_) {
            self->deadline_came();
        }
    });
}

void Driver::deadline_came() {
    armed_for_ = Instant::max();
    const std::optional<Instant> deadline = session_->poll_timeout();
    const Instant present = now();
    if (deadline && present >= *deadline) {
        session_->handle_timeout(present);
    }
    flush();
    if (session_) {
        session_->settle();
    }
}

void Driver::close() {
    if (!session_) {
        return;
    }
    session_ = nullptr;
    timer_.cancel();
    channel_->close();
}

void Driver::end(const Error& error) {
    if (!session_) {
        return;
    }
    Session& session = *session_;
    close();
    session.connection_lost(error);
}

}  // namespace dlms::transport
