#pragma once
// NumberedTransfer: what both ends of a link know of the numbered information that travels between
// them (ISO/IEC 13239; sheet section 8.5): V(S), V(R), the window, and the segments of each way.
//
// What was sent and not acknowledged is always sent again from the first of it: a final or a poll
// that acknowledges less than everything says that the rest did not arrive.

#include <optional>

#include "stack/hdlc/control.hpp"
#include "stack/hdlc/parameters.hpp"
#include "stack/hdlc/segmenter.hpp"

namespace dlms::hdlc {

/// What N(S) says of an I frame.
enum class Arrival : std::uint8_t {
    next,      ///< the one that is due
    repeated,  ///< one that is already here
    early,     ///< one behind the one that is due, which is missing
};

class NumberedTransfer {
public:
    /// Both counters are 0 and nothing is under way; the limits are those negotiated.
    void reset(const Parameters& agreed, std::size_t max_apdu);

    // Towards the peer

    void queue(ByteView llc, ByteView apdu) { sending_.add(llc, apdu); }
    /// Whether everything queued has been acknowledged.
    bool all_acknowledged() const { return sending_.empty(); }
    std::size_t queued() const { return sending_.size(); }
    /// Frames sent and not acknowledged.
    unsigned outstanding() const { return outstanding_; }
    /// How many frames go out in one turn.
    unsigned window() const;
    /// The frame with `index` others before it in the turn: control field without P/F.
    Segment segment(unsigned index) const { return sending_.segment(index); }
    ControlField control(unsigned index, bool poll_final) const;
    /// Notes that a turn of so many frames has gone out.
    void sent(unsigned frames) { outstanding_ = frames > outstanding_ ? frames : outstanding_; }
    /// Takes N(R). Returns how many frames it acknowledges for the first time, and nothing when it
    /// speaks of frames that were never sent.
    std::optional<unsigned> acknowledge(std::uint8_t receive_sequence);
    /// V(S), as FRMR tells it.
    std::uint8_t send_state() const { return modulo(first_sent_ + outstanding_); }

    // From the peer

    /// N(R) of everything that is sent.
    std::uint8_t receive_state() const { return due_; }
    Arrival judge(std::uint8_t send_sequence) const;
    /// Takes the information of the frame that was due. False when the APDU would exceed max_apdu;
    /// nothing is taken then.
    bool take(ByteView information, bool segmented);
    /// Whether segments of an APDU are here and its last is not.
    bool is_assembling() const { return is_assembling_; }
    /// The octets of the APDU, LLC header included, after a frame that was not segmented was taken.
    ByteBuffer& assembled() { return assembled_; }

private:
    static std::uint8_t modulo(unsigned number) { return number & 7; }

    Segmenter sending_;
    std::uint8_t first_sent_ = 0;  // number of the first segment in sending_
    unsigned outstanding_ = 0;
    std::uint8_t due_ = 0;  // V(R)
    bool is_assembling_ = false;
    ByteBuffer assembled_;
    std::size_t max_assembled_ = 0;
    unsigned window_transmit_ = 1;
    unsigned window_receive_ = 1;
};

}  // namespace dlms::hdlc
