#pragma once
// The work that codec_bench times and codec_steps counts the instructions of: the same functions.

#include <string>

#include "render/data_stream.hpp"
#include "stack/axdr/cursor.hpp"
#include "stack/axdr/data_builder.hpp"
#include "stack/cosem/obis_code.hpp"
#include "stack/wrapper/wpdu.hpp"
#include "stack/xdlms/get.hpp"

namespace dlms::bench {

inline constexpr std::size_t rows = 1000;
inline constexpr std::size_t columns = 8;

/// Rows of a 12-octet date-time and seven double-long-unsigned.
inline ByteBuffer profile_buffer() {
    axdr::DataBuilder builder;
    builder.array(rows);
    for (std::uint32_t row = 0; row < rows; ++row) {
        builder.structure(columns);
        const auto hour = static_cast<Byte>(row / 4 % 24);
        const auto minute = static_cast<Byte>(row % 4 * 15);
        const Byte time[]{0x07, 0xEA, 0x0B, 0x17, 0x01, hour, minute, 0, 0, 0x80, 0, 0};
        builder.octet_string(time);
        for (std::uint32_t column = 1; column < columns; ++column) {
            builder.double_long_unsigned(row * 1000 + column);
        }
    }
    return to_buffer(builder.finish()->encoded());
}

/// Every value of a checked buffer, looked at once.
[[gnu::noinline]] inline std::uint64_t sum_of(const axdr::DataView& buffer) {
    std::uint64_t sum = 0;
    axdr::Cursor cursor(buffer);
    while (!cursor.at_end()) {
        const axdr::Cursor::Item item = cursor.next();
        if (item.tag == axdr::Tag::double_long_unsigned) {
            sum += item.unsigned_integer();
        } else if (item.tag == axdr::Tag::octet_string) {
            sum += item.content[3];
        }
    }
    return sum;
}

/// Checks the buffer and reads every value.
[[gnu::noinline]] inline std::uint64_t check_and_read(ByteView octets) {
    const Result<axdr::DataView> buffer = axdr::parse_data(octets);
    return buffer ? sum_of(*buffer) : 0;
}

/// Checks the buffer and writes it as JSON.
[[gnu::noinline]] inline std::size_t write_json(ByteView octets, std::string& json) {
    json.clear();
    const Result<axdr::DataView> buffer = axdr::parse_data(octets);
    render::JsonWriter writer(json);
    std::size_t budget = limits::max_data_elements;
    const bool is_whole = buffer && render::write_data_tree(writer, *buffer, budget);
    writer.flush();
    return is_whole ? json.size() : 0;
}

/// Encodes a GET with its wrapper header into buffers that are used again, and decodes an answer to
/// its value.
[[gnu::noinline]] inline std::uint64_t get_and_answer(ByteBuffer& apdu, ByteBuffer& wpdu) {
    using namespace cosem::literals;
    static constexpr Byte answer[]{0x00, 0x01, 0x00, 0x01, 0x00, 0x10, 0x00, 0x09, 0xC4,
                                   0x01, 0xC1, 0x00, 0x06, 0x00, 0x00, 0x30, 0x39};
    const xdlms::GetRequestNormal request{
        xdlms::InvokeIdAndPriority(0xC1), {3, "1-0:1.8.0.255"_obis, 2}, std::nullopt};
    apdu.clear();
    wpdu.clear();
    Writer apdu_writer(apdu);
    xdlms::encode(apdu_writer, request);
    Writer wpdu_writer(wpdu);
    wrapper::encode(wpdu_writer, wrapper::Wpdu{16, 1, apdu});
    const auto received = wrapper::decode_wpdu(answer);
    const auto response = xdlms::decode_get_response(received->apdu);
    const auto& normal = std::get<xdlms::GetResponseNormal>(*response);
    return *std::get<axdr::DataView>(normal.result).unsigned_integer();
}

}  // namespace dlms::bench
