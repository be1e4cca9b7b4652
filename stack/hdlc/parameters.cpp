#include "stack/hdlc/parameters.hpp"

#include <algorithm>

#include "stack/base/reader.hpp"

namespace dlms::hdlc {
namespace {

constexpr std::uint8_t format_identifier = 0x81;
constexpr std::uint8_t group_identifier = 0x80;
constexpr std::uint8_t first_id = 5;

std::uint32_t* field(Parameters& parameters, std::uint8_t id) {
    switch (id) {
        case 5: return &parameters.max_information_transmit;
        case 6: return &parameters.max_information_receive;
        case 7: return &parameters.window_transmit;
        case 8: return &parameters.window_receive;
        default: return nullptr;
    }
}

/// A size has 1 or 2 octets, a window 4 or, shortened, 1.
bool has_length_of(std::uint8_t id, std::size_t length) {
    return length == 1 || length == (id < 7 ? 2 : 4);
}

/// Takes one parameter; `seen` has a bit for each that was there.
void read_parameter(Reader& group, Parameters& parameters, unsigned& seen) {
    const std::size_t where = group.offset();
    const std::uint8_t id = group.u8();
    Reader value = group.sub_reader(group.u8());
    std::uint32_t* const target = field(parameters, id);
    if (!group.ok() || target == nullptr) {
        return;
    }
    const unsigned bit = 1u << (id - first_id);
    if ((seen & bit) != 0) {
        group.fail_at(ErrorCode::repeated_field, where);
    } else if (!has_length_of(id, value.remaining())) {
        group.fail_at(ErrorCode::value_out_of_range, where);
    } else {
        seen |= bit;
        *target = 0;
        while (!value.at_end()) {
            *target = *target << 8 | value.u8();
        }
    }
}

void write_information_length(Writer& writer, std::uint8_t id, std::uint32_t value) {
    writer.u8(id);
    if (value > 0xFFFF) {
        writer.fail();
    } else if (value > 0xFF) {
        writer.u8(2);
        writer.u16(static_cast<std::uint16_t>(value));
    } else {
        writer.u8(1);
        writer.u8(static_cast<std::uint8_t>(value));
    }
}

void write_window(Writer& writer, std::uint8_t id, std::uint32_t value) {
    writer.u8(id);
    writer.u8(4);
    writer.u32(value);
}

}  // namespace

Result<Parameters> decode_parameters(ByteView information, std::size_t base_offset) {
    Parameters parameters;
    if (information.empty()) {
        return parameters;
    }
    Reader reader(information, Layer::hdlc, base_offset);
    if (reader.u8() != format_identifier) {
        reader.fail_at(ErrorCode::frame_format, base_offset);
    }
    const std::size_t where = reader.offset();
    if (reader.u8() != group_identifier) {
        reader.fail_at(ErrorCode::unknown_choice, where);
    }
    Reader group = reader.sub_reader(reader.u8());
    unsigned seen = 0;
    while (group.ok() && !group.at_end()) {
        read_parameter(group, parameters, seen);
    }
    if (!group.ok()) {
        reader.fail(group.error());
    }
    reader.expect_end();
    if (!reader.ok()) {
        return reader.failure();
    }
    return parameters;
}

Parameters negotiate(const Parameters& own, const Parameters& peer) {
    const auto information = [](std::uint32_t transmit, std::uint32_t receive) {
        return std::min({transmit, receive, largest_information_length});
    };
    const auto window = [](std::uint32_t transmit, std::uint32_t receive) {
        return std::min({transmit, receive, largest_window});
    };
    Parameters agreed;
    agreed.max_information_transmit =
        information(own.max_information_transmit, peer.max_information_receive);
    agreed.max_information_receive =
        information(peer.max_information_transmit, own.max_information_receive);
    agreed.window_transmit = window(own.window_transmit, peer.window_receive);
    agreed.window_receive = window(peer.window_transmit, own.window_receive);
    return agreed;
}

bool is_acceptable(const Parameters& stated) {
    return stated.max_information_transmit >= least_information_length &&
           stated.max_information_receive >= least_information_length &&
           stated.window_transmit > 0 && stated.window_receive > 0;
}

void encode(Writer& writer, const Parameters& parameters) {
    writer.u8(format_identifier);
    writer.u8(group_identifier);
    const std::size_t place = writer.length_placeholder();
    write_information_length(writer, 5, parameters.max_information_transmit);
    write_information_length(writer, 6, parameters.max_information_receive);
    write_window(writer, 7, parameters.window_transmit);
    write_window(writer, 8, parameters.window_receive);
    writer.back_fill_length(place);
}

}  // namespace dlms::hdlc
