#include "simulator/meter_server.hpp"

#include <sstream>

#include "transport/tcp_channel.hpp"

namespace dlms::simulator {
namespace {

std::string peer_of(const asio::ip::tcp::socket& socket) {
    std::error_code error;
    const asio::ip::tcp::endpoint endpoint = socket.remote_endpoint(error);
    std::ostringstream text;
    text << endpoint;
    return error ? "unknown" : text.str();
}

}  // namespace

MeterServer::MeterServer(const asio::any_io_executor& executor, Configuration configuration,
                         ServerLog log)
    : executor_(executor), configuration_(std::move(configuration)), log_(std::move(log)) {}

MeterServer::~MeterServer() {
    close();
}

Result<std::unique_ptr<MeterServer>> MeterServer::start(const asio::any_io_executor& executor,
                                                        Configuration configuration,
                                                        ServerLog log) {
    std::unique_ptr<MeterServer> server(
        new MeterServer(executor, std::move(configuration), std::move(log)));
    if (const Status listening = server->listen(); !listening) {
        return std::unexpected(listening.error());
    }
    server->configuration_.endpoint = server->acceptor_->local_endpoint();
    return server;
}

Status MeterServer::listen() {
    auto acceptor = transport::TcpAcceptor::listen(
        executor_, configuration_.endpoint,
        [this](asio::ip::tcp::socket socket) { accepted(std::move(socket)); });
    if (!acceptor) {
        return std::unexpected(acceptor.error());
    }
    acceptor_ = *std::move(acceptor);
    return {};
}

Status MeterServer::resume() {
    return acceptor_ ? Status() : listen();
}

void MeterServer::accepted(asio::ip::tcp::socket socket) {
    std::string peer = peer_of(socket);
    if (connections_.size() >= configuration_.max_connections) {
        if (log_.refused) {
            log_.refused(peer);
        }
        return;
    }
    if (log_.connected) {
        log_.connected(peer);
    }
    auto session = std::make_unique<LineSession>(
        configuration_.make_line(std::chrono::steady_clock::now()),
        std::make_unique<transport::TcpChannel>(std::move(socket)), std::move(peer),
        configuration_.framing, log_,
        [this](LineSession& ended, const Error&) { connections_.erase(&ended); });
    LineSession& started = *session;
    connections_.emplace(&started, std::move(session));
    started.start();
}

void MeterServer::close() {
    if (acceptor_) {
        acceptor_->close();
        acceptor_.reset();
    }
    connections_.clear();
}

}  // namespace dlms::simulator
