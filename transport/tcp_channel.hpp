#pragma once
// TcpChannel: a TCP connection.

#include <asio/ip/tcp.hpp>

#include "transport/channel.hpp"

namespace dlms::transport {

class TcpChannel final : public Channel {
public:
    /// Takes the connected socket. Errors of its calls: connection_lost and its kin.
    explicit TcpChannel(asio::ip::tcp::socket socket);

    asio::any_io_executor executor() override { return socket_.get_executor(); }
    Result<std::size_t> write_some(ByteView bytes) override;
    void wait_writable(std::shared_ptr<ChannelUser> user) override;
    void read(std::span<Byte> space, std::shared_ptr<ChannelUser> user) override;
    void close() override;

private:
    asio::ip::tcp::socket socket_;
};

}  // namespace dlms::transport
