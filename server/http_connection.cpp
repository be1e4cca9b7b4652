#include "server/http_connection.hpp"

#include <utility>

#include <asio/error.hpp>
#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

namespace dlms::service {

namespace {

using Clock = std::chrono::steady_clock;

bool would_block(const asio::error_code& error) {
    return error == asio::error::would_block || error == asio::error::try_again;
}

std::string path_of(const std::string& target) {
    return target.substr(0, target.find('?'));
}

std::string or_dash(const std::string& text) {
    return text.empty() ? "-" : text;
}

}  // namespace

void HttpConnectionShare::Gate::post(std::function<void()> work) {
    const std::scoped_lock lock(mutex_);
    if (executor_) {
        asio::post(*executor_, std::move(work));
    }
}

void HttpConnectionShare::Gate::close() {
    const std::scoped_lock lock(mutex_);
    executor_.reset();
}

// The way back from any thread to the connection, if it still waits for this very answer.
class HttpConnection::Exchange : public AnswerSink, public std::enable_shared_from_this<Exchange> {
public:
    Exchange(std::weak_ptr<HttpConnection> connection,
             std::shared_ptr<HttpConnectionShare::Gate> gate)
        : connection_(std::move(connection)), gate_(std::move(gate)) {}

    void deliver(HttpAnswer answer) override {
        gate_->post([self = shared_from_this(), answer = std::move(answer)]() mutable {
            const auto connection = self->connection_.lock();
            if (connection && connection->exchange_ == self) {
                connection->receive_answer(std::move(answer));
            }
        });
    }

private:
    std::weak_ptr<HttpConnection> connection_;
    std::shared_ptr<HttpConnectionShare::Gate> gate_;
};

HttpConnection::HttpConnection(asio::ip::tcp::socket socket,
                               std::shared_ptr<HttpConnectionShare> share)
    : socket_(std::move(socket), share->tls),
      share_(std::move(share)),
      deadline_(socket_.tcp().get_executor()),
      answered_(socket_.tcp().get_executor()),
      reader_(share_->limits) {
    asio::error_code ignored;
    const auto remote = socket_.tcp().remote_endpoint(ignored);
    if (!ignored) {
        remote_address_ = remote.address().to_string();
    }
}

HttpConnection::~HttpConnection() {
    leave_idle();
    hold(0);
}

asio::awaitable<void> HttpConnection::serve() {
    bool open = co_await shake_hands();
    // g++ 12 miscompiles co_await inside && and ?:, so each has its own statement here.
    while (open) {
        const bool has_request = co_await read_request();
        if (!has_request) {
            break;
        }
        if (refusal_) {
            co_await refuse();
            break;
        }
        const auto begin = Clock::now();
        FramedRequest request = reader_.take_request();
        hold(request.octets.size() + reader_.buffered());
        const std::string request_id = request_id_from(request.header("X-Request-Id"));
        const bool keep_alive = request.keep_alive;
        const bool takes_chunks = request.takes_chunks;
        AccessRecord record{request_id, request.method, path_of(request.target), remote_address_, 0,
                            {}};
        const bool as_problem = wants_problem(request.header("Accept"));
        HttpAnswer answer = co_await answer_to(request, request_id);
        if (as_problem) {
            make_problem(answer);
        }
        hold(reader_.buffered());
        record.status = answer.status;
        record.origin = answer.origin;
        record.duration =
            std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin);
        if (share_->access) {
            share_->access(record);
        }
        open = keep_alive && !share_->draining && (takes_chunks || !answer.stream);
        const bool head_only = record.method == "HEAD";
        std::string bytes =
            answer_bytes(answer, {open, head_only, request_id, socket_.is_secure(), takes_chunks});
        answer.body = {};
        bool written = co_await write(std::move(bytes));
        if (written && answer.stream && !head_only) {
            written = co_await write_stream(*answer.stream, takes_chunks);
        }
        open = open && written;
    }
    if (socket_.tcp().is_open()) {
        co_await linger();
    }
}

// Within the time of a request: a client that is silent costs no more than one that sends nothing.
asio::awaitable<bool> HttpConnection::shake_hands() {
    asio::error_code error;
    socket_.handshake(error);
    if (!error) {
        co_return true;
    }
    start_deadline(share_->deadlines.request);
    while (would_block(error)) {
        const bool is_ready = co_await wait();
        if (!is_ready) {
            error = asio::error::timed_out;
            break;
        }
        socket_.handshake(error);
    }
    stop_deadline();
    if (error) {
        ++share_->failed_handshakes;
        abort();
    }
    co_return !error;
}

asio::awaitable<void> HttpConnection::turn_away() {
    if (socket_.is_secure()) {
        abort();
        co_return;
    }
    refusal_ = busy_answer(503, "Too many connections", 1);
    const bool written = co_await refuse();
    if (written) {
        co_await linger();
    }
}

// Answers with the refusal; what the client has sent is let go.
asio::awaitable<bool> HttpConnection::refuse() {
    const HttpAnswer answer = std::exchange(refusal_, std::nullopt).value();
    const AccessRecord record{request_id_from(reader_.request_id()),
                              or_dash(reader_.method()),
                              or_dash(path_of(reader_.target())),
                              remote_address_,
                              answer.status,
                              {}};
    reader_ = HttpRequestReader(share_->limits);
    hold(0);
    if (share_->access) {
        share_->access(record);
    }
    std::string bytes = answer_bytes(
        answer, {false, record.method == "HEAD", record.request_id, socket_.is_secure()});
    const bool written = co_await write(std::move(bytes));
    co_return written;
}

void HttpConnection::close_if_idle() {
    if (is_idle_) {
        abort();
    }
}

void HttpConnection::abort() {
    asio::error_code ignored;
    socket_.tcp().close(ignored);
    deadline_.cancel();
    answered_.cancel();
}

// True when a request is complete or there is a refusal; false when the connection is at its end.
asio::awaitable<bool> HttpConnection::read_request() {
    using State = HttpRequestReader::State;
    bool begun = reader_.has_begun();
    std::optional<Clock::time_point> end;
    while (reader_.state() != State::complete && reader_.state() != State::refused && !refusal_) {
        asio::error_code error;
        const std::size_t size = socket_.read_some(share_->scratch, error);
        if (size > 0) {
            share_->octets_received += size;
            reader_.receive({share_->scratch.data(), size});
            if (!hold(reader_.buffered())) {
                refusal_ = busy_answer(503, "The service holds as many requests as it can", 1);
            }
            if (!begun && reader_.has_begun()) {
                begun = true;
                end.reset();
                leave_idle();
            }
            if (reader_.take_expectation() && !refusal_) {
                const bool written = co_await write("HTTP/1.1 100 Continue\r\n\r\n");
                if (!written) {
                    co_return false;
                }
                // A write that had to wait has taken the timer.
                if (end) {
                    start_deadline(*end - Clock::now());
                }
            }
            continue;
        }
        if (!would_block(error) || (share_->draining && !begun)) {
            leave_idle();
            co_return false;
        }
        if (!end) {
            const auto duration = begun ? share_->deadlines.request : share_->deadlines.idle;
            end = Clock::now() + duration;
            start_deadline(duration);
        }
        if (!begun) {
            enter_idle();
        }
        const bool readable = co_await wait();
        if (!readable) {
            leave_idle();
            if (!timed_out_ || !begun || !socket_.tcp().is_open()) {
                co_return false;
            }
            refusal_ = error_answer(408, "The request did not arrive in time");
        }
    }
    leave_idle();
    stop_deadline();
    if (reader_.state() == State::refused) {
        refusal_ = reader_.refusal();
    }
    co_return true;
}

bool HttpConnection::hold(std::size_t octets) {
    share_->buffered += octets - held_;
    held_ = octets;
    return share_->buffered <= share_->most_buffered;
}

asio::awaitable<bool> HttpConnection::wait() {
    asio::error_code error;
    co_await socket_.wait(error);
    co_return !error && !timed_out_;
}

asio::awaitable<HttpAnswer> HttpConnection::answer_to(FramedRequest& request,
                                                      const std::string& request_id) {
    answer_.reset();
    exchange_ = std::make_shared<Exchange>(weak_from_this(), share_->gate);
    if (!share_->hand_over(request, request_id, remote_address_, exchange_)) {
        exchange_.reset();
        co_return busy_answer(503, "The service has too many requests in work", 1);
    }
    while (!answer_) {
        asio::error_code ignored;
        answered_.expires_at(Clock::time_point::max());
        co_await answered_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    exchange_.reset();
    HttpAnswer answer = std::move(*answer_);
    answer_.reset();
    co_return answer;
}

void HttpConnection::receive_answer(HttpAnswer answer) {
    answer_ = std::move(answer);
    answered_.cancel();
}

// False when the client does not take the answer in time, or is gone.
asio::awaitable<bool> HttpConnection::write(std::string bytes) {
    std::size_t written = 0;
    bool armed = false;
    while (written < bytes.size()) {
        asio::error_code error;
        const std::size_t size = socket_.write_some(std::string_view(bytes).substr(written), error);
        written += size;
        share_->octets_sent += size;
        if (!error) {
            continue;
        }
        if (!would_block(error)) {
            abort();
            co_return false;
        }
        if (!std::exchange(armed, true)) {
            start_deadline(share_->deadlines.write);
        }
        co_await socket_.wait(error);
        if (error || timed_out_) {
            // What the client has not taken by now is thrown away with the connection.
            socket_.tcp().set_option(asio::socket_base::linger(true, 0), error);
            abort();
            co_return false;
        }
    }
    if (armed) {
        stop_deadline();
    }
    co_return true;
}

asio::awaitable<bool> HttpConnection::write_stream(AnswerStream& stream, bool in_chunks) {
    while (true) {
        const std::optional<std::string> piece = co_await next_piece(stream);
        if (!socket_.tcp().is_open()) {
            co_return false;
        }
        if (piece && piece->empty()) {
            continue;  // as a chunk it would be the end
        }
        if (!piece && !in_chunks) {
            co_return true;
        }
        std::string bytes = in_chunks ? chunk_bytes(piece.value_or("")) : *piece;
        const bool written = co_await write(std::move(bytes));
        if (!written || !piece) {
            co_return written;
        }
    }
}

asio::awaitable<std::optional<std::string>> HttpConnection::next_piece(AnswerStream& stream) {
    piece_.reset();
    stream.next([weak = weak_from_this(), gate = share_->gate,
                 number = ++piece_number_](std::optional<std::string> piece) {
        gate->post([weak, number, piece = std::move(piece)]() mutable {
            const auto self = weak.lock();
            if (self && self->piece_number_ == number) {
                self->piece_.emplace(std::move(piece));
                self->answered_.cancel();
            }
        });
    });
    while (!piece_ && socket_.tcp().is_open()) {
        asio::error_code ignored;
        answered_.expires_at(Clock::time_point::max());
        co_await answered_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_return piece_ ? std::move(*piece_) : std::nullopt;
}

// Closing with unread octets would reset the connection, and the client might never see its answer.
asio::awaitable<void> HttpConnection::linger() {
    asio::error_code error;
    socket_.shutdown();
    start_deadline(share_->deadlines.linger);
    const auto end = Clock::now() + share_->deadlines.linger;
    while (!error && Clock::now() < end) {
        socket_.read_some(share_->scratch, error);
        if (would_block(error) || !error) {
            error.clear();
            const bool readable = co_await wait();
            if (!readable) {
                break;
            }
        }
    }
    stop_deadline();
    socket_.tcp().close(error);
}

void HttpConnection::start_deadline(Clock::duration duration) {
    timed_out_ = false;
    const std::uint64_t number = ++deadline_number_;
    deadline_.expires_after(duration);
    deadline_.async_wait([weak = weak_from_this(), number](const asio::error_code& error) {
        const auto self = weak.lock();
        if (!error && self && self->deadline_number_ == number) {
            self->timed_out_ = true;
            asio::error_code ignored;
            self->socket_.tcp().cancel(ignored);
        }
    });
}

void HttpConnection::stop_deadline() {
    timed_out_ = false;
    ++deadline_number_;
    deadline_.cancel();
}

void HttpConnection::enter_idle() {
    if (!std::exchange(is_idle_, true)) {
        idle_place_ = share_->idle.insert(share_->idle.end(), this);
    }
}

void HttpConnection::leave_idle() {
    if (std::exchange(is_idle_, false)) {
        share_->idle.erase(idle_place_);
    }
}

}  // namespace dlms::service
