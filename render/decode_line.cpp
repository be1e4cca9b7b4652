// Messages of IEC 62056-21 as JSON.

#include "render/decode_parts.hpp"
#include "stack/base/hex.hpp"
#include "stack/iec62056_21/message.hpp"

namespace dlms::render::detail {
namespace {

using namespace iec62056_21;

std::string character(char c) {
    return std::string(1, c);
}

Json baud_json(char baud_character) {
    const std::optional<std::uint32_t> rate = baud_rate(baud_character);
    return rate ? Json(*rate) : Json();
}

Json data_sets_json(ByteView text, std::size_t offset) {
    Json sets = Json::array();
    Reader reader(text, Layer::iec62056_21, offset);
    DataSetValue last;
    while (const std::optional<DataSetValue> next = take_value(reader, last)) {
        last = *next;
        if (last.begins_set) {
            Json set;
            set["address"] = last.address;
            set["values"] = Json::array();
            sets.push_back(std::move(set));
        }
        Json value;
        value["value"] = last.value;
        if (last.unit) {
            value["unit"] = *last.unit;
        }
        sets.back()["values"].push_back(std::move(value));
    }
    return sets;
}

Json json_of(const Request& line) {
    Json json;
    json["kind"] = "request";
    json["address"] = line.address;
    return json;
}

Json json_of(const Identification& line) {
    Json json;
    json["kind"] = "identification";
    json["manufacturer"] = line.manufacturer;
    json["baud_character"] = character(line.baud_character);
    json["baud"] = baud_json(line.baud_character);
    json["identification"] = line.identification;
    json["hdlc_mode_e"] = line.hdlc_mode_e;
    json["reaction_time_ms"] = line.is_fast() ? 20 : 200;
    return json;
}

Json meaning_json(const Acknowledgement& line) {
    switch (line.mode) {
        case '0': return "data readout";
        case '1': return "programming mode";
        case '2': return line.protocol_control == '2' ? Json("switch to HDLC (mode E)") : Json();
        default: return {};
    }
}

Json json_of(const Acknowledgement& line) {
    Json json;
    json["kind"] = "acknowledgement";
    json["protocol_control"] = character(line.protocol_control);
    json["baud_character"] = character(line.baud_character);
    json["baud"] = baud_json(line.baud_character);
    json["mode"] = character(line.mode);
    json["meaning"] = meaning_json(line);
    return json;
}

Json json_of(const Message& line) {
    Json json;
    json["kind"] = "message";
    if (line.command) {
        json["command"] = character(*line.command);
    }
    if (line.type) {
        json["type"] = character(*line.type);
    }
    if (line.data_sets) {
        json["data_sets"] = data_sets_json(*line.data_sets, line.data_offset);
    }
    if (!line.is_last) {
        json["more_blocks"] = true;
    }
    json["bcc"] = to_hex(std::array{Byte{line.check}});
    json["bcc_ok"] = true;
    return json;
}

Json json_of(const Acceptance& line) {
    Json json;
    json["kind"] = line.is_positive ? "ack" : "nak";
    return json;
}

Json json_of(const Telegram& line) {
    Json json;
    json["kind"] = "p1-telegram";
    json["manufacturer"] = line.manufacturer;
    json["baud_character"] = character(line.baud_character);
    json["identification"] = line.identification;
    json["data_sets"] = data_sets_json(line.data_sets, line.data_offset);
    if (line.crc) {
        json["crc"] =
            to_hex(std::array{static_cast<Byte>(*line.crc >> 8), static_cast<Byte>(*line.crc)});
        json["crc_ok"] = true;
    }
    if (line.padding > 0) {
        json["padding"] = line.padding;
    }
    return json;
}

}  // namespace

Result<Json> line_json(ByteView octets, Decoding&) {
    const Result<Line> line = decode_line(octets);
    if (!line) {
        return std::unexpected(line.error());
    }
    return std::visit([](const auto& message) { return json_of(message); }, *line);
}

}  // namespace dlms::render::detail
