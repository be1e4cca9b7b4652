#include "transport/udp_channel.hpp"

#include "transport/error_mapping.hpp"

namespace dlms::transport {

UdpChannel::UdpChannel(asio::ip::udp::socket socket) : socket_(std::move(socket)) {
    std::error_code ignored;
    socket_.non_blocking(true, ignored);
}

Result<std::size_t> UdpChannel::write_some(ByteView bytes) {
    std::error_code error;
    const std::size_t count = socket_.send(asio::buffer(bytes.data(), bytes.size()), 0, error);
    if (error && !would_block(error)) {
        return std::unexpected(to_error(error));
    }
    return count;
}

void UdpChannel::wait_writable(std::shared_ptr<ChannelUser> user) {
    socket_.async_wait(asio::ip::udp::socket::wait_write,
                       [user = std::move(user)](std::error_code error) {
                           if (!error) {
                               user->may_write();
                           }
                       });
}

void UdpChannel::read(std::span<Byte> space, std::shared_ptr<ChannelUser> user) {
    socket_.async_receive(asio::buffer(space.data(), space.size()),
                          [user = std::move(user)](std::error_code error, std::size_t count) {
                              user->read_ended(read_result(error, count));
                          });
}

void UdpChannel::close() {
    std::error_code ignored;
    socket_.close(ignored);
}

}  // namespace dlms::transport
