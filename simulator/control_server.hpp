#pragma once
// ControlServer: FleetControl over HTTP, on a thread of its own. Each request waits for the thread
// of the meters to answer it.

#include <memory>
#include <string>

#include <asio/any_io_executor.hpp>

#include "simulator/fleet_control.hpp"

namespace dlms::simulator {

class ControlServer {
public:
    struct Configuration {
        std::string address = "127.0.0.1";
        std::uint16_t port = 0;  ///< 0: any free one
        /// What requests must bring as "Authorization: Bearer TOKEN"; empty: nothing.
        std::string token{};
    };

    /// `meters` runs the control's answers; it must run on until stop() has returned. The error is
    /// a sentence for people: an address other than the loopback's wants a token.
    static std::expected<std::unique_ptr<ControlServer>, std::string> start(
        Configuration configuration, asio::any_io_executor meters, FleetControl& control);
    ~ControlServer();
    ControlServer(const ControlServer&) = delete;
    ControlServer& operator=(const ControlServer&) = delete;

    std::uint16_t port() const;
    /// No request is answered any more. What waits for the meters' thread is given up.
    void stop();

private:
    class Front;
    explicit ControlServer(std::unique_ptr<Front> front);

    std::unique_ptr<Front> front_;
};

}  // namespace dlms::simulator
