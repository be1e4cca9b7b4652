#pragma once
// MessageCollector: finds the messages of IEC 62056-21 in the characters of a line, one after the
// other, whatever stands between them.

#include "stack/base/bytes.hpp"

namespace dlms::iec62056_21 {

class MessageCollector {
public:
    /// Which messages are awaited; the first characters of others are noise.
    enum class Kind : std::uint8_t {
        opening,  ///< "/" up to the end of the line, six characters from ACK, NAK alone
        block,    ///< STX or SOH up to ETX or EOT, and the block check behind it
    };
    enum class Progress : std::uint8_t {
        noise,     ///< a character outside of any message
        begun,     ///< inside of a message
        whole,     ///< the last character of a message
        overflow,  ///< the message was longer than its limit, and is dropped
    };

    static constexpr std::size_t max_opening = 128;
    static constexpr std::size_t max_block = 256 * 1024;

    /// Drops what has come, and awaits messages of the kind.
    void await(Kind kind);
    /// Takes a character of seven bits. A "/" begins anew.
    Progress take(Byte character);

    /// Something of a message has come, and not all of it.
    bool is_inside() const { return !message_.empty() && !whole_; }
    /// The whole message; valid until the next call of take() or await().
    ByteView message() const { return message_; }

private:
    bool begins_message(Byte character) const;
    bool ends_message() const;

    Kind kind_ = Kind::opening;
    ByteBuffer message_;
    bool whole_ = false;
    bool at_check_ = false;  // the block check comes next
};

}  // namespace dlms::iec62056_21
