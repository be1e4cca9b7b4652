#pragma once
// PushSender: sends what the push setups of a meter have for destinations of their own, over TCP
// and UDP from sockets of its own, over HDLC on the lines that the meter is on; and keeps the
// meter's time for as long as something may be due there, whether anybody is connected or not.
// Single-threaded.
//
// Whoever may write a destination chooses a host that this program calls, so only allowed ones are.

#include <map>
#include <memory>

#include <asio/steady_timer.hpp>

#include "simulator/meter.hpp"
#include "simulator/push_call.hpp"
#include "simulator/server_log.hpp"
#include "transport/allowed_addresses.hpp"

namespace dlms::simulator {

class PushSender : public std::enable_shared_from_this<PushSender> {
public:
    static constexpr std::chrono::seconds connect_time{10};

    /// `meter`, `allowed` and `log` must outlive the sender.
    static std::shared_ptr<PushSender> start(const asio::any_io_executor& executor, Meter& meter,
                                             const transport::AllowedAddresses& allowed,
                                             const ServerLog& log);
    /// Sends nothing more.
    void close();

private:
    PushSender(const asio::any_io_executor& executor, Meter& meter,
               const transport::AllowedAddresses& allowed, const ServerLog& log);
    void wake();
    void serve();
    void arm();
    void send(PushAttempt attempt);
    void send_on_lines(const PushAttempt& attempt);
    void call(PushAttempt attempt);
    void called(const PushAttempt& attempt, Result<std::unique_ptr<transport::Channel>> channel);
    void ended(std::uint64_t id, const std::string& destination, const Status& status);

    asio::any_io_executor executor_;
    Meter& meter_;
    const transport::AllowedAddresses& allowed_;
    const ServerLog& log_;
    asio::steady_timer timer_;
    std::map<std::uint64_t, std::shared_ptr<PushCall>> calls_;  // by attempt
    std::size_t failures_ = 0;
    bool is_woken_ = false;
    bool is_closed_ = false;
};

}  // namespace dlms::simulator
