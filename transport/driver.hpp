#pragma once
// Driver: the one loop between a TCP connection and a Session. It waits for octets, a deadline or a
// command; feeds the session; and sends what the session has to send.
//
// Single-threaded: every call comes from the connection's executor.

#include <array>
#include <cstdint>
#include <memory>

#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include "transport/session.hpp"
#include "transport/trace.hpp"

namespace dlms::transport {

struct DriverCounters {
    std::uint64_t octets_sent = 0;
    std::uint64_t octets_received = 0;
};

class Driver : public std::enable_shared_from_this<Driver> {
public:
    /// Takes the connected socket. `session` must stay alive until connection_lost() was called or
    /// close() returned.
    static std::shared_ptr<Driver> create(asio::ip::tcp::socket socket, Session& session,
                                          TraceSink trace = nullptr);

    /// Starts to read; sends what the session already has.
    void start();
    /// To be called after a command to the session: sends what it has now, and minds its deadline.
    void flush();
    /// Closes the connection; the session gets no further call.
    void close();

    bool is_open() const { return session_ != nullptr; }
    const DriverCounters& counters() const { return counters_; }

private:
    Driver(asio::ip::tcp::socket socket, Session& session, TraceSink trace);

    void read();
    void octets_came(std::error_code error, std::size_t count);
    void write_queued();
    void write_went_on();
    bool write_some(ByteView& bytes);
    void mind_deadline();
    void deadline_came();
    void end(const Error& error);

    asio::ip::tcp::socket socket_;
    asio::steady_timer timer_;
    Session* session_;  // null once the connection has ended
    TraceSink trace_;
    std::array<Byte, 2048> read_space_;
    ByteBuffer queued_;        // what the socket did not take at once
    std::size_t written_ = 0;  // of queued_
    Instant armed_for_ = Instant::max();
    DriverCounters counters_;
};

}  // namespace dlms::transport
