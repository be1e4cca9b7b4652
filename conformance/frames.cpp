#include "conformance/frames.hpp"

#include <stdexcept>

#include "conformance/verdict.hpp"
#include "stack/base/hex.hpp"

namespace dlms::conformance {
namespace {

constexpr Byte flag = 0x7E;
constexpr std::size_t wpdu_header_size = 8;

std::uint16_t crc_x25(ByteView content) {
    std::uint16_t state = 0xFFFF;
    for (const Byte octet : content) {
        state = static_cast<std::uint16_t>(state ^ octet);
        for (int i = 0; i < 8; ++i) {
            state =
                static_cast<std::uint16_t>((state & 1) != 0 ? (state >> 1) ^ 0x8408 : state >> 1);
        }
    }
    return static_cast<std::uint16_t>(~state);
}

Hex low_first(std::uint16_t value) {
    return number(value & 0xFF, 1) + number(value >> 8, 1);
}

[[noreturn]] void broken_frame(const std::string& what, ByteView octets) {
    throw CaseEnd{Verdict::failed,
                  "the meter sent a frame that is none: " + what + ": " + to_hex(octets)};
}

/// Octets of the address that begins here: up to the one with the low bit set.
std::size_t address_size(ByteView octets) {
    std::size_t size = 1;
    while (size <= octets.size() && (octets[size - 1] & 1) == 0) {
        ++size;
    }
    return size;
}

}  // namespace

ByteBuffer octets(std::string_view hex) {
    auto result = from_hex(hex);
    if (!result) {
        throw std::logic_error("a case has no hexadecimal text: " + std::string(hex));
    }
    return *std::move(result);
}

Hex number(std::uint64_t value, std::size_t octet_count) {
    ByteBuffer bytes;
    for (std::size_t i = octet_count; i-- > 0;) {
        bytes.push_back(static_cast<Byte>(value >> (8 * i)));
    }
    return to_hex(bytes);
}

std::uint64_t number_at(std::string_view hex, std::size_t at, std::size_t octet_count) {
    if (2 * (at + octet_count) > hex.size()) {
        throw CaseEnd{Verdict::failed, "the meter's answer is too short: " + std::string(hex)};
    }
    std::uint64_t value = 0;
    for (const Byte octet : octets(hex.substr(2 * at, 2 * octet_count))) {
        value = value << 8 | octet;
    }
    return value;
}

Hex encoded_length(std::size_t value) {
    if (value < 0x80) {
        return number(value, 1);
    }
    return value < 0x100 ? "81" + number(value, 1) : "82" + number(value, 2);
}

Hex counted(std::string_view content) {
    return encoded_length(length(content)) + std::string(content);
}

Hex check_sequence(std::string_view content) {
    return low_first(crc_x25(octets(content)));
}

Hex hdlc_address(std::uint8_t octet_count, std::uint16_t upper, std::uint16_t lower) {
    const auto half = [](std::uint16_t value, bool is_long, bool is_last) {
        const unsigned part = value;
        const unsigned low = (part << 1 & 0xFEu) | (is_last ? 1u : 0u);
        return is_long ? number(part >> 6 & 0xFEu, 1) + number(low, 1) : number(low, 1);
    };
    if (octet_count == 1) {
        return half(upper, false, true);
    }
    return half(upper, octet_count == 4, false) + half(lower, octet_count == 4, true);
}

Hex frame_content(const FrameParts& parts) {
    const std::size_t checks = parts.information.empty() ? 2 : 4;
    const std::size_t size = 2 + length(parts.destination) + length(parts.source) + 1 + checks +
                             length(parts.information);
    const auto field =
        static_cast<std::uint16_t>(parts.format << 8 | (parts.segmented ? 0x800 : 0) |
                                   static_cast<int>(static_cast<int>(size) + parts.length_error));
    Hex content = number(field, 2) + parts.destination + parts.source + number(parts.control, 1);
    if (!parts.information.empty()) {
        const std::uint16_t check = crc_x25(octets(content));
        content += low_first(static_cast<std::uint16_t>(check ^ parts.header_check_error));
        content += parts.information;
    }
    const std::uint16_t check = crc_x25(octets(content));
    return content + low_first(static_cast<std::uint16_t>(check ^ parts.frame_check_error));
}

Hex frame(const FrameParts& parts) {
    return "7E" + frame_content(parts) + "7E";
}

Hex wpdu(std::uint16_t source, std::uint16_t destination, std::string_view apdu) {
    return "0001" + number(source, 2) + number(destination, 2) + number(length(apdu), 2) +
           std::string(apdu);
}

std::optional<ReceivedFrame> take_frame(ByteBuffer& stream) {
    std::size_t begin = 0;
    while (begin + 1 < stream.size() && stream[begin] == flag && stream[begin + 1] == flag) {
        ++begin;
    }
    stream.erase(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(begin));
    if (stream.size() < 3) {
        return std::nullopt;
    }
    if (stream[0] != flag) {
        broken_frame("no flag at its beginning", stream);
    }
    if ((stream[1] & 0xF0) != 0xA0) {
        broken_frame("its format type is not 3", stream);
    }
    const std::size_t size = (std::size_t{stream[1]} & 7) << 8 | stream[2];
    if (stream.size() < size + 2) {
        return std::nullopt;
    }
    const ByteView whole(stream.data(), size + 2);
    const ByteView content = whole.subspan(1, size);
    if (whole.back() != flag) {
        broken_frame("no flag at its end", whole);
    }
    if (crc_x25(content.first(size - 2)) != (content[size - 2] | content[size - 1] << 8)) {
        broken_frame("wrong FCS", whole);
    }
    ReceivedFrame frame;
    frame.octets = to_hex(whole);
    frame.segmented = (content[0] & 8) != 0;
    const std::size_t destination = address_size(content.subspan(2, size - 4));
    if (destination > 4 || size < 7 + destination - 1) {
        broken_frame("its address does not end", whole);
    }
    const std::size_t source =
        address_size(content.subspan(2 + destination, size - 4 - destination));
    const std::size_t header = 2 + destination + source + 1;
    if (source > 4 || header + 2 > size) {
        broken_frame("it is too short", whole);
    }
    frame.destination = to_hex(content.subspan(2, destination));
    frame.source = to_hex(content.subspan(2 + destination, source));
    frame.control = content[header - 1];
    if (size > header + 2) {
        if (size < header + 4 ||
            crc_x25(content.first(header)) != (content[header] | content[header + 1] << 8)) {
            broken_frame("wrong HCS", whole);
        }
        frame.information = to_hex(content.subspan(header + 2, size - header - 4));
    }
    // The closing flag may open the next frame.
    const bool is_shared = stream.size() > size + 2 && stream[size + 2] != flag;
    const std::size_t taken = size + (is_shared ? 1 : 2);
    stream.erase(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(taken));
    return frame;
}

std::optional<ReceivedWpdu> take_wpdu(ByteBuffer& stream) {
    if (stream.size() < wpdu_header_size) {
        return std::nullopt;
    }
    if (big_endian<2>(stream) != 1) {
        throw CaseEnd{Verdict::failed,
                      "the meter sent a WPDU of another version than 1: " + to_hex(stream)};
    }
    const ByteView header(stream);
    const std::size_t size = wpdu_header_size + big_endian<2>(header.subspan(6));
    if (stream.size() < size) {
        return std::nullopt;
    }
    ReceivedWpdu wpdu{to_hex(header.first(size)),
                      static_cast<std::uint16_t>(big_endian<2>(header.subspan(2))),
                      static_cast<std::uint16_t>(big_endian<2>(header.subspan(4))),
                      to_hex(header.subspan(wpdu_header_size, size - wpdu_header_size))};
    stream.erase(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(size));
    return wpdu;
}

}  // namespace dlms::conformance
