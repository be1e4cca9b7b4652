#pragma once
// LineSession: a line machine on an open channel.

#include <functional>
#include <memory>
#include <string>

#include "simulator/line_machine.hpp"
#include "simulator/server_log.hpp"
#include "transport/driver.hpp"

namespace dlms::simulator {

class LineSession final : public transport::Session {
public:
    /// Called when the line is over; the session may be destroyed in it.
    using Ended = std::function<void(LineSession&, const Error& reason)>;

    /// `log` must outlive the session.
    LineSession(std::unique_ptr<LineMachine> machine, std::unique_ptr<transport::Channel> channel,
                std::string peer, transport::Framing framing, const ServerLog& log, Ended ended);
    ~LineSession() override { close(); }

    const std::string& peer() const { return peer_; }
    /// The session may have ended when this returns.
    void start();
    void close() { driver_->close(); }

    void receive(ByteView bytes, Instant now) override;
    void handle_timeout(Instant now) override;
    void connection_lost(const Error& error) override;
    std::optional<ByteView> poll_transmit() override;
    std::optional<LineSettings> poll_line_settings() override {
        return machine_->poll_line_settings();
    }
    std::optional<Instant> poll_timeout() override { return machine_->poll_timeout(); }
    std::optional<Error> failure() override { return machine_->failure(); }

private:
    void tell();
    transport::TraceSink trace_sink(transport::Framing framing) const;

    std::string peer_;
    const ServerLog& log_;
    Ended ended_;
    std::unique_ptr<LineMachine> machine_;
    asio::any_io_executor executor_;
    std::size_t events_ = 0;
    std::shared_ptr<transport::Driver> driver_;
};

}  // namespace dlms::simulator
