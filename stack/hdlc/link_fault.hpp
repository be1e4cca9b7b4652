#pragma once
// LinkFault: what a client link knew when it failed, for the people who look for the reason: which
// frame waited for an answer, what was expected, and what came instead.

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "stack/base/error.hpp"
#include "stack/hdlc/address.hpp"

namespace dlms::hdlc {

/// A frame without its information.
struct FrameNote {
    std::uint8_t control_octet = 0;
    Address source;
    Address destination;

    friend bool operator==(const FrameNote&, const FrameNote&) = default;
};

/// What makes a frame that came unusable.
enum class FrameDefect : std::uint8_t {
    none,
    no_llc,           ///< an APDU without LLC header
    parameters,       ///< a UA whose negotiation parameters do not decode
    unusable_limits,  ///< a UA that leaves no room for an APDU
};

struct LinkFault {
    ErrorCode code{};
    FrameDefect defect = FrameDefect::none;
    /// Our last frame, which the failure is about; nothing when none was sent.
    std::optional<FrameNote> sent;
    unsigned tries = 0;  ///< how often its turn was taken without progress
    /// The last frame that came and did not bring the exchange on.
    std::optional<FrameNote> came;
    /// Damaged frames and octets outside of frames since the exchange last went on.
    std::uint64_t dropped = 0;
    // N(R) that the meter could say.
    std::uint8_t least_acknowledged = 0;
    std::uint8_t most_acknowledged = 0;
    /// What FRMR says: the rejected control octet, the meter's counters, the reasons.
    std::optional<std::array<std::uint8_t, 3>> rejection;
};

/// For example "SNRM to 1/17 asks for UA; nothing came in 4 tries". Nothing of it is the peer's
/// text.
std::string describe(const LinkFault& fault);

}  // namespace dlms::hdlc
