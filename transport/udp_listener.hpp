#pragma once
// UdpListener: one port that takes datagrams from many peers, and sends to them. The meter's side
// of UDP. Single-threaded.

#include <functional>
#include <memory>

#include <asio/ip/udp.hpp>
#include <asio/steady_timer.hpp>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"

namespace dlms::transport {

class UdpListener : public std::enable_shared_from_this<UdpListener> {
public:
    using Peer = asio::ip::udp::endpoint;
    /// Called for every datagram, on the listener's executor. The octets are valid during the call,
    /// and may be none. It may call send_to() and close().
    using Handler = std::function<void(const Peer& peer, ByteView datagram)>;

    struct Counters {
        std::uint64_t received = 0;
        std::uint64_t sent = 0;
        std::uint64_t not_sent = 0;  ///< the system would not take them: lost, as on the way
    };

    /// Listens on an address and port (0: any free one). Errors: as TcpAcceptor::listen().
    static Result<std::shared_ptr<UdpListener>> listen(const asio::any_io_executor& executor,
                                                       const Peer& endpoint, Handler handler);

    Peer local_endpoint() const;
    const Counters& counters() const { return counters_; }
    /// Sends one datagram at once or not at all. Errors: request_too_long for what no datagram
    /// holds; everything else that can go wrong is the loss of a datagram, and counted.
    Status send_to(const Peer& peer, ByteView datagram);
    void close();

private:
    UdpListener(asio::ip::udp::socket socket, Handler handler);

    void receive();
    void receive_later();

    asio::ip::udp::socket socket_;
    asio::steady_timer pause_;
    Handler handler_;
    Peer peer_;  // of the datagram in space_
    ByteBuffer space_;
    Counters counters_;
};

}  // namespace dlms::transport
