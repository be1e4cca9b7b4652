#include "server/json_requests.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "client/link_parameters.hpp"
#include "render/json_data.hpp"
#include "render/time_zone.hpp"
#include "server/json_body.hpp"
#include "server/json_connect.hpp"
#include "server/json_fields.hpp"
#include "server/json_security.hpp"
#include "stack/base/hex.hpp"
#include "stack/base/limits.hpp"
#include "stack/iec62056_21/message.hpp"
#include "stack/xdlms/conformance_text.hpp"

namespace dlms::service {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t most_items = 1000;
constexpr std::size_t longest_name = 128;
constexpr std::size_t longest_secret = 256;
constexpr std::int64_t longest_timeout = 600'000;
// Of JSON text. It is converted between two exchanges with a meter, while all others wait; and what
// fits one SET is shorter by far.
constexpr std::size_t longest_value = 256 * 1024;

// Fields that the older service declared with a default and not as optional: there null was an
// error.
constexpr auto refused = JsonFields::Null::refused;

std::optional<std::uint16_t> short_number(JsonFields& fields, JsonFields::Names names,
                                          std::int64_t least, std::int64_t most,
                                          JsonFields::Null null = JsonFields::Null::allowed) {
    const auto number = fields.integer(names, least, most, null);
    return number ? std::optional(static_cast<std::uint16_t>(*number)) : std::nullopt;
}

cosem::AttributeDescriptor read_attribute(JsonFields& fields, std::string& text) {
    cosem::AttributeDescriptor attribute;
    text = fields.required_text({"obis_code"}, longest_name);
    if (!text.empty()) {
        const auto code = cosem::ObisCode::parse(text);
        if (code) {
            attribute.instance = *code;
        } else {
            fields.fail("obis_code", "'" + text + "' is not an OBIS code such as 1-0:1.8.0.255",
                        "value_error");
        }
    }
    attribute.class_id = short_number(fields, {"class_id"}, 0, 65535, refused).value_or(3);
    attribute.attribute_id =
        static_cast<std::int8_t>(fields.integer({"attribute_id"}, -128, 127, refused).value_or(2));
    return attribute;
}

// A tag by its name, or by its number as a number or a text.
std::optional<axdr::Tag> read_data_type(JsonFields& fields, const json& object) {
    const auto text = fields.text({"data_type"}, longest_name);
    if (!text) {
        return std::nullopt;
    }
    const bool is_number =
        text->find_first_not_of("0123456789") == std::string::npos && text->size() <= 3;
    const render::Json value = is_number ? render::Json(std::stoi(*text)) : render::Json(*text);
    const auto tag = object["data_type"].is_boolean() ? std::nullopt : render::tag_from_json(value);
    if (!tag) {
        fields.fail("data_type", "value is not the name or the number of a data type",
                    "value_error");
    }
    return tag;
}

std::optional<std::uint8_t> octet(JsonFields& fields, const char* name, std::int64_t least,
                                  std::int64_t most) {
    const auto number = fields.integer({name}, least, most);
    return number ? std::optional(static_cast<std::uint8_t>(*number)) : std::nullopt;
}

void read_serial(JsonFields& fields, LinkRequest& link) {
    constexpr std::array<std::string_view, 3> parities{"none", "odd", "even"};
    link.serial_port = fields.text({"serial_port"}, longest_name);
    if (const auto rate = fields.integer({"baud_rate"}, 50, 4'000'000, refused)) {
        link.baud_rate = static_cast<std::uint32_t>(*rate);
    }
    link.data_bits = octet(fields, "data_bits", 7, 8);
    if (const auto parity = fields.choice({"parity"}, parities)) {
        link.parity = static_cast<ParityChoice>(*parity);
    }
    link.stop_bits = octet(fields, "stop_bits", 1, 2);
    link.rts = fields.boolean({"rts"});
    link.dtr = fields.boolean({"dtr"});
    link.expect_echo = fields.boolean({"expect_echo"}).value_or(false);
    link.mode_e = fields.boolean({"mode_e"}).value_or(false);
    link.device_address = fields.text({"device_address"}, 32);
    const auto is_out_of_place = [](char c) { return c < ' ' || c > '~' || c == '!'; };
    if (link.device_address && std::ranges::any_of(*link.device_address, is_out_of_place)) {
        fields.fail("device_address", "value holds a character that no request of mode E can have",
                    "value_error");
    }
    link.manufacturer = fields.text({"manufacturer"}, 3);
    if (link.manufacturer && !iec62056_21::is_manufacturer(*link.manufacturer)) {
        fields.fail("manufacturer", "value is not the three letters of a maker", "value_error");
    }
}

void read_link(JsonFields& fields, LinkRequest& link) {
    read_serial(fields, link);
    link.physical_address = short_number(fields, {"physical_address"}, 0, 0x3FFF);
    link.address_size = octet(fields, "address_size", 1, 4);
    if (link.address_size == 3) {
        fields.fail("address_size", "an HDLC address has 1, 2 or 4 octets", "value_error");
    }
    link.disconnect_first = fields.boolean({"disconnect_first"});
    link.window_size = octet(fields, "window_size", 1, 7);
    link.max_info_length = short_number(fields, {"max_info_length"}, 32, 2030);
    link.tls = fields.boolean({"tls"}).value_or(false);
    constexpr std::array<std::string_view, 2> framings{"wrapper", "hdlc"};
    link.caller_speaks_hdlc = fields.choice({"dialin_link"}, framings).value_or(0) == 1;
    link.tls_server_name = fields.text({"tls_server_name"}, 255);
    link.gateway_network_id = octet(fields, "gateway_network_id", 0, 255);
    if (auto device = fields.octets({"gateway_device"}, 127)) {
        link.gateway_device = std::move(*device);
    } else if (link.gateway_network_id) {
        fields.fail("gateway_device", "field required with gateway_network_id",
                    "value_error.missing");
    }
}

void read_line(JsonFields& fields, ConnectRequest& request) {
    constexpr std::array<std::string_view, 5> types{"tcp", "hdlc", "serial", "udp", "dialin"};
    if (const auto type = fields.choice({"connection_type"}, types, refused)) {
        request.connection_type = static_cast<ConnectionType>(*type);
    }
    request.ip_address = fields.text({"ip_address"}, 255);
    // The resolver would read a name only up to an octet of 0.
    if (request.ip_address &&
        std::ranges::any_of(*request.ip_address, [](char c) { return c >= 0 && c < ' '; })) {
        fields.fail("ip_address", "value holds a control character", "value_error");
    }
    request.port = short_number(fields, {"port"}, 1, 65535, refused).value_or(4059);
    request.server_address = short_number(fields, {"server_address"}, 0, 65535, refused);
    request.client_address = short_number(fields, {"client_address"}, 0, 65535, refused);
    if (const auto logical = short_number(fields, {"logical_address"}, 0, 65535)) {
        request.server_address = logical;
    }
}

void read_conformance(JsonFields& fields, ConnectRequest& request) {
    constexpr std::size_t longest_list = 1024;
    if (const auto text = fields.text_or_list({"conformance"}, longest_list)) {
        const auto conformance = xdlms::conformance_from_text(*text);
        if (conformance) {
            request.conformance = *conformance;
        } else {
            fields.fail("conformance", conformance.error(), "value_error");
        }
    }
    request.block_window = octet(fields, "block_window", 1, 63);
    request.outstanding_requests = octet(fields, "outstanding_requests", 1, 15);
}

void read_association(JsonFields& fields, ConnectRequest& request) {
    constexpr std::array<std::string_view, 8> mechanisms{
        "None", "Low", "High", "HighMD5", "HighSHA1", "HighGMAC", "HighSHA256", "HighECDSA"};
    constexpr std::array<std::string_view, 3> backends{"auto", "native", "vendor"};
    if (const auto mechanism = fields.choice({"auth_type"}, mechanisms, refused)) {
        request.authentication = static_cast<AuthenticationType>(*mechanism);
    }
    if (const auto password = fields.text({"password"}, longest_secret)) {
        request.password.emplace(as_bytes(*password));
    }
    if (const auto octets = fields.octets({"password_hex"}, longest_secret)) {
        request.password.emplace(*octets);
    }
    if (const auto timeout = fields.integer({"timeout"}, 1, longest_timeout, refused)) {
        request.timeout = std::chrono::milliseconds(*timeout);
    }
    request.security = read_security(fields);
    request.use_logical_name = fields.boolean({"use_logical_name"}).value_or(true);
    request.pre_established = fields.boolean({"pre_established"}).value_or(false);
    request.max_pdu_size = short_number(fields, {"max_pdu_size"}, 0, 65535);
    read_conformance(fields, request);
    request.time_zone = fields.text({"time_zone"}, 64);
    if (request.time_zone && !render::local_time_of(*request.time_zone)) {
        fields.fail("time_zone", "value is not the name of a time zone such as Europe/Berlin",
                    "value_error");
    }
    if (const auto backend = fields.choice({"backend"}, backends)) {
        request.backend = static_cast<BackendChoice>(*backend);
    }
}

ReadItem read_item(const json& value, ordered_json location, std::vector<FieldError>& errors) {
    ReadItem item;
    if (!value.is_object()) {
        errors.push_back(
            {std::move(location), "value is not a valid dict", "type_error.dict", nullptr});
        return item;
    }
    JsonFields fields(value, std::move(location), errors);
    item.obis_text = fields.required_text({"code", "obisCode", "obis_code"}, longest_name);
    item.class_id = short_number(fields, {"classId", "class_id"}, 0, 65535, refused).value_or(3);
    item.attribute_id = static_cast<std::int8_t>(
        fields.integer({"attributeId", "attribute_id"}, -128, 127, refused).value_or(2));
    if (const auto code = cosem::ObisCode::parse(item.obis_text)) {
        item.attribute = cosem::AttributeDescriptor{item.class_id, *code, item.attribute_id};
    }
    return item;
}

}  // namespace

ConnectRequest read_connect(const json& object, const ordered_json& location,
                            std::vector<FieldError>& errors) {
    const std::size_t before = errors.size();
    JsonFields fields(object, location, errors);
    ConnectRequest request;
    request.meter_number = fields.required_text({"meter_number"}, longest_name);
    request.brand = fields.required_text({"brand"}, longest_name);
    read_line(fields, request);
    read_association(fields, request);
    read_link(fields, request.link);
    const bool needs_address = request.connection_type == ConnectionType::tcp ||
                               request.connection_type == ConnectionType::hdlc ||
                               request.connection_type == ConnectionType::udp;
    if (errors.size() == before && needs_address && !request.ip_address) {
        fields.fail("ip_address", "field required", "value_error.missing");
    }
    if (errors.size() == before && request.connection_type == ConnectionType::serial &&
        !request.link.serial_port) {
        fields.fail("serial_port", "field required", "value_error.missing");
    }
    return request;
}

Parsed<ConnectRequest> parse_connect(const HttpRequest& http) {
    const auto body = parse_body(http);
    if (!body) {
        return std::unexpected(body.error());
    }
    std::vector<FieldError> errors;
    ConnectRequest request = read_connect(body->object, ordered_json::array({"body"}), errors);
    if (!errors.empty()) {
        return std::unexpected(validation_answer(errors));
    }
    return request;
}

Parsed<ReadRequest> parse_read(const HttpRequest& http) {
    auto body = parse_body(http);
    if (!body) {
        return std::unexpected(std::move(body.error()));
    }
    std::vector<FieldError> errors;
    JsonFields fields = body->fields(errors);
    ReadRequest request;
    request.meter_number = fields.required_text({"meter_number"}, longest_name);
    request.attribute = read_attribute(fields, request.obis_text);
    if (!errors.empty()) {
        return std::unexpected(validation_answer(errors));
    }
    return request;
}

Parsed<ReadMultipleRequest> parse_read_multiple(const HttpRequest& http) {
    auto body = parse_body(http);
    if (!body) {
        return std::unexpected(std::move(body.error()));
    }
    std::vector<FieldError> errors;
    JsonFields fields = body->fields(errors);
    ReadMultipleRequest request;
    request.meter_number = fields.required_text({"meter_number"}, longest_name);
    if (const json* list = fields.required_list({"obis_codes"}, most_items)) {
        for (std::size_t index = 0; index < list->size(); ++index) {
            request.items.push_back(read_item(
                (*list)[index], ordered_json::array({"body", "obis_codes", index}), errors));
        }
    }
    if (!errors.empty()) {
        return std::unexpected(validation_answer(errors));
    }
    return request;
}

// Where no attribute is named but by the value: {"threshold_normal": 5100}.
void read_named_values(JsonFields& fields, const json& value, WriteRequest& request) {
    if (!value.is_object() || value.empty() || render::says_its_type(value)) {
        return;
    }
    const render::Json object = render::Json::parse(request.value, nullptr, false);
    const auto named = render::attributes_from_json(object, request.attribute.class_id);
    if (!named) {
        return;  // then it is the value of attribute 2
    }
    request.attribute.attribute_id = named->front().attribute_id;
    if (named->size() == 1) {
        return;
    }
    if (request.data_type || request.broadcast) {
        fields.fail(request.broadcast ? "broadcast" : "data_type",
                    "the value names several attributes, and this is for one", "value_error");
        return;
    }
    const JsonScan scan(request.value, 32);
    auto attribute = named->begin();
    for (const auto& [name, one] : object.items()) {
        // As it was sent, so that a number keeps all its digits.
        const auto text = scan.member(name);
        request.named.push_back(
            {(attribute++)->attribute_id, text ? std::string(*text) : one.dump()});
    }
}

Parsed<WriteRequest> parse_write(const HttpRequest& http) {
    auto body = parse_body(http);
    if (!body) {
        return std::unexpected(std::move(body.error()));
    }
    std::vector<FieldError> errors;
    JsonFields fields = body->fields(errors);
    WriteRequest request;
    request.meter_number = fields.required_text({"meter_number"}, longest_name);
    request.attribute = read_attribute(fields, request.obis_text);
    if (fields.require({"value"})) {
        // A name written with escapes is not found in the text; the parsed value then serves.
        const auto text = body->scan.member("value");
        request.value = text ? std::string(*text) : body->object["value"].dump();
        if (request.value.size() > longest_value) {
            fields.fail("value",
                        "ensure this value has at most " + std::to_string(longest_value) +
                            " octets of JSON",
                        "value_error", {{"limit_value", longest_value}});
        }
    }
    request.data_type = read_data_type(fields, body->object);
    request.broadcast = fields.boolean({"broadcast"}).value_or(false);
    if (errors.empty() && !body->object.contains("attribute_id")) {
        read_named_values(fields, body->object["value"], request);
    }
    if (!errors.empty()) {
        return std::unexpected(validation_answer(errors));
    }
    return request;
}

Parsed<DecodeRequest> parse_decode(const HttpRequest& http) {
    auto body = parse_body(http);
    if (!body) {
        return std::unexpected(std::move(body.error()));
    }
    // The longest WPDU; longer streams are for the command line.
    constexpr std::size_t most_octets = 8 + limits::max_apdu;
    std::vector<FieldError> errors;
    JsonFields fields = body->fields(errors);
    DecodeRequest request;
    if (fields.require({"hex"})) {
        request.octets = fields.octets({"hex"}, most_octets).value_or(ByteBuffer());
        if (request.octets.empty() && errors.empty()) {
            fields.fail("hex", "there are no octets to decode", "value_error");
        }
    }
    if (const auto layer = fields.text({"layer"}, longest_name)) {
        request.layer = render::decode_layer_from_name(*layer);
        if (!request.layer) {
            fields.fail("layer", "no layer has this name", "value_error");
        }
    }
    const auto keys = body->object.find("keys");
    if (keys != body->object.end() && keys->is_object()) {
        JsonFields members(*keys, ordered_json::array({"body", "keys"}), errors);
        const auto octets = [&](const char* name, std::size_t most) {
            return members.octets({name}, most).value_or(ByteBuffer());
        };
        ByteBuffer encryption = octets("ek", 32);
        ByteBuffer authentication = octets("ak", 32);
        ByteBuffer key_encrypting = octets("kek", 32);
        request.keys = {SecretBytes(encryption), SecretBytes(authentication),
                        octets("system_title", 8), SecretBytes(key_encrypting)};
        wipe(encryption);
        wipe(authentication);
        wipe(key_encrypting);
    } else if (keys != body->object.end() && !keys->is_null()) {
        fields.fail("keys", "value is not a valid dict", "type_error.dict");
    }
    if (!errors.empty()) {
        return std::unexpected(validation_answer(errors));
    }
    return request;
}

Parsed<std::string> parse_disconnect(const HttpRequest& http) {
    const auto meter_number = http.query_value("meter_number");
    if (!meter_number) {
        return std::unexpected(
            validation_answer({{ordered_json::array({"query", "meter_number"}), "field required",
                                "value_error.missing", nullptr}}));
    }
    return std::string(*meter_number);
}

}  // namespace dlms::service
