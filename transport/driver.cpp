#include "transport/driver.hpp"

#include <asio/error.hpp>

#include "stack/base/limits.hpp"
#include "transport/error_mapping.hpp"

namespace dlms::transport {
namespace {

Instant now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

std::shared_ptr<Driver> Driver::create(asio::ip::tcp::socket socket, Session& session,
                                       TraceSink trace) {
    return std::shared_ptr<Driver>(new Driver(std::move(socket), session, std::move(trace)));
}

Driver::Driver(asio::ip::tcp::socket socket, Session& session, TraceSink trace)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      session_(&session),
      trace_(std::move(trace)) {}

void Driver::start() {
    std::error_code ignored;
    socket_.non_blocking(true, ignored);
    // A request waits for its answer, so nothing is gained by waiting to fill a segment.
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    read();
    flush();
}

void Driver::read() {
    // Asio tries at once and then waits. Started when everything is sent, so that the vain try
    // falls into the time that the peer takes to answer.
    socket_.async_read_some(asio::buffer(read_space_),
                            [self = shared_from_this()](std::error_code error, std::size_t count) {
                                if (self->session_) {
                                    self->octets_came(error, count);
                                }
                            });
}

void Driver::octets_came(std::error_code error, std::size_t count) {
    if (error) {
        end(to_error(error));
        return;
    }
    counters_.octets_received += count;
    const ByteView octets = ByteView(read_space_).first(count);
    if (trace_) {
        trace_(Direction::received, octets);
    }
    session_->receive(octets, now());
    flush();
    if (session_) {
        session_->settle();
    }
    if (session_) {
        read();
    }
}

void Driver::flush() {
    // What the socket did not take goes first; the session keeps the rest meanwhile.
    while (session_ && queued_.empty()) {
        const std::optional<ByteView> ready = session_->poll_transmit();
        if (!ready) {
            break;
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
            write_queued();
        }
    }
    if (session_ && session_->failure()) {
        end(*session_->failure());
        return;
    }
    mind_deadline();
}

bool Driver::write_some(ByteView& bytes) {
    while (!bytes.empty()) {
        std::error_code error;
        const std::size_t count =
            socket_.write_some(asio::buffer(bytes.data(), bytes.size()), error);
        if (error == asio::error::would_block || error == asio::error::try_again) {
            return true;
        }
        if (error) {
            end(to_error(error));
            return false;
        }
        counters_.octets_sent += count;
        bytes = bytes.subspan(count);
    }
    return true;
}

void Driver::write_queued() {
    socket_.async_wait(asio::ip::tcp::socket::wait_write,
                       [self = shared_from_this()](std::error_code error) {
                           if (!error && self->session_) {
                               self->write_went_on();
                           }
                       });
}

void Driver::write_went_on() {
    ByteView rest = ByteView(queued_).subspan(written_);
    if (!write_some(rest)) {
        return;
    }
    written_ = queued_.size() - rest.size();
    if (!rest.empty()) {
        write_queued();
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
    std::error_code ignored;
    timer_.cancel();
    socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
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
