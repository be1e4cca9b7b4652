#pragma once
// One HDLC frame of format type 3 (Green Book 8.4; sheet section 8.1):
// 7E | format | destination | source | control | HCS | information | FCS | 7E
// HCS and information are there together or not at all. There is no octet stuffing: 7E may occur
// anywhere, and the length field, of 11 bits, rules.

#include <cstdint>
#include <optional>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"
#include "stack/base/writer.hpp"
#include "stack/hdlc/address.hpp"
#include "stack/hdlc/control.hpp"

namespace dlms::hdlc {

inline constexpr std::uint8_t flag = 0x7E;
/// The largest number of octets between the flags.
inline constexpr std::size_t max_frame_length = 0x7FF;
/// The smallest: format, two addresses of one octet, control, FCS.
inline constexpr std::size_t least_frame_length = 7;

struct Frame {
    bool segmented = false;  ///< more segments of the same information follow
    Address destination;
    Address source;
    ControlField control;
    ByteView information;  ///< a view into the octets decoded; may be empty
};

/// What a frame says beside its meaning, for those who show it.
struct FrameOctets {
    std::uint16_t length = 0;          ///< octets between the flags
    ByteView destination;              ///< as sent
    ByteView source;                   ///< as sent
    std::optional<std::uint16_t> hcs;  ///< in the order of the octets on the line, as big endian
    std::uint16_t fcs = 0;             ///< likewise
    std::size_t information_offset = 0;
};

struct DecodedFrame {
    Frame frame;
    FrameOctets octets;
};

/// A frame whose octets are in order, and whose control field nobody has judged yet: a server
/// answers FRMR to one that it does not know.
struct RawFrame {
    bool segmented = false;
    Address destination;
    Address source;
    std::uint8_t control_octet = 0;
    ByteView information;  ///< a view into the octets decoded; may be empty
    ByteView content;      ///< all octets between the flags
    FrameOctets octets;
};

/// Takes the octets between two flags, without these, apart. Errors: truncated, frame_format,
/// frame_length_mismatch when the length field does not count exactly these octets, check_mismatch,
/// address_encoding, header_check_mismatch. Offsets count from `base_offset`.
Result<RawFrame> decode_raw_frame(ByteView content, std::size_t base_offset = 0);

/// Decodes the octets between two flags. Errors: those of decode_raw_frame(), unsupported_control
/// (REJ included), information_not_permitted.
Result<DecodedFrame> decode_frame_content(ByteView content, std::size_t base_offset = 0);

/// Decodes one frame with its two flags and nothing else; before it flags may be repeated, as fill.
/// Errors: no_frame without flags or with nothing between them, trailing_octets, and those of
/// decode_frame_content().
Result<DecodedFrame> decode_frame(ByteView octets);

/// Takes the next frame of octets that hold whole frames, one after the other: flags between them
/// may be shared or doubled. After the last frame only flags may stand; at_end() skips them.
class FrameSequence {
public:
    /// `octets` must outlive the sequence and the frames taken from it.
    explicit FrameSequence(ByteView octets) : octets_(octets) {}

    /// Whether only flags are left.
    bool at_end() const;
    /// Behind the closing flag of the last frame.
    std::size_t position() const { return position_; }
    /// Errors as decode_frame(). After an error the sequence is at an undefined place.
    Result<DecodedFrame> next();

private:
    ByteView octets_;
    std::size_t position_ = 0;
};

/// Appends the frame with both flags. The writer fails for an invalid address and for more than
/// max_frame_length octets.
void encode(Writer& writer, const Frame& frame);

}  // namespace dlms::hdlc
