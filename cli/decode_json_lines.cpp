#include "cli/decode_json_lines.hpp"

#include <algorithm>
#include <array>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "stack/base/hex.hpp"

namespace dlms::cli {
namespace {

using render::Json;

std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Finds the id of a line that is cut off, and so is no JSON any more.
class IdFinder final : public nlohmann::json_sax<Json> {
public:
    bool null() override { return value(nullptr); }
    bool boolean(bool one) override { return value(one); }
    bool number_integer(number_integer_t one) override { return value(one); }
    bool number_unsigned(number_unsigned_t one) override { return value(one); }
    bool number_float(number_float_t, const string_t& text) override { return value(text); }
    bool string(string_t& one) override { return value(one); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return ++depth_ != 0; }
    bool key(string_t& one) override {
        is_id_ = depth_ == 1 && one == "id";
        return true;
    }
    bool end_object() override { return --depth_ != 0; }
    bool start_array(std::size_t) override { return ++depth_ != 0; }
    bool end_array() override { return --depth_ != 0; }
    bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
        return false;
    }

    Json id;

private:
    template <class T>
    bool value(const T& one) {
        if (is_id_) {
            id = one;
        }
        return depth_ != 0 && !std::exchange(is_id_, false);
    }

    int depth_ = 0;
    bool is_id_ = false;
};

Json error_json(const Error& error, std::string message) {
    Json json;
    json["offset"] = error.offset;
    json["code"] = name(error.code);
    json["message"] = std::move(message);
    return json;
}

/// Why a line has no answer but an error.
struct Refusal {
    Error error;
    std::string message;
};

/// A line that asks in no way that is understood. `offset`: the character of `hex`.
std::unexpected<Refusal> bad_line(std::string message, std::uint32_t offset = 0) {
    return std::unexpected(
        Refusal{Error{ErrorCode::invalid_text, Layer::base, offset}, std::move(message)});
}

/// A text member; nothing when it is something else.
std::string member(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// One of the keys; empty where it is left out or null.
std::expected<ByteBuffer, Refusal> key_of(const Json& keys, const std::string& name) {
    const auto found = keys.find(name);
    if (found == keys.end() || found->is_null()) {
        return ByteBuffer();
    }
    auto octets = from_hex(member(keys, name.c_str()));
    if (!found->is_string() || !octets) {
        return bad_line("keys: \"" + name + "\" is no hexadecimal text");
    }
    return std::move(*octets);
}

std::expected<render::DecodeKeys, Refusal> keys_of(const Json& line) {
    render::DecodeKeys keys;
    const auto found = line.find("keys");
    if (found == line.end() || !found->is_object()) {
        return keys;
    }
    const auto encryption = key_of(*found, "ek");
    const auto authentication = key_of(*found, "ak");
    const auto key_encrypting = key_of(*found, "kek");
    const auto title = key_of(*found, "system_title");
    for (const auto* key : {&encryption, &authentication, &key_encrypting, &title}) {
        if (!*key) {
            return std::unexpected(key->error());
        }
    }
    keys.encryption_key = SecretBytes(*encryption);
    keys.authentication_key = SecretBytes(*authentication);
    keys.key_encrypting_key = SecretBytes(*key_encrypting);
    keys.system_title = *title;
    return keys;
}

/// Decodes what a line asks.
std::expected<void, Refusal> write_line(render::JsonWriter& writer, const Json& line) {
    const std::string layer_name = member(line, "layer");
    const auto layer = render::decode_layer_from_name(layer_name);
    const std::string hex = member(line, "hex");
    if (!layer) {
        return bad_line(layer_name.empty() ? "there is no text \"layer\""
                                           : "no layer is called " + dump(layer_name));
    }
    if (!line.contains("hex") || !line["hex"].is_string()) {
        return bad_line("there is no text \"hex\"");
    }
    const Result<ByteBuffer> octets = from_hex(hex);
    if (!octets) {
        return bad_line("hex: no pair of hexadecimal digits at character " +
                            std::to_string(octets.error().offset + 1),
                        octets.error().offset);
    }
    const auto keys = keys_of(line);
    if (!keys) {
        return std::unexpected(keys.error());
    }
    render::DecodeOptions options;
    options.keys = &*keys;
    const Status written = render::write_decoded(writer, *layer, *octets, options);
    if (!written) {
        return std::unexpected(
            Refusal{written.error(), render::fault_text(written.error(), *octets)});
    }
    return {};
}

/// Keeps of a line only what is used, whatever else it holds and however deep that is.
bool is_wanted(int depth, Json::parse_event_t event, const Json& parsed) {
    constexpr std::array<std::string_view, 4> members{"id", "layer", "hex", "keys"};
    constexpr int deepest = 2;
    if (event == Json::parse_event_t::key && depth == 1) {
        return std::ranges::find(members, parsed.get<std::string>()) != members.end();
    }
    return depth <= deepest;
}

std::string too_long(const std::string& text) {
    IdFinder finder;
    Json::sax_parse(text, &finder);
    Json json;
    json["id"] = std::move(finder.id);
    json["valid"] = false;
    json["error"] =
        error_json(Error{ErrorCode::buffer_limit, Layer::base, max_decode_text},
                   "the line has more than " + std::to_string(max_decode_text) + " characters");
    return dump(json);
}

/// What a JSON writer wrote for one line.
std::string answer(const std::string& text) {
    if (text.size() > max_decode_text) {
        return too_long(text);
    }
    const Json line = Json::parse(text, is_wanted, false);
    const bool is_object = line.is_object();
    const auto id = is_object ? line.find("id") : line.end();
    std::string decoded;
    std::expected<void, Refusal> status = bad_line("the line is no JSON object");
    if (is_object) {
        render::JsonWriter writer(decoded);
        status = write_line(writer, line);
    }
    std::string json;
    render::JsonWriter writer(json);
    writer.begin_object();
    writer.key("id");
    writer.raw(is_object && id != line.end() && id->is_primitive() ? dump(*id) : "null");
    writer.key("valid");
    writer.boolean(status.has_value());
    writer.key(status ? "decoded" : "error");
    writer.raw(status ? decoded : dump(error_json(status.error().error, status.error().message)));
    writer.end_object();
    writer.flush();
    return json;
}

/// Takes one line; of one that is too long only so much that this is seen.
bool take_line(std::istream& in, std::string& line) {
    line.clear();
    char c = 0;
    bool any = false;
    while (in.get(c)) {
        any = true;
        if (c == '\n') {
            break;
        }
        if (line.size() <= max_decode_text) {
            line += c;
        }
    }
    return any;
}

}  // namespace

Json decode_error_json(const Error& error, ByteView octets) {
    return error_json(error, render::fault_text(error, octets));
}

void decode_json_lines(std::istream& in, std::ostream& out) {
    for (std::string line; take_line(in, line);) {
        if (line.find_first_not_of(" \t\r") != std::string::npos) {
            out << answer(line) << '\n' << std::flush;
        }
    }
}

}  // namespace dlms::cli
