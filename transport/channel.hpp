#pragma once
// Channel: one line to a peer as the driver uses it, whatever it is made of: TCP, TLS, UDP, a
// serial port, a pseudo-terminal. Single-threaded: every call comes from the channel's executor.

#include <memory>
#include <span>

#include <asio/any_io_executor.hpp>

#include "stack/base/bytes.hpp"
#include "stack/base/line_settings.hpp"
#include "stack/base/result.hpp"

namespace dlms::transport {

/// Gets what was asked of a channel. It owns the channel, and what is under way keeps it alive, so
/// calls may still come after close(); they say nothing then.
class ChannelUser {
public:
    virtual ~ChannelUser() = default;

    /// How many octets came, or why none will: the line is over then.
    virtual void read_ended(const Result<std::size_t>& count) = 0;
    /// The line may take octets again.
    virtual void may_write() = 0;
    /// The new settings hold, or were refused.
    virtual void line_changed(const Status& status) = 0;
};

class Channel {
public:
    virtual ~Channel() = default;

    virtual asio::any_io_executor executor() = 0;
    /// Octets that the space for read() should have, so that no datagram is cut.
    virtual std::size_t read_size() const { return 2048; }
    /// Takes some of the octets without waiting, 0 when it can take none now; a datagram is taken
    /// whole or not at all.
    virtual Result<std::size_t> write_some(ByteView bytes) = 0;
    /// Calls may_write(), not inside this call, when the line may take octets again.
    virtual void wait_writable(std::shared_ptr<ChannelUser> user) = 0;
    /// Reads what comes next, or one datagram, into `space`, and calls read_ended(), not inside
    /// this call. One read at a time.
    virtual void read(std::span<Byte> space, std::shared_ptr<ChannelUser> user) = 0;
    /// Changes the settings when all octets written before have left: at once (true), or later
    /// (false) with a call of line_changed(). A line without settings has changed at once.
    virtual Result<bool> change_line(const LineSettings&, std::shared_ptr<ChannelUser>) {
        return true;
    }
    /// Ends the line; what has not left yet may be lost.
    virtual void close() = 0;
};

}  // namespace dlms::transport
