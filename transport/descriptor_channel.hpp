#pragma once
// DescriptorChannel: what a serial port and a pseudo-terminal have in common: octets through a file
// descriptor of a terminal device.

#include <asio/posix/stream_descriptor.hpp>

#include "transport/channel.hpp"

namespace dlms::transport {

class DescriptorChannel : public Channel {
public:
    asio::any_io_executor executor() override { return descriptor_.get_executor(); }
    /// Errors: port_gone.
    Result<std::size_t> write_some(ByteView bytes) override;
    void wait_writable(std::shared_ptr<ChannelUser> user) override;
    void read(std::span<Byte> space, std::shared_ptr<ChannelUser> user) override;

protected:
    explicit DescriptorChannel(asio::posix::stream_descriptor descriptor);

    asio::posix::stream_descriptor descriptor_;
};

/// Makes a terminal device carry all octets as they are: no echo, no line editing, no signals, no
/// translation. False when it is no terminal.
bool make_raw(int descriptor);

}  // namespace dlms::transport
