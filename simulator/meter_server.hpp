#pragma once
// MeterServer: simulated meters on a TCP port: the wrapper or HDLC. Single-threaded: every call and
// every callback comes from the executor's thread.

#include <functional>
#include <memory>
#include <unordered_map>

#include <asio/ip/tcp.hpp>

#include "simulator/line_session.hpp"
#include "transport/acceptor.hpp"

namespace dlms::simulator {

/// Makes what speaks on a new line.
using LineFactory = std::function<std::unique_ptr<LineMachine>(Instant now)>;

class MeterServer {
public:
    struct Configuration {
        asio::ip::tcp::endpoint endpoint;  ///< port 0: any free one
        LineFactory make_line;             ///< what it uses must outlive the server
        transport::Framing framing = transport::Framing::wrapper;
        std::size_t max_connections = 32;
    };

    /// Errors: those of TcpAcceptor::listen().
    static Result<std::unique_ptr<MeterServer>> start(const asio::any_io_executor& executor,
                                                      Configuration configuration,
                                                      ServerLog log = {});
    ~MeterServer();
    MeterServer(const MeterServer&) = delete;
    MeterServer& operator=(const MeterServer&) = delete;

    asio::ip::tcp::endpoint local_endpoint() const { return configuration_.endpoint; }
    std::size_t connections() const { return connections_.size(); }
    /// Stops to listen and closes every connection.
    void close();
    /// Listens again where it did. Errors: those of TcpAcceptor::listen().
    Status resume();
    /// Closes every connection, and goes on to listen.
    void disconnect() { connections_.clear(); }

private:
    MeterServer(const asio::any_io_executor& executor, Configuration configuration, ServerLog log);
    Status listen();
    void accepted(asio::ip::tcp::socket socket);

    asio::any_io_executor executor_;
    Configuration configuration_;
    ServerLog log_;
    std::unordered_map<const LineSession*, std::unique_ptr<LineSession>> connections_;
    std::shared_ptr<transport::TcpAcceptor> acceptor_;
};

}  // namespace dlms::simulator
