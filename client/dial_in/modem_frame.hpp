#pragma once
// What a meter, or its modem, says of itself on a connection that it has made: log-ins and
// heartbeats, in each maker's own form (docs/dial_in.md). They stand between the meter's APDUs.
//
// A maker is a file of this folder with a recogniser, and a row in recogniser_table.cpp.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "stack/wrapper/wpdu.hpp"

namespace dlms::client::dial_in {

struct ModemFrame {
    enum class Kind : std::uint8_t { log_in, heartbeat };

    Kind kind = Kind::heartbeat;
    /// As text, of letters, digits and a few marks (is_serial_number()); empty where the frame has
    /// none. Anybody can claim one: nothing may rest on it.
    std::string serial_number = {};
    std::optional<std::uint16_t> signal = {};  ///< quality, in the maker's own scale
    ByteBuffer answer = {};                    ///< what the modem waits for; empty: nothing
    /// The frame is one that the meter pushes to whoever reads pushes, too.
    bool is_push = false;
};

/// What a recogniser says of the front of the octets that have come.
struct Recognition {
    enum class Verdict : std::uint8_t {
        foreign,     ///< not this maker's
        unfinished,  ///< this maker's, and not all of it there
        damaged,     ///< this maker's, and not in order: its octets are to be dropped
        whole,
    };

    Verdict verdict = Verdict::foreign;
    std::size_t octets = 0;  ///< of a damaged or a whole frame
    ModemFrame frame = {};
};

struct Recogniser {
    std::string_view maker;
    /// Frames without a wrapper header; null: the maker has none.
    Recognition (*at_front)(ByteView octets);
    /// WPDUs that are the modem's and not the meter's; null: the maker has none.
    std::optional<ModemFrame> (*in_wpdu)(const wrapper::Wpdu& wpdu);
};

/// All makers, in the order in which they are asked.
std::span<const Recogniser> recognisers();

/// Whether octets may name a meter: 1 to 32 letters, digits, '-', '_' and '.'.
bool is_serial_number(std::string_view text);

/// A serial number of octets: as text where they are text, else as hexadecimal (which is BCD where
/// the octets are). Empty for more octets than a serial number has.
std::string serial_number_of(ByteView octets);

Recognition recognise_hexcell(ByteView octets);
Recognition recognise_hexing(ByteView octets);
std::optional<ModemFrame> recognise_hexing_wpdu(const wrapper::Wpdu& wpdu);
/// A push of any maker that names its meter in its body.
std::optional<ModemFrame> recognise_push(const wrapper::Wpdu& wpdu);

}  // namespace dlms::client::dial_in
