#pragma once
// SerialServer: simulated meters on a serial port or a pseudo-terminal. A port that was unplugged
// is opened again when it is back. Single-threaded.

#include <functional>
#include <memory>
#include <string>

#include <asio/steady_timer.hpp>

#include "simulator/line_session.hpp"
#include "simulator/meter_server.hpp"

namespace dlms::simulator {

class SerialServer {
public:
    struct Configuration {
        std::string name;  ///< of the line, for the log
        /// Opens the line.
        std::function<Result<std::unique_ptr<transport::Channel>>()> open;
        LineFactory make_line;  ///< what it uses must outlive the server
    };

    /// Between two attempts to open a port that is gone.
    static constexpr std::chrono::seconds retry_interval{1};

    /// Errors: those of `open`.
    static Result<std::unique_ptr<SerialServer>> start(const asio::any_io_executor& executor,
                                                       Configuration configuration,
                                                       ServerLog log = {});
    ~SerialServer();
    SerialServer(const SerialServer&) = delete;
    SerialServer& operator=(const SerialServer&) = delete;

    void close();

private:
    SerialServer(const asio::any_io_executor& executor, Configuration configuration, ServerLog log);
    Status open();
    void open_later();

    Configuration configuration_;
    ServerLog log_;
    asio::steady_timer retry_;
    std::unique_ptr<LineSession> session_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for what the timer has queued
};

}  // namespace dlms::simulator
