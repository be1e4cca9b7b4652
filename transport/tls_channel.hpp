#pragma once
// TlsChannel: TLS over a TCP connection, either side of it.

#include <asio/ip/tcp.hpp>
#include <asio/ssl/stream.hpp>

#include "transport/channel.hpp"

namespace dlms::transport {

class TlsChannel final : public Channel {
public:
    using Stream = asio::ssl::stream<asio::ip::tcp::socket>;

    /// Takes a stream whose handshake is done. Errors of its calls: own_certificate_rejected, which
    /// in TLS 1.3 a peer says only then; connection_lost and its kin; tls_failed.
    explicit TlsChannel(std::unique_ptr<Stream> stream);

    asio::any_io_executor executor() override;
    Result<std::size_t> write_some(ByteView bytes) override;
    void wait_writable(std::shared_ptr<ChannelUser> user) override;
    void read(std::span<Byte> space, std::shared_ptr<ChannelUser> user) override;
    void close() override;

private:
    /// What operations under way need; they may outlive the channel.
    struct State;

    static void write_ended(State& state, std::error_code error);

    std::shared_ptr<State> state_;
};

}  // namespace dlms::transport
