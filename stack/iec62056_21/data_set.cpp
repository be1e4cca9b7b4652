#include "stack/iec62056_21/data_set.hpp"

#include <algorithm>

namespace dlms::iec62056_21 {
namespace {

bool is_line_end(std::uint8_t octet) {
    return octet == '\r' || octet == '\n';
}

bool is_printable(std::uint8_t octet) {
    return octet >= 0x20 && octet < 0x7F;
}

/// Takes printable characters up to `end`, and `end` itself.
std::string_view take_until(Reader& reader, char end) {
    const std::size_t start = reader.offset();
    while (reader.ok() && (reader.at_end() || reader.peek() != static_cast<Byte>(end))) {
        const std::size_t where = reader.offset();
        if (!is_printable(reader.u8())) {
            reader.fail_at(ErrorCode::invalid_text, where);
        }
    }
    if (!reader.ok()) {
        return {};
    }
    const std::string_view text = as_text(reader.between(start, reader.offset()));
    reader.skip(1);
    return text;
}

void write_part(Writer& writer, std::string_view text, std::string_view excluded) {
    if (!std::ranges::all_of(as_bytes(text), is_printable) ||
        text.find_first_of(excluded) != std::string_view::npos) {
        writer.fail();
        return;
    }
    writer.bytes(as_bytes(text));
}

}  // namespace

void encode(Writer& writer, const DataSet& data_set) {
    write_part(writer, data_set.address, "()/!");
    writer.bytes(as_bytes("("));
    write_part(writer, data_set.value, "()/!*");
    if (!data_set.unit.empty()) {
        writer.bytes(as_bytes("*"));
        write_part(writer, data_set.unit, "()/!*");
    }
    writer.bytes(as_bytes(")\r\n"));
}

std::optional<DataSetValue> take_value(Reader& reader, const DataSetValue& previous) {
    while (!reader.at_end() && is_line_end(reader.peek())) {
        reader.skip(1);
    }
    if (reader.at_end()) {
        return std::nullopt;
    }
    DataSetValue next;
    // A value without an address belongs to the data set before, on a line of its own too.
    const bool continues = reader.peek() == '(' && previous.value.data();
    next.begins_set = !continues;
    next.address = take_until(reader, '(');
    if (continues) {
        next.address = previous.address;
    }
    next.value = take_until(reader, ')');
    if (!reader.ok()) {
        return std::nullopt;
    }
    const std::size_t star = next.value.find('*');
    if (star != std::string_view::npos) {
        next.unit = next.value.substr(star + 1);
        next.value = next.value.substr(0, star);
    }
    return next;
}

Status check_data_sets(ByteView text, std::size_t base_offset) {
    Reader reader(text, Layer::iec62056_21, base_offset);
    DataSetValue value;
    while (const std::optional<DataSetValue> next = take_value(reader, value)) {
        value = *next;
    }
    if (!reader.ok()) {
        return reader.failure();
    }
    return {};
}

}  // namespace dlms::iec62056_21
