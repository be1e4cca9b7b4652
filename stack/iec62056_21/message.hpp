#pragma once
// Messages of IEC 62056-21 (clause 6.3): what opens modes A to E, the data readout, programming
// messages; and the telegram that a P1 port sends unasked (DSMR P1). Seven-bit text: the parity bit
// is the line's business and must be gone.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"
#include "stack/base/writer.hpp"
#include "stack/iec62056_21/data_set.hpp"

namespace dlms::iec62056_21 {

namespace control {

inline constexpr std::uint8_t soh = 0x01;
inline constexpr std::uint8_t stx = 0x02;
inline constexpr std::uint8_t etx = 0x03;
inline constexpr std::uint8_t eot = 0x04;
inline constexpr std::uint8_t ack = 0x06;
inline constexpr std::uint8_t nak = 0x15;

}  // namespace control

/// "/?" address "!": from the client, at 300 Bd.
struct Request {
    std::string_view address;  ///< up to 32 characters; empty for the only meter on the line
};

/// Whether this may be the name of a maker: three letters (the FLAG register).
constexpr bool is_manufacturer(std::string_view text) {
    return text.size() == 3 && std::ranges::all_of(text, [](char letter) {
               return (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z');
           });
}

/// Whether two names of makers are the same one: the case of the third letter says how soon the
/// meter answers, not who made it.
bool is_same_manufacturer(std::string_view one, std::string_view other);

/// "/" manufacturer, baud character, identification: the meter's answer.
struct Identification {
    std::string_view manufacturer;  ///< three letters of the FLAG register
    char baud_character = '0';
    bool hdlc_mode_e = false;         ///< announced by "\2"
    std::string_view identification;  ///< without "\2"

    /// A lower-case third letter announces a reaction time of 20 ms in the place of 200 ms.
    bool is_fast() const;
};

/// ACK, protocol control, baud character, mode: from the client, and echoed in mode E.
struct Acknowledgement {
    char protocol_control = '0';  ///< '0' normal, '1' secondary, '2' HDLC
    char baud_character = '0';
    char mode = '0';  ///< '0' data readout, '1' programming, '2' binary (HDLC)
};

/// SOH command [STX data] ETX BCC, or STX data ETX BCC.
struct Message {
    std::optional<char> command;        ///< 'P', 'W', 'R', 'E' or 'B', behind SOH
    std::optional<char> type;           ///< command type identifier
    std::optional<ByteView> data_sets;  ///< checked; read them with take_value()
    std::size_t data_offset = 0;
    bool is_last = true;     ///< ends with ETX; EOT announces a further partial block
    std::uint8_t check = 0;  ///< BCC, and right
};

/// One of ACK and NAK alone.
struct Acceptance {
    bool is_positive = true;
};

/// "/" identification, an empty line, data sets, "!" and, from DSMR 4 on, a CRC. Captures that went
/// through a text tool have line feeds alone, or no line end behind the CRC: both are taken.
struct Telegram {
    std::string_view manufacturer;
    char baud_character = '0';
    std::string_view identification;  ///< as it stands, a "\2" included
    ByteView data_sets;               ///< checked; read them with take_value()
    std::size_t data_offset = 0;
    std::optional<std::uint16_t> crc;  ///< and right
    /// NUL octets behind the telegram, from a capture in a larger buffer: how it ended is not
    /// known, and its CRC is not judged.
    std::size_t padding = 0;
};

using Line = std::variant<Request, Identification, Acknowledgement, Message, Acceptance, Telegram>;

/// Decodes one whole message and nothing else; views are valid as long as the octets. Errors:
/// truncated, trailing_octets, unknown_choice for a first octet of none of them, invalid_text,
/// missing_field for an identification without manufacturer and baud character, unknown_value for a
/// command that is none, check_mismatch for a wrong BCC or CRC.
Result<Line> decode_line(ByteView octets);

/// The speed in baud that the character stands for: '0'-'6' in modes C and E, 'A'-'F' in mode B.
std::optional<std::uint32_t> baud_rate(char baud_character);

// What a client and a meter write. The writer fails for text that is not printable.
void encode(Writer& writer, const Request& request);
void encode(Writer& writer, const Identification& identification);
void encode(Writer& writer, const Acknowledgement& acknowledgement);
/// A data readout: STX, the data sets, "!", a line end, ETX and the block check.
void encode_readout(Writer& writer, std::span<const DataSet> data_sets);

}  // namespace dlms::iec62056_21
