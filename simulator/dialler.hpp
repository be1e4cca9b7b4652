#pragma once
// Dialler: a simulated meter that calls the head end, and calls again when the connection is over.
// Single-threaded.

#include <memory>

#include <asio/steady_timer.hpp>

#include "simulator/dial_in_connection.hpp"
#include "simulator/line_session.hpp"
#include "transport/connector.hpp"

namespace dlms::simulator {

class Dialler : public std::enable_shared_from_this<Dialler> {
public:
    struct Configuration {
        transport::TcpEndpoint head_end;
        DialInSettings settings;
        std::uint64_t seed = 1;  ///< of the pauses between calls
    };

    /// `meter` and `log` must outlive the dialler.
    static std::shared_ptr<Dialler> start(const asio::any_io_executor& executor, Meter& meter,
                                          Configuration configuration, const ServerLog& log);

    bool is_connected() const { return session_ != nullptr; }
    /// Hangs up, and calls again later.
    void hang_up();
    /// The meter has lost its power, or got it back.
    void power_changed();
    /// Hangs up for good.
    void close();

private:
    Dialler(const asio::any_io_executor& executor, Meter& meter, Configuration configuration,
            const ServerLog& log);
    void call();
    void answered(asio::ip::tcp::socket socket);
    void call_later();

    asio::any_io_executor executor_;
    Meter& meter_;
    Configuration configuration_;
    const ServerLog& log_;
    asio::steady_timer pause_;
    std::chrono::milliseconds longest_pause_;
    std::unique_ptr<LineSession> session_;
    const DialInConnection* connection_ = nullptr;  // inside session_
    bool is_calling_ = false;                       // nobody has answered yet
    bool is_closed_ = false;
};

}  // namespace dlms::simulator
