#include "stack/hdlc/control.hpp"

#include <array>

namespace dlms::hdlc {
namespace {

struct Pattern {
    FrameType type;
    std::string_view name;
    std::uint8_t mask;  ///< the bits that tell the type
    std::uint8_t octet;
    bool information;
};

// In the order of FrameType.
constexpr std::array<Pattern, 10> patterns{{
    {FrameType::i, "I", 0x01, 0x00, true},
    {FrameType::rr, "RR", 0x0F, 0x01, false},
    {FrameType::rnr, "RNR", 0x0F, 0x05, false},
    {FrameType::rej, "REJ", 0x0F, 0x09, false},
    {FrameType::snrm, "SNRM", 0xEF, 0x83, true},
    {FrameType::disc, "DISC", 0xEF, 0x43, true},
    {FrameType::ua, "UA", 0xEF, 0x63, true},
    {FrameType::dm, "DM", 0xEF, 0x0F, true},
    {FrameType::frmr, "FRMR", 0xEF, 0x87, true},
    {FrameType::ui, "UI", 0xEF, 0x03, true},
}};

const Pattern& pattern(FrameType type) {
    return patterns[static_cast<std::size_t>(type)];
}

}  // namespace

std::string_view name(FrameType type) {
    return pattern(type).name;
}

bool may_carry_information(FrameType type) {
    return pattern(type).information;
}

std::optional<ControlField> ControlField::from_octet(std::uint8_t octet) {
    for (const Pattern& candidate : patterns) {
        if ((octet & candidate.mask) != candidate.octet) {
            continue;
        }
        ControlField field;
        field.type = candidate.type;
        field.poll_final = (octet & poll_final_bit) != 0;
        if (field.type == FrameType::i) {
            field.send_sequence = octet >> 1 & 7;
        }
        if (field.type <= FrameType::rej) {
            field.receive_sequence = octet >> 5;
        }
        return field;
    }
    return std::nullopt;
}

std::uint8_t ControlField::octet() const {
    unsigned value = pattern(type).octet;
    if (type == FrameType::i) {
        value |= (send_sequence & 7u) << 1;
    }
    if (type <= FrameType::rej) {
        value |= (receive_sequence & 7u) << 5;
    }
    return static_cast<std::uint8_t>(value | (poll_final ? poll_final_bit : 0u));
}

}  // namespace dlms::hdlc
