#include "stack/iec62056_21/message.hpp"

#include <algorithm>
#include <array>

#include "stack/base/hex.hpp"
#include "stack/base/reader.hpp"
#include "stack/iec62056_21/check.hpp"

namespace dlms::iec62056_21 {
namespace {

using namespace control;

constexpr std::size_t max_request_address = 32;
constexpr std::string_view mode_e_mark = "\\2";
constexpr std::string_view commands = "PWREBO";

bool is_printable(std::uint8_t octet) {
    return octet >= 0x20 && octet < 0x7F;
}

bool is_letter(std::uint8_t octet) {
    return (octet >= 'A' && octet <= 'Z') || (octet >= 'a' && octet <= 'z');
}

Reader reader_of(ByteView octets) {
    return Reader(octets, Layer::iec62056_21);
}

/// Takes printable characters up to the first that is not one.
std::string_view take_text(Reader& reader) {
    const std::size_t start = reader.offset();
    while (!reader.at_end() && is_printable(reader.peek())) {
        reader.skip(1);
    }
    return reader.ok() ? as_text(reader.between(start, reader.offset())) : std::string_view{};
}

char take_character(Reader& reader) {
    const std::size_t where = reader.offset();
    const std::uint8_t octet = reader.u8();
    if (reader.ok() && !is_printable(octet)) {
        reader.fail_at(ErrorCode::invalid_text, where);
    }
    return static_cast<char>(octet);
}

void expect(Reader& reader, std::uint8_t octet) {
    const std::size_t where = reader.offset();
    if (reader.u8() != octet) {
        reader.fail_at(ErrorCode::invalid_text, where);
    }
}

bool skip_carriage_return(Reader& reader) {
    const bool is_there = !reader.at_end() && reader.peek() == '\r';
    reader.skip(is_there ? 1 : 0);
    return is_there;
}

void expect_line_end(Reader& reader) {
    expect(reader, '\r');
    expect(reader, '\n');
}

template <class T>
Result<Line> finish(Reader& reader, T&& line) {
    reader.expect_end();
    if (!reader.ok()) {
        return reader.failure();
    }
    return Line(std::forward<T>(line));
}

Result<Line> decode_request(ByteView octets) {
    Reader reader = reader_of(octets);
    reader.skip(2);
    const std::string_view text = take_text(reader);
    const std::size_t mark = text.find('!');
    if (mark == std::string_view::npos) {
        reader.fail(reader.at_end() ? ErrorCode::truncated : ErrorCode::invalid_text);
    } else if (mark + 1 != text.size() || mark > max_request_address) {
        reader.fail_at(ErrorCode::invalid_text, 2 + std::min(mark, max_request_address));
    }
    expect_line_end(reader);
    return finish(reader, Request{text.substr(0, mark)});
}

/// The identification line up to its line end; the mark of mode E stays in the text.
Identification take_identification(Reader& reader) {
    reader.skip(1);
    const std::size_t start = reader.offset();
    const std::string_view text = take_text(reader);
    Identification line;
    const auto letters = as_bytes(text.substr(0, 3));
    if (reader.ok() && (text.size() < 4 || !std::ranges::all_of(letters, is_letter))) {
        reader.fail_at(ErrorCode::missing_field, start);
        return line;
    }
    line.manufacturer = text.substr(0, 3);
    line.baud_character = text[3];
    line.identification = text.substr(4);
    return line;
}

/// Where the "!" stands that ends a telegram: at the start of a line.
std::optional<std::size_t> find_end_mark(ByteView octets) {
    for (std::size_t i = 1; i < octets.size(); ++i) {
        if (octets[i] == '!' && octets[i - 1] == '\n') {
            return i;
        }
    }
    return std::nullopt;
}

void read_crc(Reader& reader, ByteView octets, Telegram& telegram) {
    const std::size_t where = reader.offset();
    const Result<ByteBuffer> crc = from_hex(as_text(reader.bytes(4)));
    if (!reader.ok()) {
        return;
    }
    if (!crc || crc->size() != 2) {
        reader.fail_at(ErrorCode::invalid_text, where);
        return;
    }
    telegram.crc = static_cast<std::uint16_t>((*crc)[0] << 8 | (*crc)[1]);
    if (*telegram.crc != telegram_crc(octets.first(where))) {
        reader.fail_at(ErrorCode::check_mismatch, where);
    }
}

/// Takes what follows the "!": the CRC, and the line end, which captures may lack.
void read_telegram_end(Reader& reader, ByteView octets, Telegram& telegram) {
    const ByteView rest = octets.subspan(reader.offset());
    const auto last =
        std::ranges::find_if(rest.rbegin(), rest.rend(), [](Byte octet) { return octet != 0; });
    telegram.padding = static_cast<std::size_t>(last - rest.rbegin());
    if (telegram.padding > 0) {
        reader.skip(rest.size());
        return;
    }
    if (!reader.at_end() && reader.peek() != '\r' && reader.peek() != '\n') {
        read_crc(reader, octets, telegram);
    }
    if (!reader.at_end()) {
        skip_carriage_return(reader);
        expect(reader, '\n');
    }
}

Result<Line> decode_telegram(ByteView octets, const Identification& head, std::size_t head_size) {
    const std::optional<std::size_t> end = find_end_mark(octets);
    if (!end) {
        return fail(ErrorCode::truncated, Layer::iec62056_21, octets.size());
    }
    Telegram telegram;
    telegram.manufacturer = head.manufacturer;
    telegram.baud_character = head.baud_character;
    telegram.identification = head.identification;
    telegram.data_offset = head_size;
    telegram.data_sets = octets.subspan(head_size, *end - head_size);
    Reader reader = reader_of(octets);
    reader.skip(*end + 1);
    read_telegram_end(reader, octets, telegram);
    if (reader.ok()) {
        const Status status = check_data_sets(telegram.data_sets, head_size);
        if (!status) {
            reader.fail(status.error());
        }
    }
    return finish(reader, telegram);
}

Result<Line> decode_identification_or_telegram(ByteView octets) {
    Reader reader = reader_of(octets);
    Identification line = take_identification(reader);
    const bool whole_line_end = skip_carriage_return(reader);
    const std::size_t where = reader.offset();
    expect(reader, '\n');
    if (reader.ok() && !reader.at_end()) {
        return decode_telegram(octets, line, reader.offset());
    }
    if (!whole_line_end) {
        reader.fail_at(ErrorCode::invalid_text, where);
    }
    if (line.identification.starts_with(mode_e_mark)) {
        line.hdlc_mode_e = true;
        line.identification.remove_prefix(mode_e_mark.size());
    }
    return finish(reader, line);
}

Result<Line> decode_acknowledgement(ByteView octets) {
    Reader reader = reader_of(octets);
    reader.skip(1);
    Acknowledgement line;
    line.protocol_control = take_character(reader);
    line.baud_character = take_character(reader);
    line.mode = take_character(reader);
    expect_line_end(reader);
    return finish(reader, line);
}

void read_command(Reader& reader, Message& message) {
    const std::size_t where = reader.offset();
    message.command = take_character(reader);
    if (reader.ok() && commands.find(*message.command) == std::string_view::npos) {
        reader.fail_at(ErrorCode::unknown_value, where);
    }
    message.type = take_character(reader);
}

/// Takes the data sets up to ETX or EOT, which stays. A readout ends them with "!" and a line end.
void read_data(Reader& reader, Message& message) {
    message.data_offset = reader.offset();
    while (!reader.at_end() && reader.peek() != etx && reader.peek() != eot) {
        reader.skip(1);
    }
    if (reader.at_end()) {
        reader.fail(ErrorCode::truncated);
        return;
    }
    ByteView text = reader.between(message.data_offset, reader.offset());
    if (as_text(text).ends_with("!\r\n")) {
        text = text.first(text.size() - 3);
    }
    const Status status = check_data_sets(text, message.data_offset);
    if (!status) {
        reader.fail(status.error());
    }
    message.data_sets = text;
}

Result<Line> decode_message(ByteView octets) {
    Reader reader = reader_of(octets);
    Message message;
    if (reader.u8() == soh) {
        read_command(reader, message);
        if (!reader.at_end() && reader.peek() == stx) {
            reader.skip(1);
            read_data(reader, message);
        }
    } else {
        read_data(reader, message);
    }
    const std::size_t where = reader.offset();
    const std::uint8_t end = reader.u8();
    if (reader.ok() && end != etx && end != eot) {
        reader.fail_at(ErrorCode::invalid_text, where);
    }
    message.is_last = end == etx;
    message.check = reader.u8();
    if (reader.ok() && message.check != block_check(octets.subspan(1, where))) {
        reader.fail_at(ErrorCode::check_mismatch, where + 1);
    }
    return finish(reader, message);
}

void write_text(Writer& writer, std::string_view text) {
    if (!std::ranges::all_of(as_bytes(text), is_printable)) {
        writer.fail();
        return;
    }
    writer.bytes(as_bytes(text));
}

void write_character(Writer& writer, char character) {
    write_text(writer, std::string_view(&character, 1));
}

}  // namespace

bool is_same_manufacturer(std::string_view one, std::string_view other) {
    const auto small = [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter;
    };
    return one.size() == 3 && other.size() == 3 && one.substr(0, 2) == other.substr(0, 2) &&
           small(one[2]) == small(other[2]);
}

bool Identification::is_fast() const {
    return manufacturer.size() == 3 && manufacturer[2] >= 'a' && manufacturer[2] <= 'z';
}

Result<Line> decode_line(ByteView octets) {
    if (octets.empty()) {
        return fail(ErrorCode::truncated, Layer::iec62056_21);
    }
    switch (octets[0]) {
        case '/':
            return octets.size() > 1 && octets[1] == '?'
                       ? decode_request(octets)
                       : decode_identification_or_telegram(octets);
        case soh:
        case stx: return decode_message(octets);
        case ack: {
            Reader reader = reader_of(octets.subspan(1));
            return octets.size() == 1 ? finish(reader, Acceptance{true})
                                      : decode_acknowledgement(octets);
        }
        case nak: {
            Reader reader = reader_of(octets);
            reader.skip(1);
            return finish(reader, Acceptance{false});
        }
        default: return fail(ErrorCode::unknown_choice, Layer::iec62056_21);
    }
}

std::optional<std::uint32_t> baud_rate(char baud_character) {
    constexpr std::array<std::uint32_t, 7> rates{300, 600, 1200, 2400, 4800, 9600, 19200};
    if (baud_character >= '0' && baud_character <= '6') {
        return rates[static_cast<std::size_t>(baud_character - '0')];
    }
    if (baud_character >= 'A' && baud_character <= 'F') {
        return rates[static_cast<std::size_t>(baud_character - 'A') + 1];
    }
    return std::nullopt;
}

void encode(Writer& writer, const Request& request) {
    if (request.address.size() > max_request_address ||
        request.address.find('!') != std::string_view::npos) {
        writer.fail();
    }
    write_text(writer, "/?");
    write_text(writer, request.address);
    write_text(writer, "!");
    writer.bytes(as_bytes("\r\n"));
}

void encode(Writer& writer, const Identification& identification) {
    write_text(writer, "/");
    write_text(writer, identification.manufacturer);
    write_character(writer, identification.baud_character);
    if (identification.hdlc_mode_e) {
        write_text(writer, mode_e_mark);
    }
    write_text(writer, identification.identification);
    writer.bytes(as_bytes("\r\n"));
}

void encode(Writer& writer, const Acknowledgement& acknowledgement) {
    writer.u8(ack);
    write_character(writer, acknowledgement.protocol_control);
    write_character(writer, acknowledgement.baud_character);
    write_character(writer, acknowledgement.mode);
    writer.bytes(as_bytes("\r\n"));
}

void encode_readout(Writer& writer, std::span<const DataSet> data_sets) {
    ByteBuffer checked;
    Writer block(checked);
    for (const DataSet& data_set : data_sets) {
        encode(block, data_set);
    }
    block.bytes(as_bytes("!\r\n"));
    block.u8(etx);
    if (!block.ok()) {
        writer.fail();
        return;
    }
    writer.u8(stx);
    writer.bytes(checked);
    writer.u8(block_check(checked));
}

}  // namespace dlms::iec62056_21
