#include "transport/descriptor_channel.hpp"

#include <termios.h>

#include <asio/buffer.hpp>
#include <asio/error.hpp>

#include "transport/error_mapping.hpp"

namespace dlms::transport {
namespace {

/// An error here, or the end of the stream, is a device that went away; a close of our own is not.
Error line_error(const std::error_code& error) {
    const ErrorCode code =
        error == asio::error::operation_aborted ? ErrorCode::cancelled : ErrorCode::port_gone;
    return Error{code, Layer::transport, 0};
}

}  // namespace

DescriptorChannel::DescriptorChannel(asio::posix::stream_descriptor descriptor)
    : descriptor_(std::move(descriptor)) {
    std::error_code ignored;
    descriptor_.non_blocking(true, ignored);
}

Result<std::size_t> DescriptorChannel::write_some(ByteView bytes) {
    std::error_code error;
    const std::size_t count =
        descriptor_.write_some(asio::buffer(bytes.data(), bytes.size()), error);
    if (error && !would_block(error)) {
        return std::unexpected(line_error(error));
    }
    return count;
}

void DescriptorChannel::wait_writable(std::shared_ptr<ChannelUser> user) {
    descriptor_.async_wait(asio::posix::stream_descriptor::wait_write,
                           [user = std::move(user)](std::error_code error) {
                               if (!error) {
                                   user->may_write();
                               }
                           });
}

void DescriptorChannel::read(std::span<Byte> space, std::shared_ptr<ChannelUser> user) {
    descriptor_.async_read_some(
        asio::buffer(space.data(), space.size()),
        [user = std::move(user)](std::error_code error, std::size_t count) {
            user->read_ended(error ? Result<std::size_t>(std::unexpected(line_error(error)))
                                   : Result<std::size_t>(count));
        });
}

bool make_raw(int descriptor) {
    termios settings{};
    if (::tcgetattr(descriptor, &settings) != 0) {
        return false;
    }
    ::cfmakeraw(&settings);
    settings.c_cc[VMIN] = 1;  // a read of nothing says so, and is not the end
    settings.c_cc[VTIME] = 0;
    return ::tcsetattr(descriptor, TCSANOW, &settings) == 0;
}

}  // namespace dlms::transport
