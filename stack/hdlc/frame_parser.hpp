#pragma once
// FrameParser: HDLC frames out of a byte stream that comes in any pieces (Green Book 8.4; sheet
// section 8.1). Sans I/O; the same for both roles.
//
// Frames are delimited by their length, never by searching the next flag. A header whose check
// sequence is wrong is given up at once, so that a false flag in noise cannot swallow what follows
// it. Where a frame does not end in a flag, octets were lost or added, and the search goes on
// behind the flag at its beginning. A frame that ends in a flag and fails its check is dropped
// whole: what its data look like is never taken for frames.
//
// After a silence longer than the inter-octet time-out an unfinished frame is dropped, and a flag
// before the silence opens nothing after it. Without the time-out (a stream), the closing flag of
// a frame may be the opening one of the next however late that comes.

#include <chrono>
#include <optional>

#include "stack/base/time.hpp"
#include "stack/hdlc/frame.hpp"

namespace dlms::hdlc {

/// What octets that form no frame lead to.
enum class ErrorMode : std::uint8_t {
    discard,  ///< they are dropped and counted; a serial line has noise
    close,    ///< the parser fails for good; on a reliable stream something else is talking
};

/// The standard's default on a serial line; its range is 20 ms to 6 s.
inline constexpr std::chrono::milliseconds default_inter_octet_timeout{25};

class FrameParser {
public:
    struct Configuration {
        ErrorMode error_mode = ErrorMode::discard;
        std::optional<std::chrono::milliseconds> inter_octet_timeout;  ///< nothing: a stream
    };

    /// What was taken and, by cause, what was dropped: frames, but octets where it says so.
    struct Counters {
        std::uint64_t frames = 0;         ///< whole and right
        std::uint64_t noise_octets = 0;   ///< outside of frames
        std::uint64_t wrong_format = 0;   ///< a flag, and behind it no frame format of type 3
        std::uint64_t wrong_length = 0;   ///< too short, or no flag where the frame should end
        std::uint64_t wrong_address = 0;  ///< an address of 3 or more than 4 octets
        std::uint64_t header_check = 0;
        std::uint64_t frame_check = 0;
        std::uint64_t incomplete =
            0;  ///< ended by the inter-octet time-out or by discard_partial()

        friend bool operator==(const Counters&, const Counters&) = default;
    };

    explicit FrameParser(const Configuration& configuration) : configuration_(configuration) {}

    // A getters
    const Counters& counters() const { return counters_; }
    /// Why the parser failed: the error of the first octets that form no frame. Only in
    /// ErrorMode::close; offsets count from the beginning of the stream.
    const std::optional<Error>& failure() const { return failure_; }
    /// Octets held: never more than one frame when the frames are polled after each input.
    std::size_t buffered() const { return input_.size() - position_; }
    /// Octets, with its flags, of the frame that has begun to come and is right so far; those of
    /// the longest header before that is whole. 0: none has begun. To be asked when the frames are
    /// polled.
    std::size_t unfinished_size() const;
    /// When octets came last.
    Instant last_octet() const { return last_octet_; }

    // B inputs
    void receive(ByteView octets, Instant now);
    void handle_timeout(Instant now);
    /// Gives an unfinished frame up, as the inter-octet time-out does.
    void discard_partial() { boundary_ = input_.size(); }
    /// Begins a new stream; counters go on.
    void reset();

    // D outputs
    /// The next frame; valid until the next input.
    std::optional<RawFrame> poll_frame();
    /// When an unfinished frame is given up.
    std::optional<Instant> poll_timeout() const;

private:
    enum class Step : std::uint8_t { again, wait, frame };

    void forget_consumed();
    bool has_partial() const;
    Step step(RawFrame& frame);
    Step reject(ErrorCode code, std::uint64_t& counter, std::size_t offset);
    Step check_head(ByteView rest);
    Step check_length(ByteView rest, std::size_t head);
    void skip_noise();

    Configuration configuration_;
    Counters counters_;
    std::optional<Error> failure_;
    ByteBuffer input_;
    std::size_t position_ = 0;        // of the flag that may open a frame, or of what precedes any
    std::size_t boundary_ = 0;        // no frame reaches over this place
    std::size_t stream_base_ = 0;     // octets of the stream before input_
    std::size_t trusted_length_ = 0;  // of the frame at position_, once its header is right
    Instant last_octet_{};
};

}  // namespace dlms::hdlc
