#pragma once
// UdpChannel: datagrams to and from one peer; what comes from others does not reach it. Datagrams
// may get lost, doubled, or overtake each other: that is the session's business.

#include <asio/ip/udp.hpp>

#include "transport/channel.hpp"

namespace dlms::transport {

/// The largest datagram that UDP over IPv4 or IPv6 carries, and a little more.
inline constexpr std::size_t max_datagram = 65'536;

class UdpChannel final : public Channel {
public:
    /// Takes the connected socket. Errors of its calls: connect_refused when the peer's host says
    /// that nobody listens, request_too_long for what no datagram holds, host_unreachable.
    explicit UdpChannel(asio::ip::udp::socket socket);

    asio::any_io_executor executor() override { return socket_.get_executor(); }
    std::size_t read_size() const override { return max_datagram; }
    Result<std::size_t> write_some(ByteView bytes) override;
    void wait_writable(std::shared_ptr<ChannelUser> user) override;
    void read(std::span<Byte> space, std::shared_ptr<ChannelUser> user) override;
    void close() override;

private:
    asio::ip::udp::socket socket_;
};

}  // namespace dlms::transport
