#pragma once
// ApduJoins: puts together the APDUs that one side of a conversation sends in parts: HDLC segments,
// general block transfer, and the blocks of GET, SET, ACTION, Read and Write, which become the APDU
// that would have been sent if it had fitted.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"
#include "stack/hdlc/frame.hpp"

namespace dlms::render {

/// Who speaks to whom: ports, or HDLC addresses, and the side of the connection where it is known:
/// both may have the same port.
struct Way {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    std::uint8_t side = 0;

    friend auto operator<=>(const Way&, const Way&) = default;
};
Way way_of(const hdlc::Frame& frame, std::uint8_t side = 0);

/// What became of several pieces.
struct JoinedApdu {
    std::string_view of;            ///< "segments", "general-block-transfer" or "service-blocks"
    std::vector<std::size_t> from;  ///< the numbers of the pieces
    ByteBuffer apdu;                ///< empty when there is a problem
    std::string problem;            ///< why no APDU came of them
};

class ApduJoins {
public:
    /// The most octets that one APDU may come to; what is longer is a problem. `both_ways`: what
    /// comes is of both sides, since nothing tells them apart: an empty block is then none of the
    /// blocks, but the other side's acknowledgement.
    explicit ApduJoins(std::size_t most, bool both_ways = false)
        : most_(most), both_ways_(both_ways) {}

    /// Takes a segment of an APDU, `ends` when none follows. Returns the APDU when it is whole; of
    /// one segment alone too.
    std::optional<JoinedApdu> take_segment(std::size_t piece, ByteView part, bool ends);

    /// Takes the segment in an I or UI frame, without the LLC header of the first; the two kinds
    /// have APDUs of their own. An I frame that came before is left out, and one behind a lost one
    /// too: its sender repeats both. A last segment out of turn, and the first of another APDU,
    /// spoil the one that is under way.
    std::optional<JoinedApdu> take_frame(std::size_t piece, const hdlc::Frame& frame);

    /// Whether segments of the frame's kind have come and the last has not.
    bool is_in_segments(hdlc::FrameType type = hdlc::FrameType::i) const {
        return !segments_of(type).parts.from.empty();
    }

    /// Octets are missing: no APDU comes of the segments so far.
    void lose_octets();
    /// No APDU comes of the segments to the next that ends.
    void spoil_segments() { spoil(numbered_); }
    /// The segments so far are given up, and the next is the first.
    void drop_segments() { numbered_ = {}; }

    /// Takes a whole APDU, deciphered where it was ciphered; `from` are the pieces that it came in.
    /// Returns what is whole with it.
    std::optional<JoinedApdu> take_apdu(const std::vector<std::size_t>& from, ByteView apdu);

    /// What has begun and did not end, as problems; numbers begin anew.
    std::vector<JoinedApdu> take_unfinished();

private:
    /// A block that came before one that was lost: a receiver keeps it, and its sender knows.
    struct EarlyBlock {
        ByteBuffer octets;
        bool is_last = false;
    };
    struct Parts {
        std::vector<std::size_t> from;
        ByteBuffer octets;                          ///< of the blocks so far
        ByteBuffer first;                           ///< the APDU that brought the first block
        std::uint32_t last = 0;                     ///< the number of the last block in order
        bool is_whole = false;                      ///< and it was the last of all
        std::map<std::uint32_t, EarlyBlock> early;  ///< by their numbers
        std::string problem;                        ///< why nothing will come of them
    };
    struct Segments {
        Parts parts;
        std::optional<std::uint8_t> sequence;  ///< N(S) of the last in order, of I frames
        std::size_t last_size = 0;             ///< octets of the last in order
        unsigned out_of_turn = 0;              ///< since then
        /// What a last segment out of turn has spoilt: its sender may repeat the lost ones.
        Parts spoilt;
    };
    /// One block, whatever the service.
    struct Block {
        std::uint32_t number = 0;
        bool is_last = false;
        ByteView octets;
    };

    const Segments& segments_of(hdlc::FrameType type) const {
        return type == hdlc::FrameType::ui ? unnumbered_ : numbered_;
    }
    static void spoil(Segments& segments);
    /// Takes a frame that is not the next in order; true if there is nothing to add.
    bool is_left_out(Segments& segments, std::size_t piece, const hdlc::Frame& frame,
                     ByteView part) const;
    std::optional<JoinedApdu> add_segment(Segments& segments, std::size_t piece, ByteView part,
                                          bool ends) const;
    static std::optional<Block> block_in(ByteView apdu);
    /// The parts of a service; the oldest ones are given up when there are too many.
    Parts& parts_of(std::uint16_t service);
    std::optional<JoinedApdu> take_block(std::string_view of, Parts& parts, const Block& block,
                                         const std::vector<std::size_t>& from, ByteView apdu);
    void add(Parts& parts, ByteView octets) const;
    /// Adds the next block in order, and the early ones that it was missing for.
    void add_block(Parts& parts, const Block& block) const;
    void keep_early(Parts& parts, const Block& block) const;

    std::size_t most_;
    bool both_ways_;
    Segments numbered_;    ///< of I frames
    Segments unnumbered_;  ///< of UI frames
    Parts general_;
    /// The number of the last block that only acknowledged: the blocks of an answer go on from it.
    std::uint32_t acknowledged_ = 0;
    std::map<std::uint16_t, Parts> services_;  ///< by tag and invoke-id
};

}  // namespace dlms::render
