#pragma once
// LineTally: what clients have sent to meters and got from them, and what of it was of no use. For
// totals over many meters; used on one thread.

#include <array>
#include <cstdint>
#include <string_view>

namespace dlms::client {

struct LineTally {
    std::uint64_t octets_sent = 0;
    std::uint64_t octets_received = 0;
    std::uint64_t answers = 0;           ///< APDUs that brought a request on
    std::uint64_t late_answers = 0;      ///< to requests that are over
    std::uint64_t unexpected_apdus = 0;  ///< that nothing had a use for
    std::uint64_t malformed_apdus = 0;
    std::uint64_t refused_apdus = 0;   ///< did not open, or were protected too little
    std::uint64_t misaddressed = 0;    ///< APDUs and frames of others
    std::uint64_t bad_datagrams = 0;   ///< that are not one WPDU
    std::uint64_t damaged_frames = 0;  ///< HDLC: wrong check sequence, length or form; cut off
    std::uint64_t stray_frames = 0;    ///< HDLC: repeated, out of order, or not known there
    std::uint64_t repetitions = 0;     ///< requests and frames of ours that were sent once more

    /// What came since an earlier state of the same tally.
    LineTally since(const LineTally& before) const;
    LineTally& operator+=(const LineTally& more);

    /// Why octets that came were dropped: a word for each cause and how often.
    struct Drop {
        std::string_view cause;
        std::uint64_t count;
    };
    std::array<Drop, 8> drops() const;
};

}  // namespace dlms::client
