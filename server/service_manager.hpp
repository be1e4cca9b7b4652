#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

namespace dlms::service {

// What the service manager (systemd) is told: datagrams to the socket that NOTIFY_SOCKET names
// (sd_notify(3)). Without one nothing happens. Nothing here fails: who is not told, waits.
class ServiceManager {
public:
    // Takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment.
    explicit ServiceManager(asio::io_context& io);

    // From now on the watchdog is told at half of its interval that the loop still turns.
    void ready(const std::string& status);
    void reloading();
    void reloaded();
    void stopping(const std::string& status);

private:
    void send(const std::string& state) const;
    void feed_watchdog();

    std::string address_;
    std::optional<std::chrono::microseconds> watchdog_;
    asio::steady_timer timer_;
};

}  // namespace dlms::service
