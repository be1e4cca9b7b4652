#pragma once
// Driver: the one loop between a line and a Session. It waits for octets, a deadline or a command;
// feeds the session; sends what the session has to send; and changes the line's settings in between
// when the session asks for it.
//
// Single-threaded: every call comes from the channel's executor.

#include <cstdint>
#include <memory>

#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include "transport/channel.hpp"
#include "transport/flood_budget.hpp"
#include "transport/session.hpp"
#include "transport/trace.hpp"

namespace dlms::transport {

struct DriverCounters {
    std::uint64_t octets_sent = 0;
    std::uint64_t octets_received = 0;
};

class Driver : public std::enable_shared_from_this<Driver>, private ChannelUser {
public:
    /// Takes the open channel. `session` must stay alive until connection_lost() was called or
    /// close() returned.
    static std::shared_ptr<Driver> create(std::unique_ptr<Channel> channel, Session& session,
                                          TraceSink trace = nullptr);
    /// The same for a connected socket.
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
    Driver(std::unique_ptr<Channel> channel, Session& session, TraceSink trace);

    void read_ended(const Result<std::size_t>& count) override;
    void may_write() override;
    void line_changed(const Status& status) override;
    std::shared_ptr<ChannelUser> as_user() { return {shared_from_this(), this}; }

    void read();
    bool is_flooded(std::size_t octets, std::optional<std::uint64_t> answers_before, Instant now);
    void transmit();
    bool write_some(ByteView& bytes);
    bool change_line();
    void mind_deadline();
    void deadline_came();
    void end(const Error& error);

    std::unique_ptr<Channel> channel_;
    asio::steady_timer timer_;
    Session* session_;  // null once the connection has ended
    TraceSink trace_;
    std::unique_ptr<Byte[]> read_space_;
    std::size_t read_size_;
    ByteBuffer queued_;        // what the channel did not take at once
    std::size_t written_ = 0;  // of queued_
    bool changing_line_ = false;
    Instant armed_for_ = Instant::max();
    FloodBudget unasked_;
    DriverCounters counters_;
};

}  // namespace dlms::transport
