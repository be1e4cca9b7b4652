#include "transport/tcp_channel.hpp"

#include <asio/error.hpp>

#include "transport/error_mapping.hpp"

namespace dlms::transport {

TcpChannel::TcpChannel(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {
    std::error_code ignored;
    socket_.non_blocking(true, ignored);
    // A request waits for its answer, so nothing is gained by waiting to fill a segment.
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

Result<std::size_t> TcpChannel::write_some(ByteView bytes) {
    std::error_code error;
    const std::size_t count = socket_.write_some(asio::buffer(bytes.data(), bytes.size()), error);
    if (error && !would_block(error)) {
        return std::unexpected(to_error(error));
    }
    return count;
}

void TcpChannel::wait_writable(std::shared_ptr<ChannelUser> user) {
    // A line that broke says so to the read.
    socket_.async_wait(asio::ip::tcp::socket::wait_write,
                       [user = std::move(user)](std::error_code error) {
                           if (!error) {
                               user->may_write();
                           }
                       });
}

void TcpChannel::read(std::span<Byte> space, std::shared_ptr<ChannelUser> user) {
    socket_.async_read_some(asio::buffer(space.data(), space.size()),
                            [user = std::move(user)](std::error_code error, std::size_t count) {
                                user->read_ended(read_result(error, count));
                            });
}

void TcpChannel::close() {
    std::error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
}

}  // namespace dlms::transport
