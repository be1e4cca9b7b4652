#pragma once
// UdpServer: a simulated meter on a UDP port with the wrapper: each peer address and port has a
// line machine of its own, until it is idle too long. Single-threaded.

#include <map>
#include <memory>

#include <asio/steady_timer.hpp>

#include "simulator/meter_server.hpp"
#include "transport/udp_listener.hpp"

namespace dlms::simulator {

class UdpServer {
public:
    struct Configuration {
        asio::ip::udp::endpoint endpoint;  ///< port 0: any free one
        LineFactory make_line;             ///< what it uses must outlive the server
        std::size_t max_peers = 1000;      ///< datagrams of further ones are dropped
    };

    /// Errors: those of UdpListener::listen().
    static Result<std::unique_ptr<UdpServer>> start(const asio::any_io_executor& executor,
                                                    Configuration configuration,
                                                    ServerLog log = {});
    ~UdpServer();
    UdpServer(const UdpServer&) = delete;
    UdpServer& operator=(const UdpServer&) = delete;

    asio::ip::udp::endpoint local_endpoint() const { return listener_->local_endpoint(); }
    std::size_t peers() const { return peers_.size(); }
    /// Stops to listen and forgets every peer.
    void close();

private:
    using Endpoint = transport::UdpListener::Peer;
    class Peer;

    UdpServer(const asio::any_io_executor& executor, Configuration configuration, ServerLog log);
    void received(const Endpoint& endpoint, ByteView datagram);
    std::shared_ptr<Peer> find_or_make(const Endpoint& endpoint);

    asio::any_io_executor executor_;
    Configuration configuration_;
    ServerLog log_;
    std::map<Endpoint, std::shared_ptr<Peer>> peers_;
    std::shared_ptr<transport::UdpListener> listener_;
};

}  // namespace dlms::simulator
