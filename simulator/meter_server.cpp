#include "simulator/meter_server.hpp"

#include <algorithm>
#include <sstream>

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

/// One connection: the machine as the driver sees it.
class MeterServer::Connection final : public transport::Session {
public:
    Connection(MeterServer& server, asio::ip::tcp::socket socket, std::string peer)
        : server_(server),
          peer_(std::move(peer)),
          machine_(server.meter_, std::chrono::steady_clock::now()),
          driver_(transport::Driver::create(std::move(socket), *this, trace_sink())) {}

    const std::string& peer() const { return peer_; }
    std::size_t untold_events() const {
        return events_ - std::min(events_, MeterServerLog::most_events);
    }
    /// The connection may be gone when this returns.
    void start() { driver_->start(); }
    void close() { driver_->close(); }

    void receive(ByteView bytes, Instant now) override {
        machine_.receive(bytes, now);
        tell();
    }
    void handle_timeout(Instant now) override {
        machine_.handle_timeout(now);
        tell();
    }
    void connection_lost(const Error& error) override { server_.lost(*this, error); }
    std::optional<ByteView> poll_transmit() override { return machine_.poll_transmit(); }
    std::optional<Instant> poll_timeout() override { return machine_.poll_timeout(); }
    std::optional<Error> failure() override { return machine_.failure(); }

private:
    void tell() {
        while (const std::optional<MeterEvent> event = machine_.poll_event()) {
            if (server_.log_.event && ++events_ <= MeterServerLog::most_events) {
                server_.log_.event(peer_, *event);
            }
        }
    }
    transport::TraceSink trace_sink() {
        if (!server_.log_.trace) {
            return nullptr;
        }
        return [hex = transport::HexTrace(
                    [this](transport::Direction direction, const std::string& text) {
                        server_.log_.trace(peer_, direction, text);
                    })](transport::Direction direction, ByteView bytes) mutable {
            hex.octets(direction, bytes);
        };
    }

    MeterServer& server_;
    std::string peer_;
    MeterConnection machine_;
    std::size_t events_ = 0;
    std::shared_ptr<transport::Driver> driver_;
};

MeterServer::MeterServer(Meter& meter, std::size_t max_connections, MeterServerLog log)
    : meter_(meter), max_connections_(max_connections), log_(std::move(log)) {}

MeterServer::~MeterServer() {
    close();
}

Result<std::unique_ptr<MeterServer>> MeterServer::start(const asio::any_io_executor& executor,
                                                        const asio::ip::tcp::endpoint& endpoint,
                                                        Meter& meter, std::size_t max_connections,
                                                        MeterServerLog log) {
    std::unique_ptr<MeterServer> server(new MeterServer(meter, max_connections, std::move(log)));
    auto acceptor = transport::TcpAcceptor::listen(
        executor, endpoint,
        [self = server.get()](asio::ip::tcp::socket socket) { self->accepted(std::move(socket)); });
    if (!acceptor) {
        return std::unexpected(acceptor.error());
    }
    server->acceptor_ = *std::move(acceptor);
    return server;
}

void MeterServer::accepted(asio::ip::tcp::socket socket) {
    std::string peer = peer_of(socket);
    if (connections_.size() >= max_connections_) {
        if (log_.refused) {
            log_.refused(peer);
        }
        return;
    }
    if (log_.connected) {
        log_.connected(peer);
    }
    auto connection = std::make_unique<Connection>(*this, std::move(socket), std::move(peer));
    Connection& started = *connection;
    connections_.emplace(&started, std::move(connection));
    started.start();
}

void MeterServer::lost(Connection& connection, const Error& reason) {
    if (log_.untold && connection.untold_events() > 0) {
        log_.untold(connection.peer(), connection.untold_events());
    }
    if (log_.disconnected) {
        log_.disconnected(connection.peer(), reason);
    }
    connections_.erase(&connection);
}

void MeterServer::close() {
    if (acceptor_) {
        acceptor_->close();
    }
    for (const auto& [key, connection] : connections_) {
        connection->close();
    }
    connections_.clear();
}

}  // namespace dlms::simulator
