#pragma once
// HDLC frames and WPDUs of the suite's own making: right ones, and ones with any fault that a case
// wants. Octets in hexadecimal. Nothing of stack/hdlc and stack/wrapper is used, so that the meter
// is not judged by the code it may be made of.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "conformance/declaration.hpp"
#include "stack/base/bytes.hpp"

namespace dlms::conformance {

/// Octets of hexadecimal text of the suite itself, which must be right.
ByteBuffer octets(std::string_view hex);
/// A number in so many octets, big endian.
Hex number(std::uint64_t value, std::size_t octet_count);
/// Number of octets.
constexpr std::size_t length(std::string_view hex) {
    return hex.size() / 2;
}
/// The number in octets from `at` on.
std::uint64_t number_at(std::string_view hex, std::size_t at, std::size_t octet_count);
/// A-XDR (and BER, definite form) length.
Hex encoded_length(std::size_t value);
/// Length and octets.
Hex counted(std::string_view content);

/// Check sequence of HDLC, low octet first.
Hex check_sequence(std::string_view content);

namespace control {
inline constexpr std::uint8_t snrm = 0x93;
inline constexpr std::uint8_t disc = 0x53;
inline constexpr std::uint8_t ua = 0x73;
inline constexpr std::uint8_t dm = 0x1F;
inline constexpr std::uint8_t ui = 0x03;
inline constexpr std::uint8_t frmr = 0x97;
inline constexpr std::uint8_t rr = 0x11;
inline constexpr std::uint8_t rnr = 0x15;
}  // namespace control

/// An HDLC address as octets: 1 (upper alone), 2 or 4.
Hex hdlc_address(std::uint8_t octet_count, std::uint16_t upper, std::uint16_t lower);

struct FrameParts {
    Hex destination;
    Hex source;
    std::uint8_t control = 0;
    Hex information{};
    bool segmented = false;
    std::uint8_t format = 0xA0;            ///< format type, in the high bits
    int length_error = 0;                  ///< added to the length, which the FCS covers
    std::uint16_t header_check_error = 0;  ///< flips bits of the HCS; the FCS covers the result
    std::uint16_t frame_check_error = 0;   ///< flips bits of the FCS
};

/// What stands between the flags.
Hex frame_content(const FrameParts& parts);
/// With both flags.
Hex frame(const FrameParts& parts);

struct ReceivedFrame {
    Hex octets;  ///< with flags
    Hex destination;
    Hex source;
    std::uint8_t control = 0;
    Hex information;
    bool segmented = false;

    bool is_information() const { return (control & 1) == 0; }
    bool is_receive_ready() const { return (control & 0x0F) == 1; }
    unsigned receive_sequence() const { return control >> 5; }
    unsigned send_sequence() const { return (control >> 1) & 7; }
};

struct ReceivedWpdu {
    Hex octets;
    std::uint16_t source = 0;
    std::uint16_t destination = 0;
    Hex apdu;
};

Hex wpdu(std::uint16_t source, std::uint16_t destination, std::string_view apdu);

/// Takes the first whole frame, or WPDU, from what has come; nothing while it is not whole. Throws
/// CaseEnd (failed) when the meter sent something else.
std::optional<ReceivedFrame> take_frame(ByteBuffer& stream);
std::optional<ReceivedWpdu> take_wpdu(ByteBuffer& stream);

}  // namespace dlms::conformance
