#include "render/json_scalar.hpp"

#include <cmath>
#include <limits>

#include "render/data_tree.hpp"
#include "render/float_text.hpp"
#include "render/ip_text.hpp"
#include "stack/axdr/data_builder.hpp"
#include "stack/base/hex.hpp"

namespace dlms::render {
namespace {

using axdr::Data;
using axdr::DataBuilder;
using axdr::DataView;
using axdr::Tag;
using cosem::Meaning;

/// Up to here a double holds every integer.
constexpr double exact_in_double = 9'007'199'254'740'992.0;

MadeScalar finish(DataBuilder& builder, std::string expected) {
    Result<Data> data = builder.finish();
    if (!data) {
        return std::unexpected(std::move(expected));
    }
    return std::move(*data);
}

std::unexpected<std::string> expected(std::string_view what) {
    return std::unexpected(std::string(what));
}

MadeScalar make_empty(const Json& value, Tag tag) {
    if (!value.is_null()) {
        return expected("null");
    }
    DataBuilder builder;
    tag == Tag::null_data ? builder.null() : builder.dont_care();
    return finish(builder, "null");
}

MadeScalar make_boolean(const Json& value) {
    const Json& plain = has_only(value, "raw") ? value.at("raw") : value;
    const bool is_bit = plain.is_number_integer() && (plain == 0 || plain == 1);
    if (!plain.is_boolean() && !is_bit) {
        return expected("true or false");
    }
    DataBuilder builder;
    builder.boolean(is_bit ? plain == 1 : plain.get<bool>());
    return finish(builder, "true or false");
}

MadeScalar make_bits(const Json& value) {
    const std::string* bits = value.get_ptr<const std::string*>();
    if (bits == nullptr || bits->find_first_not_of("01") != std::string::npos) {
        return expected("bits as a text of 0 and 1");
    }
    ByteBuffer octets((bits->size() + 7) / 8);
    for (std::size_t i = 0; i < bits->size(); ++i) {
        if ((*bits)[i] == '1') {
            octets[i / 8] = static_cast<Byte>(octets[i / 8] | 0x80 >> i % 8);
        }
    }
    DataBuilder builder;
    builder.bit_string(octets, bits->size());
    return finish(builder, "bits");
}

MadeScalar make_text(const Json& value, Tag tag) {
    const std::string* text = value.get_ptr<const std::string*>();
    if (text == nullptr || (tag == Tag::visible_string && !is_printable(*text))) {
        return expected(tag == Tag::visible_string ? "a text of printable ASCII" : "a text");
    }
    DataBuilder builder;
    tag == Tag::visible_string ? builder.visible_string(*text) : builder.utf8_string(*text);
    return finish(builder, "UTF-8");
}

/// The digits of a JSON number, or a text that may hold some.
std::optional<std::string> number_text(const Json& value) {
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

MadeScalar make_float(const Json& value, const ScalarTarget& target) {
    const std::optional<std::string> text = number_text(value);
    const int scaler = target.unit ? target.unit->scaler : 0;
    DataBuilder builder;
    if (const auto wide =
            text && target.tag == Tag::float64 ? float64_from_text(*text, scaler) : std::nullopt) {
        builder.float64(*wide);
    } else if (const auto narrow = text && target.tag == Tag::float32
                                       ? float32_from_text(*text, scaler)
                                       : std::nullopt) {
        builder.float32(*narrow);
    } else {
        return expected("a number that fits " + std::string(name(target.tag)));
    }
    return finish(builder, "a number");
}

std::string names_of(std::span<const cosem::CodeName> codes) {
    std::string text;
    for (const cosem::CodeName& row : codes) {
        text += (text.empty() ? "" : ", ") + std::string(row.name);
    }
    return text;
}

std::string expected_integer(const ScalarTarget& target, int scaler) {
    std::string text = "a number that fits " + std::string(name(target.tag));
    if (scaler < 0) {
        text += " with at most " + std::to_string(-scaler) + " decimals";
    } else if (scaler > 0) {
        text += " in steps of 1" + std::string(static_cast<std::size_t>(scaler), '0');
    } else {
        text = "an integer" + text.substr(std::string_view("a number").size());
    }
    if (target.unit && !target.unit->symbol.empty()) {
        text += ", in " + target.unit->symbol;
    }
    if (target.type != nullptr && !target.type->codes.empty()) {
        text += ", or one of " + names_of(target.type->codes);
    } else if (target.type != nullptr && target.type->meaning == Meaning::ipv4_address) {
        text += ", or an address like 192.168.1.20";
    }
    return text;
}

/// The number that a name stands for.
std::optional<std::uint32_t> named_number(const Json& value, const ScalarTarget& target) {
    const std::string* text = value.get_ptr<const std::string*>();
    if (text == nullptr || target.type == nullptr) {
        return std::nullopt;
    }
    if (target.type->meaning == Meaning::ipv4_address) {
        return ipv4_from_text(*text);
    }
    if (target.type->meaning == Meaning::unit) {
        const auto unit = cosem::unit_from_symbol(*text);
        return unit ? std::optional<std::uint32_t>(static_cast<std::uint8_t>(*unit)) : std::nullopt;
    }
    return code_of(target.type->codes, *text);
}

MadeScalar make_integer(const Json& value, const ScalarTarget& target) {
    const bool is_raw = has_only(value, "raw");
    const int scaler = target.unit && !is_raw ? target.unit->scaler : 0;
    const auto refuse = [&] { return std::unexpected(expected_integer(target, scaler)); };
    DataBuilder builder;
    if (const auto number = named_number(value, target)) {
        builder.integer_of(target.tag, *number);
        return finish(builder, expected_integer(target, scaler));
    }
    const Json& plain = is_raw ? value.at("raw") : value;
    // The JSON reader has already rounded a number beyond that.
    const bool is_rounded =
        plain.is_number_float() && std::abs(plain.get<double>()) > exact_in_double;
    const std::optional<std::string> text = is_rounded ? std::nullopt : number_text(plain);
    const auto integer =
        text ? cosem::raw_from_decimal(*text, scaler) : fail(ErrorCode::invalid_text, Layer::cosem);
    if (!integer) {
        return refuse();
    }
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (integer->magnitude <= most) {
        const auto magnitude = static_cast<std::int64_t>(integer->magnitude);
        builder.integer_of(target.tag, integer->negative ? -magnitude : magnitude);
    } else if (target.tag == Tag::long64_unsigned && !integer->negative) {
        builder.long64_unsigned(integer->magnitude);
    } else if (target.tag == Tag::long64 && integer->negative && integer->magnitude == most + 1) {
        builder.long64(std::numeric_limits<std::int64_t>::min());
    } else {
        return refuse();
    }
    return finish(builder, expected_integer(target, scaler));
}

MadeScalar octet_string(ByteView octets) {
    DataBuilder builder;
    builder.octet_string(octets);
    return finish(builder, "octets");
}

MadeScalar make_clock(const Json& value, const ScalarTarget& target, ClockForm form,
                      const LocalFromUtc& local_from_utc) {
    const std::string* text = value.get_ptr<const std::string*>();
    Result<ByteBuffer> octets = fail(ErrorCode::invalid_text, Layer::cosem);
    if (text != nullptr) {
        const auto shown = target.present ? target.present->octets() : ByteView{};
        octets = clock_from_iso(*text, form,
                                shown && target.present ? std::optional(*shown) : std::nullopt,
                                local_from_utc);
    } else if (value.is_object()) {
        octets = clock_from_parts(value, form);
    }
    if (!octets) {
        return expected("a time like " + std::string(clock_example(form)));
    }
    return data_from_hex(to_hex(*octets), target.tag);
}

/// How a text stands for octets: as the attribute is shown.
OctetEncoding shown_encoding(const ScalarTarget& target) {
    if (target.hint) {
        return *target.hint;
    }
    const auto octets = target.present ? target.present->octets() : ByteView{};
    return octets && !is_printable(as_text(*octets)) ? OctetEncoding::hex : OctetEncoding::text;
}

/// Whether a text for octets that are a key, an address or a title may be meant as hexadecimal, and
/// nothing says so.
bool is_ambiguous(std::string_view text, const ScalarTarget& target) {
    return !target.hint && !target.present && target.type != nullptr &&
           target.type->form == cosem::ValueType::Form::simple &&
           target.type->tag == Tag::octet_string && target.type->meaning == Meaning::none &&
           !text.empty() && text.find_first_not_of("0123456789ABCDEFabcdef :-.") == text.npos;
}

/// An octet-string with a meaning of its own in the class table; nothing without one.
std::optional<MadeScalar> make_meant(const std::string& text, Meaning meaning) {
    if (meaning == Meaning::obis_code) {
        const auto code = cosem::ObisCode::parse(text);
        return code ? octet_string(code->octets())
                    : MadeScalar(expected("an OBIS code like 1-0:1.8.0.255"));
    }
    if (meaning == Meaning::ipv6_address) {
        const auto octets = ipv6_from_text(text);
        return octets ? octet_string(*octets) : MadeScalar(expected("an address like 2001:db8::1"));
    }
    return std::nullopt;
}

MadeScalar make_octet_string(const Json& value, const ScalarTarget& target,
                             const LocalFromUtc& local_from_utc) {
    const Meaning meaning = target.type != nullptr ? target.type->meaning : Meaning::none;
    const std::optional<ClockForm> form = clock_form(meaning);
    const bool is_text = has_only(value, "text") && value.at("text").is_string();
    if (form && !is_text && !target.hint) {
        return make_clock(value, target, *form, local_from_utc);
    }
    const Json& plain = is_text ? value.at("text") : value;
    const std::string* text = plain.get_ptr<const std::string*>();
    if (text == nullptr) {
        return expected("a text, or {\"hex\": \"...\"}");
    }
    if (!is_text && !target.hint) {
        if (std::optional<MadeScalar> meant = make_meant(*text, meaning)) {
            return std::move(*meant);
        }
    }
    if (!is_text && is_ambiguous(*text, target)) {
        return expected("{\"hex\": \"...\"} or {\"text\": \"...\"}");
    }
    switch (is_text ? OctetEncoding::text : shown_encoding(target)) {
        case OctetEncoding::hex: return data_from_hex(*text, Tag::octet_string);
        case OctetEncoding::bcd:
            if (const std::optional<ByteBuffer> octets = bcd_from_text(*text)) {
                return octet_string(*octets);
            }
            return expected("an even number of decimal digits");
        case OctetEncoding::date_time:
            return make_clock(value, target, ClockForm::date_time, local_from_utc);
        case OctetEncoding::text: break;
    }
    return octet_string(as_bytes(*text));
}

/// The symbol of a unit that shares it with no other; empty for every other code.
std::string_view own_symbol(std::uint64_t code) {
    const auto unit = static_cast<cosem::Unit>(code);
    const auto symbol = code <= 0xFF ? cosem::symbol(unit) : std::nullopt;
    return symbol && cosem::unit_from_symbol(*symbol) == unit ? *symbol : std::string_view();
}

/// The plain form, whether or not the same Data comes of it.
Json plain_json(const DataView& data, const cosem::ValueType* type) {
    const Meaning meaning = type != nullptr ? type->meaning : Meaning::none;
    if (const auto integer = cosem::read_exact_integer(data)) {
        const std::uint64_t code = integer->negative ? UINT64_MAX : integer->magnitude;
        if (meaning == Meaning::ipv4_address && code <= UINT32_MAX) {
            return ipv4_text(static_cast<std::uint32_t>(code));
        }
        const std::string_view word = meaning == Meaning::unit ? own_symbol(code)
                                      : type != nullptr        ? cosem::name_of(type->codes, code)
                                                               : std::string_view();
        return word.empty() ? integer_json(*integer) : Json(word);
    }
    if (const auto octets = data.octets()) {
        if (meaning == Meaning::obis_code && octets->size() == 6) {
            return cosem::ObisCode::from_octets(octets->first<6>()).text();
        }
        if (meaning == Meaning::ipv6_address && octets->size() == 16) {
            return ipv6_text(octets->first<16>());
        }
        return is_printable(as_text(*octets)) ? Json(as_text(*octets)) : Json();
    }
    if (const auto text = data.text()) {
        return data.is(Tag::utf8_string) || is_printable(*text) ? Json(*text) : Json();
    }
    if (const auto boolean = data.boolean()) {
        return *boolean;
    }
    if (const auto bits = data.bit_string()) {
        return bit_text(*bits);
    }
    return float_json(data);
}

std::optional<ClockForm> clock_form_of(const DataView& data, const cosem::ValueType* type) {
    switch (data.tag()) {
        case Tag::date_time: return ClockForm::date_time;
        case Tag::date: return ClockForm::date;
        case Tag::time: return ClockForm::time;
        case Tag::octet_string: return type ? clock_form(type->meaning) : std::nullopt;
        default: return std::nullopt;
    }
}

/// The octets behind tag and length.
Json hex_json(const DataView& data) {
    ByteView octets = data.encoded().subspan(1);
    if (const auto counted = data.octets()) {
        octets = *counted;
    } else if (const auto text = data.text()) {
        octets = as_bytes(*text);
    } else if (const auto bits = data.bit_string()) {
        octets = bits->octets;
    }
    return {{"hex", to_hex(octets)}};
}

}  // namespace

bool has_only(const Json& value, const char* key) {
    return value.is_object() && value.size() == 1 && value.contains(key);
}

bool is_integer_type(Tag tag) {
    DataBuilder builder;
    return builder.integer_of(tag, 0).finish().has_value();
}

MadeScalar scalar_from_json(const Json& value, const ScalarTarget& target,
                            const LocalFromUtc& local_from_utc) {
    switch (target.tag) {
        case Tag::null_data:
        case Tag::dont_care: return make_empty(value, target.tag);
        case Tag::boolean: return make_boolean(value);
        case Tag::bit_string: return make_bits(value);
        case Tag::octet_string: return make_octet_string(value, target, local_from_utc);
        case Tag::visible_string:
        case Tag::utf8_string: return make_text(value, target.tag);
        case Tag::date_time: return make_clock(value, target, ClockForm::date_time, local_from_utc);
        case Tag::date: return make_clock(value, target, ClockForm::date, local_from_utc);
        case Tag::time: return make_clock(value, target, ClockForm::time, local_from_utc);
        case Tag::float32:
        case Tag::float64: return make_float(value, target);
        default: return make_integer(value, target);
    }
}

MadeScalar data_from_hex(std::string_view hex, std::optional<Tag> tag) {
    const Result<ByteBuffer> octets = from_hex(hex);
    if (!octets) {
        return expected("pairs of hexadecimal digits");
    }
    ByteBuffer encoded;
    Writer writer(encoded);
    const bool is_whole =
        !tag || *tag == Tag::array || *tag == Tag::structure || *tag == Tag::compact_array;
    if (!is_whole) {
        writer.u8(static_cast<std::uint8_t>(*tag));
        if (*tag == Tag::bit_string) {
            axdr::write_length(writer, octets->size() * 8);
        } else if (axdr::info(*tag).shape != axdr::Shape::fixed) {
            axdr::write_length(writer, octets->size());
        }
    }
    writer.bytes(*octets);
    Result<Data> data = Data::parse(std::move(encoded));
    if (!data || (tag && data->tag() != *tag)) {
        return expected("the octets of " +
                        (tag ? "a " + std::string(name(*tag)) : std::string("one A-XDR Data")));
    }
    return std::move(*data);
}

Json exact_scalar_json(const DataView& data, const cosem::ValueType* type) {
    if (const auto form = clock_form_of(data, type)) {
        const auto octets = data.octets();
        const auto clock = octets ? exact_clock_json(*octets, *form) : std::nullopt;
        return clock ? *clock : hex_json(data);
    }
    Json plain = plain_json(data, type);
    ScalarTarget target;
    target.tag = data.tag();
    target.type = type;
    const MadeScalar read_back = scalar_from_json(plain, target, {});
    if (read_back && read_back->view() == data) {
        return plain;
    }
    Json hex = hex_json(data);
    const MadeScalar of_hex = data_from_hex(hex["hex"].get_ref<const std::string&>(), data.tag());
    // Only a length in a longer form than needed, or ones in unused bits, are lost.
    return of_hex && (of_hex->view() == data || plain.is_null()) ? hex : plain;
}

}  // namespace dlms::render
