#pragma once
// PtyChannel: the near end of a pseudo-terminal, whose far end programs open like a serial port.
// This is how a simulated meter has one.

#include <filesystem>

#include "transport/descriptor_channel.hpp"

namespace dlms::transport {

/// Makes a pseudo-terminal and a symbolic link to its far end at `link`, which goes with the
/// channel. A link to another pseudo-terminal, left by a program that was killed, is replaced.
/// Programs may open and close the far end as often as they like: the line stays. Errors: port_busy
/// when something else stands at `link`, port_denied.
Result<std::unique_ptr<Channel>> open_pty(const asio::any_io_executor& executor,
                                          const std::filesystem::path& link);

class PtyChannel final : public DescriptorChannel {
public:
    /// Takes the near end, and the far end's descriptor, which it keeps open.
    PtyChannel(asio::posix::stream_descriptor near_end, asio::posix::stream_descriptor far_end,
               std::filesystem::path device, std::filesystem::path link);
    ~PtyChannel() override;

    void close() override;

private:
    // While it is open, a program that closes the far end does not end the line.
    asio::posix::stream_descriptor far_end_;
    std::filesystem::path device_;
    std::filesystem::path link_;
};

}  // namespace dlms::transport
