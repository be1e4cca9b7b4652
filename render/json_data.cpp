#include "render/json_data.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "render/attribute_table.hpp"
#include "render/float_text.hpp"
#include "stack/axdr/data_builder.hpp"
#include "stack/base/hex.hpp"
#include "stack/base/limits.hpp"

namespace dlms::render {
namespace {

using axdr::Data;
using axdr::DataBuilder;
using axdr::DataView;
using axdr::Tag;

using Made = std::expected<Data, WriteFault>;

constexpr std::size_t longest_quote = 60;
/// Up to here a double holds every integer.
constexpr double exact_in_double = 9'007'199'254'740'992.0;

/// A JSON value as it stands in a message: ASCII only, and short.
std::string quote(const Json& value) {
    std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
    if (text.size() > longest_quote) {
        text.resize(longest_quote);
        text += "...";
    }
    return text;
}

std::string_view member_text(const Json& object, const char* key) {
    return object.at(key).get_ref<const std::string&>();
}

bool has_only(const Json& value, const char* key) {
    return value.is_object() && value.size() == 1 && value.contains(key);
}

bool is_integer_type(Tag type) {
    DataBuilder builder;
    return builder.integer_of(type, 0).finish().has_value();
}

/// One value on its way into a Data.
class Writing {
public:
    Writing(const WriteTarget& target, const WriteOptions& options)
        : target_(target), options_(options) {
        if (options.octet_hint) {
            hint_ = options.octet_hint(target.attribute);
        }
    }

    Made make(const Json& value, std::optional<Tag> type, const std::optional<DataView>& present) {
        if (depth_ > limits::max_data_depth) {
            return refuse("at most " + std::to_string(limits::max_data_depth) + " levels", value);
        }
        if (value.is_object() && value.contains("type") && value.contains("value")) {
            return make_typed(value, present);
        }
        if (!type) {
            type = present ? std::optional(present->tag()) : std::nullopt;
        }
        if (has_only(value, "hex")) {
            return value.at("hex").is_string() ? make_hex(member_text(value, "hex"), type, value)
                                               : refuse("hexadecimal text", value);
        }
        if (type && !is_integer_type(*type) && has_only(value, "raw") &&
            value.at("raw").is_string()) {
            return make_hex(member_text(value, "raw"), type, value);
        }
        if (!type) {
            return fault(
                "the type of the attribute is not known: give data_type, or the A-XDR octets as "
                "{\"hex\": \"...\"}");
        }
        return make_plain(value, *type, present && present->is(*type) ? present : std::nullopt);
    }

private:
    std::unexpected<WriteFault> fault(std::string message) const {
        return std::unexpected(WriteFault{where_ + ": " + std::move(message)});
    }
    std::unexpected<WriteFault> refuse(std::string_view expected, const Json& got) const {
        return fault("expected " + std::string(expected) + ", got " + quote(got));
    }

    Made finish(DataBuilder& builder, std::string_view expected, const Json& got) const {
        Result<Data> data = builder.finish();
        if (!data) {
            return refuse(expected, got);
        }
        return std::move(*data);
    }

    Made make_typed(const Json& value, const std::optional<DataView>& present) {
        const std::optional<Tag> type = tag_from_json(value.at("type"));
        if (!type) {
            return refuse("the name or number of a type", value.at("type"));
        }
        ++depth_;
        Made made = make(value.at("value"), type, present);
        --depth_;
        return made;
    }

    Made make_plain(const Json& value, Tag type, const std::optional<DataView>& present) {
        switch (type) {
            case Tag::null_data:
            case Tag::dont_care: return make_empty(value, type);
            case Tag::array:
            case Tag::structure: return make_elements(value, type, present);
            case Tag::boolean: return make_boolean(value);
            case Tag::bit_string: return make_bits(value);
            case Tag::octet_string: return make_octet_string(value, present);
            case Tag::visible_string:
            case Tag::utf8_string: return make_text(value, type);
            case Tag::date_time: return make_clock(value, type, ClockForm::date_time, present);
            case Tag::date: return make_clock(value, type, ClockForm::date, present);
            case Tag::time: return make_clock(value, type, ClockForm::time, present);
            case Tag::float32:
            case Tag::float64: return make_float(value, type);
            default: return make_integer(value, type);
        }
    }

    Made make_empty(const Json& value, Tag type) const {
        if (!value.is_null()) {
            return refuse("null", value);
        }
        DataBuilder builder;
        type == Tag::null_data ? builder.null() : builder.dont_care();
        return finish(builder, "null", value);
    }

    Made make_boolean(const Json& value) const {
        const Json& plain = has_only(value, "raw") ? value.at("raw") : value;
        const bool is_bit = plain.is_number_integer() && (plain == 0 || plain == 1);
        if (!plain.is_boolean() && !is_bit) {
            return refuse("true or false", value);
        }
        DataBuilder builder;
        builder.boolean(is_bit ? plain == 1 : plain.get<bool>());
        return finish(builder, "true or false", value);
    }

    Made make_bits(const Json& value) const {
        const std::string* bits = value.get_ptr<const std::string*>();
        if (bits == nullptr || bits->find_first_not_of("01") != std::string::npos) {
            return refuse("bits as a text of 0 and 1", value);
        }
        ByteBuffer octets((bits->size() + 7) / 8);
        for (std::size_t i = 0; i < bits->size(); ++i) {
            if ((*bits)[i] == '1') {
                octets[i / 8] = static_cast<Byte>(octets[i / 8] | 0x80 >> i % 8);
            }
        }
        DataBuilder builder;
        builder.bit_string(octets, bits->size());
        return finish(builder, "bits", value);
    }

    Made make_text(const Json& value, Tag type) const {
        const std::string* text = value.get_ptr<const std::string*>();
        if (text == nullptr || (type == Tag::visible_string && !is_printable(*text))) {
            return refuse(type == Tag::visible_string ? "a text of printable ASCII" : "a text",
                          value);
        }
        DataBuilder builder;
        type == Tag::visible_string ? builder.visible_string(*text) : builder.utf8_string(*text);
        return finish(builder, "UTF-8", value);
    }

    Made make_float(const Json& value, Tag type) const {
        const std::optional<std::string> text = number_text(value);
        const int scaler = shown_scaler();
        DataBuilder builder;
        if (const auto wide =
                text && type == Tag::float64 ? float64_from_text(*text, scaler) : std::nullopt) {
            builder.float64(*wide);
        } else if (const auto narrow = text && type == Tag::float32
                                           ? float32_from_text(*text, scaler)
                                           : std::nullopt) {
            builder.float32(*narrow);
        } else {
            return refuse("a number that fits " + std::string(name(type)), value);
        }
        return finish(builder, "a number", value);
    }

    Made make_integer(const Json& value, Tag type) const {
        if (!is_integer_type(type)) {
            return fault("values of the type " + std::string(name(type)) + " cannot be written");
        }
        const bool is_raw = has_only(value, "raw");
        const int scaler = is_raw ? 0 : shown_scaler();
        const std::string expected = expected_integer(type, scaler);
        const Json& plain = is_raw ? value.at("raw") : value;
        // The JSON reader has already rounded a number beyond that.
        const bool is_rounded =
            plain.is_number_float() && std::abs(plain.get<double>()) > exact_in_double;
        const std::optional<std::string> text = is_rounded ? std::nullopt : number_text(plain);
        const auto integer = text ? cosem::raw_from_decimal(*text, scaler)
                                  : fail(ErrorCode::invalid_text, Layer::cosem);
        if (!integer) {
            return refuse(expected, value);
        }
        constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        DataBuilder builder;
        if (integer->magnitude <= most) {
            const auto magnitude = static_cast<std::int64_t>(integer->magnitude);
            builder.integer_of(type, integer->negative ? -magnitude : magnitude);
        } else if (type == Tag::long64_unsigned && !integer->negative) {
            builder.long64_unsigned(integer->magnitude);
        } else if (type == Tag::long64 && integer->negative && integer->magnitude == most + 1) {
            builder.long64(std::numeric_limits<std::int64_t>::min());
        } else {
            return refuse(expected, value);
        }
        return finish(builder, expected, value);
    }

    std::string expected_integer(Tag type, int scaler) const {
        std::string text = "a number that fits " + std::string(name(type));
        if (scaler < 0) {
            text += " with at most " + std::to_string(-scaler) + " decimals";
        } else if (scaler > 0) {
            text += " in steps of 1" + std::string(static_cast<std::size_t>(scaler), '0');
        } else {
            text = "an integer" + text.substr(std::string_view("a number").size());
        }
        if (scales()) {
            const std::string symbol =
                shown_unit(*target_.scaler_unit, options_.energy_unit).symbol;
            text += symbol.empty() ? "" : ", in " + symbol;
        }
        return text;
    }

    /// The digits of a JSON number, or a text that may hold some.
    static std::optional<std::string> number_text(const Json& value) {
        if (value.is_string()) {
            return value.get<std::string>();
        }
        if (value.is_number_float()) {
            return plain_decimal(value.get<double>());
        }
        if (value.is_number()) {
            return value.dump();
        }
        return std::nullopt;
    }

    bool scales() const {
        return depth_ == 0 && target_.scaler_unit &&
               is_register_value(target_.attribute.class_id, target_.attribute.attribute_id);
    }
    int shown_scaler() const {
        return scales() ? shown_unit(*target_.scaler_unit, options_.energy_unit).scaler : 0;
    }

    Made make_octet_string(const Json& value, const std::optional<DataView>& present) {
        const bool is_text = has_only(value, "text") && value.at("text").is_string();
        const Json& plain = is_text ? value.at("text") : value;
        const std::string* text = plain.get_ptr<const std::string*>();
        if (text == nullptr) {
            return refuse("a text, or {\"hex\": \"...\"}", value);
        }
        const auto form =
            clock_form(target_.attribute.class_id, target_.attribute.attribute_id, path_);
        if (!is_text && form && !hint_) {
            return make_clock(value, Tag::octet_string, *form, present);
        }
        switch (is_text ? OctetEncoding::text : shown_encoding(present)) {
            case OctetEncoding::hex: return make_hex(*text, Tag::octet_string, value);
            case OctetEncoding::bcd:
                if (const std::optional<ByteBuffer> octets = bcd_from_text(*text)) {
                    return octet_string(*octets);
                }
                return refuse("an even number of decimal digits", value);
            case OctetEncoding::date_time:
                return make_clock(value, Tag::octet_string, ClockForm::date_time, present);
            case OctetEncoding::text: break;
        }
        return octet_string(as_bytes(*text));
    }

    Made octet_string(ByteView octets) const {
        DataBuilder builder;
        builder.octet_string(octets);
        return finish(builder, "octets", Json());
    }

    /// How a text stands for octets: as the attribute is shown.
    OctetEncoding shown_encoding(const std::optional<DataView>& present) const {
        if (hint_ && path_.empty()) {
            return *hint_;
        }
        const auto octets = present ? present->octets() : ByteView{};
        return octets && !is_printable(as_text(*octets)) ? OctetEncoding::hex : OctetEncoding::text;
    }

    /// Octets behind tag and length; of arrays, structures and an unknown type the whole encoding.
    Made make_hex(std::string_view hex, std::optional<Tag> type, const Json& value) const {
        const Result<ByteBuffer> octets = from_hex(hex);
        if (!octets) {
            return refuse("pairs of hexadecimal digits", value);
        }
        ByteBuffer encoded;
        Writer writer(encoded);
        if (type && *type != Tag::array && *type != Tag::structure) {
            writer.u8(static_cast<std::uint8_t>(*type));
            if (*type == Tag::bit_string) {
                axdr::write_length(writer, octets->size() * 8);
            } else if (axdr::info(*type).shape != axdr::Shape::fixed) {
                axdr::write_length(writer, octets->size());
            }
        }
        writer.bytes(*octets);
        Result<Data> data = Data::parse(std::move(encoded));
        if (!data || (type && data->tag() != *type)) {
            return refuse("the octets of " + (type ? "a " + std::string(name(*type))
                                                   : std::string("one A-XDR Data")),
                          value);
        }
        return std::move(*data);
    }

    Made make_elements(const Json& value, Tag type, const std::optional<DataView>& present) {
        if (!value.is_array()) {
            return refuse("a list, or {\"hex\": \"...\"} with the A-XDR octets", value);
        }
        const auto elements =
            present ? present->elements() : fail(ErrorCode::type_mismatch, Layer::axdr);
        if (type == Tag::structure && elements && elements->size() != value.size()) {
            return refuse("a list of " + std::to_string(elements->size()) + " elements", value);
        }
        DataBuilder builder;
        type == Tag::array ? builder.array(value.size()) : builder.structure(value.size());
        axdr::ElementRange::Iterator model;
        if (elements && !elements->empty()) {
            model = elements->begin();
        }
        const bool has_model = elements && !elements->empty();
        for (std::size_t i = 0; i < value.size(); ++i) {
            Made element = make_element(value[i], i, type == Tag::structure,
                                        has_model ? std::optional(*model) : std::nullopt);
            if (!element) {
                return element;
            }
            builder.element(element->view());
            if (type == Tag::structure && has_model) {
                ++model;
            }
        }
        return finish(builder, "elements within the limits", value);
    }

    /// The first element of an array, or the same element of a structure, is the model.
    Made make_element(const Json& value, std::size_t index, bool in_structure,
                      const std::optional<DataView>& model) {
        const std::size_t length = where_.size();
        where_ += '[' + std::to_string(index) + ']';
        if (in_structure) {
            path_.push_back(index);
        }
        ++depth_;
        Made made = make(value, std::nullopt, model);
        --depth_;
        if (in_structure) {
            path_.pop_back();
        }
        if (made) {
            where_.resize(length);
        }
        return made;
    }

    Made make_clock(const Json& value, Tag type, ClockForm form,
                    const std::optional<DataView>& present) const {
        const std::string expected = "a time like " + std::string(clock_example(form));
        const std::string* text = value.get_ptr<const std::string*>();
        if (text == nullptr) {
            return refuse(expected, value);
        }
        const auto shown = present ? present->octets() : ByteView{};
        const Result<ByteBuffer> octets =
            clock_from_iso(*text, form, shown && present ? std::optional(*shown) : std::nullopt,
                           options_.local_from_utc);
        if (!octets) {
            return refuse(expected, value);
        }
        return make_hex(to_hex(*octets), type, value);
    }

    const WriteTarget& target_;
    const WriteOptions& options_;
    std::optional<OctetEncoding> hint_;
    std::string where_ = "value";
    std::vector<std::size_t> path_;
    std::size_t depth_ = 0;
};

}  // namespace

std::optional<Tag> tag_from_json(const Json& data_type) {
    if (data_type.is_number_integer()) {
        const std::int64_t number = data_type.get<std::int64_t>();
        const bool is_octet = number >= 0 && number <= 0xFF;
        const auto tag = static_cast<Tag>(is_octet ? number : 0);
        return is_octet && axdr::info(tag).shape != axdr::Shape::unknown ? std::optional(tag)
                                                                         : std::nullopt;
    }
    const std::string* text = data_type.get_ptr<const std::string*>();
    if (text == nullptr) {
        return std::nullopt;
    }
    std::string name = *text;
    std::ranges::transform(name, name.begin(), [](char c) {
        return c == '_' || c == ' ' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    return axdr::tag_from_name(name);
}

std::expected<Data, WriteFault> data_from_json(const Json& value, const WriteTarget& target,
                                               const WriteOptions& options) {
    return Writing(target, options).make(value, target.type, target.present);
}

}  // namespace dlms::render
