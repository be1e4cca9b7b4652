#pragma once
// HDLC control field (Green Book 8.4.3; sheet section 8.2).

#include <cstdint>
#include <optional>
#include <string_view>

namespace dlms::hdlc {

enum class FrameType : std::uint8_t {
    i,     ///< information, numbered
    rr,    ///< receive ready
    rnr,   ///< receive not ready
    rej,   ///< reject: outside the DLMS subset, understood by clients as "send again"
    snrm,  ///< set normal response mode
    disc,  ///< disconnect
    ua,    ///< unnumbered acknowledgement
    dm,    ///< disconnected mode
    frmr,  ///< frame reject
    ui,    ///< unnumbered information
};

/// The standard's name, for example "SNRM".
std::string_view name(FrameType type);

/// Whether a frame of this type has a place for information.
bool may_carry_information(FrameType type);

/// P of a command, F of a response.
inline constexpr std::uint8_t poll_final_bit = 0x10;

struct ControlField {
    FrameType type = FrameType::ui;
    bool poll_final = false;
    std::uint8_t send_sequence = 0;     ///< N(S), 0-7, of I frames
    std::uint8_t receive_sequence = 0;  ///< N(R), 0-7, of I, RR, RNR and REJ frames

    /// Nothing for an octet that is none of these types.
    static std::optional<ControlField> from_octet(std::uint8_t octet);
    std::uint8_t octet() const;

    friend bool operator==(const ControlField&, const ControlField&) = default;
};

}  // namespace dlms::hdlc
