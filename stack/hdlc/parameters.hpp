#pragma once
// Negotiation parameters in the information field of SNRM and UA (Green Book 8.4.5.3.2; sheet
// section 8.4): 81 80 length { id length value }. What is absent has its default.

#include <cstdint>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"
#include "stack/base/writer.hpp"

namespace dlms::hdlc {

/// Each side states what it itself transmits and receives.
struct Parameters {
    std::uint32_t max_information_transmit = 128;  ///< octets; the standard's range is 32-2030
    std::uint32_t max_information_receive = 128;   ///< likewise
    std::uint32_t window_transmit = 1;             ///< frames; the standard's range is 1-7
    std::uint32_t window_receive = 1;              ///< likewise

    friend bool operator==(const Parameters&, const Parameters&) = default;
};

/// Decodes an information field; an empty one holds all defaults. Parameters of unknown id are
/// skipped; values are not judged, which is for the side that negotiates. Errors: frame_format for
/// another format identifier, unknown_choice for another group, length_beyond_buffer, truncated,
/// value_out_of_range for a value of another length than the standard's, repeated_field,
/// trailing_octets.
Result<Parameters> decode_parameters(ByteView information, std::size_t base_offset = 0);

/// The ranges of the standard.
inline constexpr std::uint32_t least_information_length = 32;
inline constexpr std::uint32_t largest_information_length = 2030;
inline constexpr std::uint32_t largest_window = 7;
inline constexpr Parameters largest_parameters{
    largest_information_length, largest_information_length, largest_window, largest_window};

/// What holds on a link, seen from the side that proposed `own`, when its peer stated `peer`: each
/// direction has the smaller of what one side transmits and the other receives, and no more than
/// the standard's largest. Values below the ranges stay: is_acceptable() tells them.
/// Some meters state the length of whole frames here; whoever talks to one makes its own transmit
/// limit smaller by what surrounds the information (ClientLinkConfiguration::peer_counts_frames).
Parameters negotiate(const Parameters& own, const Parameters& peer);

/// Whether every value is one that the standard allows, or larger: what a server answers with UA,
/// and with DM else.
bool is_acceptable(const Parameters& stated);

/// Appends all four parameters, lengths above 255 in two octets, windows in four.
void encode(Writer& writer, const Parameters& parameters);

}  // namespace dlms::hdlc
