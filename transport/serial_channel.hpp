#pragma once
// SerialChannel: a serial port, ours alone while it is open. Pseudo-terminals are taken too: they
// keep the speed, know no parity, and carry octets.

#include <optional>
#include <string>

#include <asio/steady_timer.hpp>

#include "transport/descriptor_channel.hpp"

namespace dlms::transport {

struct SerialEndpoint {
    std::string path;        ///< of the device, for example "/dev/ttyUSB0"
    LineSettings line = {};  ///< flow control is always off
    /// Request to send and data terminal ready; empty: as the system has them. Some optical heads
    /// and converters take their power, or their direction, from these.
    std::optional<bool> rts = std::nullopt;
    std::optional<bool> dtr = std::nullopt;

    friend bool operator==(const SerialEndpoint&, const SerialEndpoint&) = default;
};

/// Opens the port, locks it for us alone, and throws away what it had received before. Errors:
/// port_missing, port_busy, port_denied (permission, or no serial port), port_settings_refused,
/// unsupported_baud_rate, out_of_range for settings that no port has. A device that was unplugged
/// and has come back is found by the next call.
Result<std::unique_ptr<Channel>> open_serial(const asio::any_io_executor& executor,
                                             const SerialEndpoint& endpoint);

class SerialChannel final : public DescriptorChannel {
public:
    /// Takes an open, locked port that has the settings.
    SerialChannel(asio::posix::stream_descriptor descriptor, const LineSettings& line);
    ~SerialChannel() override;

    /// Errors of line_changed(): port_settings_refused, unsupported_baud_rate, out_of_range,
    /// port_gone.
    Result<bool> change_line(const LineSettings& settings,
                             std::shared_ptr<ChannelUser> user) override;
    void close() override;

private:
    /// Asks again, until the last octet has left, and then changes the settings.
    void await_drain(std::shared_ptr<ChannelUser> user);
    void drain_went_on(const std::shared_ptr<ChannelUser>& user);
    Status apply();

    asio::steady_timer timer_;
    LineSettings line_;    // in force
    LineSettings wanted_;  // while a change is under way
    bool drained_ = false;
};

}  // namespace dlms::transport
