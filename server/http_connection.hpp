#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include "server/http_request_reader.hpp"
#include "server/http_socket.hpp"
#include "server/responder.hpp"

namespace dlms::service {

// How long a connection may take for each of its parts.
struct HttpDeadlines {
    std::chrono::milliseconds request{10'000};  // from the first octet of a request to its last
    std::chrono::milliseconds idle{60'000};     // between requests
    std::chrono::milliseconds write{10'000};    // one whole answer
    std::chrono::milliseconds linger{2'000};    // discarding what a refused client still sends
};

// One answered or refused request, for the access log. `target` is printable ASCII as it was sent;
// it and `method` are "-" where a refused request did not get so far.
struct AccessRecord {
    std::string request_id;
    std::string method;
    std::string target;  // without the query, in which callers may put secrets
    std::string remote_address;
    int status = 0;
    std::chrono::microseconds duration{};
    RequestOrigin origin{};
};

// What the connections of one listener share. Everything but `gate` belongs to the I/O thread.
class HttpConnection;
struct HttpConnectionShare {
    // Lets answers reach the I/O thread for as long as there is one.
    class Gate {
    public:
        explicit Gate(asio::any_io_executor executor) : executor_(std::move(executor)) {}
        void post(std::function<void()> work);
        void close();

    private:
        std::mutex mutex_;
        std::optional<asio::any_io_executor> executor_;
    };

    HttpLimits limits;
    HttpDeadlines deadlines;
    // Takes a request over; false (and the request is left alone) when the queue is full.
    std::function<bool(FramedRequest&, const std::string& request_id, const std::string& remote,
                       std::shared_ptr<AnswerSink>)>
        hand_over;
    std::function<void(const AccessRecord&)> access;
    std::shared_ptr<Gate> gate;
    // Octets of requests held by all connections together, until they are answered.
    std::size_t most_buffered = 64 * 1024 * 1024;
    std::size_t buffered = 0;
    std::vector<char> scratch = std::vector<char>(64 * 1024);
    std::list<HttpConnection*> idle;  // the longest idle first
    bool draining = false;
    // For connections from now on; null: plain HTTP.
    std::shared_ptr<const TlsServerContext> tls;
    std::uint64_t failed_handshakes = 0;
    std::uint64_t octets_received = 0;
    std::uint64_t octets_sent = 0;
};

// One client's connection: reads a whole request, hands it over, writes the answer, and again while
// it is kept alive. One request is in work at a time; pipelined ones wait in the socket. Lives on
// the I/O thread.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
public:
    HttpConnection(asio::ip::tcp::socket socket, std::shared_ptr<HttpConnectionShare> share);
    ~HttpConnection();
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;

    // Runs until the connection is closed. The caller holds the object for as long.
    asio::awaitable<void> serve();

    // Answers 503 without reading a request, and closes: the service has all connections it may
    // have.
    asio::awaitable<void> turn_away();

    // Closes at once if no request has begun.
    void close_if_idle();

    // Closes whatever is under way.
    void abort();

private:
    class Exchange;

    asio::awaitable<bool> shake_hands();
    asio::awaitable<bool> read_request();
    asio::awaitable<bool> refuse();
    asio::awaitable<HttpAnswer> answer_to(FramedRequest& request, const std::string& request_id);
    asio::awaitable<bool> write(std::string bytes);
    asio::awaitable<bool> write_stream(AnswerStream& stream, bool in_chunks);
    // Nothing at the end, or when the client is gone.
    asio::awaitable<std::optional<std::string>> next_piece(AnswerStream& stream);
    asio::awaitable<void> linger();
    asio::awaitable<bool> wait();
    // Keeps account of the octets held; false when all connections together hold too many.
    bool hold(std::size_t octets);
    void start_deadline(std::chrono::steady_clock::duration duration);
    void stop_deadline();
    void enter_idle();
    void leave_idle();
    void receive_answer(HttpAnswer answer);

    HttpSocket socket_;
    std::shared_ptr<HttpConnectionShare> share_;
    asio::steady_timer deadline_;
    asio::steady_timer answered_;
    std::uint64_t deadline_number_ = 0;
    std::size_t held_ = 0;
    bool timed_out_ = false;
    bool is_idle_ = false;
    std::list<HttpConnection*>::iterator idle_place_;
    HttpRequestReader reader_;
    std::optional<HttpAnswer> refusal_;
    std::string remote_address_;
    std::shared_ptr<Exchange> exchange_;
    std::optional<HttpAnswer> answer_;
    // Of a stream: the piece that came last, and which one is waited for.
    std::optional<std::optional<std::string>> piece_;
    std::uint64_t piece_number_ = 0;
};

}  // namespace dlms::service
