#include "simulator/serial_server.hpp"

namespace dlms::simulator {

SerialServer::SerialServer(const asio::any_io_executor& executor, Configuration configuration,
                           ServerLog log)
    : configuration_(std::move(configuration)), log_(std::move(log)), retry_(executor) {}

SerialServer::~SerialServer() {
    close();
}

Result<std::unique_ptr<SerialServer>> SerialServer::start(const asio::any_io_executor& executor,
                                                          Configuration configuration,
                                                          ServerLog log) {
    std::unique_ptr<SerialServer> server(
        new SerialServer(executor, std::move(configuration), std::move(log)));
    if (const Status opened = server->open(); !opened) {
        return std::unexpected(opened.error());
    }
    return server;
}

Status SerialServer::open() {
    auto channel = configuration_.open();
    if (!channel) {
        return std::unexpected(channel.error());
    }
    session_ = std::make_unique<LineSession>(
        configuration_.make_line(std::chrono::steady_clock::now()), *std::move(channel),
        configuration_.name, transport::Framing::hdlc, log_, [this](LineSession&, const Error&) {
            session_.reset();
            open_later();
        });
    session_->start();
    return {};
}

void SerialServer::open_later() {
    retry_.expires_after(retry_interval);
    retry_.async_wait([this, weak = std::weak_ptr<bool>(alive_)](std::error_code error) {
        if (error || weak.expired()) {
            return;
        }
        if (!open()) {
            open_later();
        } else if (log_.connected) {
            log_.connected(configuration_.name);
        }
    });
}

void SerialServer::close() {
    retry_.cancel();
    session_.reset();
}

}  // namespace dlms::simulator
