#pragma once
// MeterServer: a simulated meter on a TCP port. Single-threaded: every call and every callback
// comes from the executor's thread.

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include <asio/ip/tcp.hpp>

#include "simulator/meter_connection.hpp"
#include "transport/acceptor.hpp"
#include "transport/driver.hpp"

namespace dlms::simulator {

/// What a MeterServer tells; what is not set is not told. `peer` is address and port.
struct MeterServerLog {
    std::function<void(const std::string& peer)> connected;
    /// Above the limit: closed at once.
    std::function<void(const std::string& peer)> refused;
    std::function<void(const std::string& peer, const Error& reason)> disconnected;
    /// The first `most_events` of a connection: a peer can cause thousands in a second.
    std::function<void(const std::string& peer, const MeterEvent& event)> event;
    static constexpr std::size_t most_events = 1000;
    /// As a connection ends that had more events: how many were not told.
    std::function<void(const std::string& peer, std::size_t count)> untold;
    /// WPDUs in hexadecimal, passwords hidden.
    std::function<void(const std::string& peer, transport::Direction, const std::string& hex)>
        trace;
};

class MeterServer {
public:
    /// Serves `meter`, which must outlive the server, at an address and port (0: any free one) for
    /// at most `max_connections` at a time. Errors: those of TcpAcceptor::listen().
    static Result<std::unique_ptr<MeterServer>> start(const asio::any_io_executor& executor,
                                                      const asio::ip::tcp::endpoint& endpoint,
                                                      Meter& meter, std::size_t max_connections,
                                                      MeterServerLog log = {});
    ~MeterServer();
    MeterServer(const MeterServer&) = delete;
    MeterServer& operator=(const MeterServer&) = delete;

    asio::ip::tcp::endpoint local_endpoint() const { return acceptor_->local_endpoint(); }
    std::size_t connections() const { return connections_.size(); }
    /// Stops to listen and closes every connection.
    void close();

private:
    class Connection;

    MeterServer(Meter& meter, std::size_t max_connections, MeterServerLog log);
    void accepted(asio::ip::tcp::socket socket);
    void lost(Connection& connection, const Error& reason);

    Meter& meter_;
    std::size_t max_connections_;
    MeterServerLog log_;
    std::unordered_map<const Connection*, std::unique_ptr<Connection>> connections_;
    std::shared_ptr<transport::TcpAcceptor> acceptor_;
};

}  // namespace dlms::simulator
