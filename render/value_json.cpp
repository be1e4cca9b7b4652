#include "render/value_json.hpp"

#include "render/attribute_table.hpp"
#include "render/data_tree.hpp"
#include "render/float_text.hpp"
#include "render/json_clock.hpp"
#include "render/named_json.hpp"
#include "stack/axdr/compact_array.hpp"
#include "stack/base/hex.hpp"
#include "stack/cosem/date_time.hpp"

namespace dlms::render {
namespace {

using axdr::DataView;
using axdr::Tag;
using cosem::AttributeDescriptor;

constexpr int kilo_scaler = -3;
/// Up to here every integer is a double: JSON readers lose nothing.
constexpr std::uint64_t exact_in_double = std::uint64_t{1} << 53;

bool is_energy(cosem::Unit unit) {
    return unit == cosem::Unit::watt_hour || unit == cosem::Unit::var_hour ||
           unit == cosem::Unit::volt_ampere_hour;
}

/// Octets as somebody reads them.
struct ShownOctets {
    std::string text;
    OctetEncoding encoding = OctetEncoding::hex;
    bool lacks_offset = false;
};

ShownOctets hex_octets(ByteView octets) {
    return {to_hex(octets), OctetEncoding::hex};
}

template <class T>
ShownOctets clock_octets(const Result<T>& value, ByteView octets) {
    if (!value) {
        return hex_octets(octets);
    }
    ShownOctets shown{iso_text(*value), OctetEncoding::date_time};
    if constexpr (std::is_same_v<T, cosem::DateTime>) {
        shown.lacks_offset = !value->has_deviation();
    }
    return shown;
}

ShownOctets show_clock(ByteView octets, ClockForm form) {
    switch (form) {
        case ClockForm::date_time: return clock_octets(cosem::read_date_time(octets), octets);
        case ClockForm::date: return clock_octets(cosem::read_date(octets), octets);
        case ClockForm::time: return clock_octets(cosem::read_time(octets), octets);
    }
    return hex_octets(octets);
}

ShownOctets show_text(std::string_view text) {
    if (!is_printable(text)) {
        return hex_octets(as_bytes(text));
    }
    return {std::string(text), OctetEncoding::text};
}

/// As the hint says, and as hex where the octets do not fit it.
ShownOctets show_as(OctetEncoding encoding, ByteView octets) {
    switch (encoding) {
        case OctetEncoding::text: {
            const std::string_view text = as_text(octets);
            // Fields of a fixed length are filled up with zeros.
            return show_text(text.substr(0, text.find_last_not_of('\0') + 1));
        }
        case OctetEncoding::bcd:
            if (std::optional<std::string> digits = bcd_text(octets)) {
                return {std::move(*digits), OctetEncoding::bcd};
            }
            break;
        case OctetEncoding::date_time: return show_clock(octets, ClockForm::date_time);
        case OctetEncoding::hex: break;
    }
    return hex_octets(octets);
}

using Type = const cosem::ValueType*;

/// What the type says of an element of an array or structure; nullptr where it says nothing.
Type element_type(Type type, std::size_t index) {
    if (type != nullptr && type->form == cosem::ValueType::Form::array) {
        return type->item;
    }
    const bool has_member = type != nullptr && type->form == cosem::ValueType::Form::structure &&
                            index < type->members.size();
    return has_member ? type->members[index].type : nullptr;
}

/// The alternative that the data fit, of a CHOICE; else the type itself.
Type chosen(Type type, const DataView& data) {
    if (type == nullptr || type->form != cosem::ValueType::Form::choice) {
        return type;
    }
    std::vector<Type> alternatives;
    for (const cosem::TypeMember& member : type->members) {
        alternatives.push_back(member.type);
    }
    return best_fit(alternatives, data);
}

/// A compact array unrolls to values that took it few octets, or none; beyond this times its octets
/// it is shown as octets alone.
constexpr std::size_t most_octets_for_one = 16;

/// Shows one attribute.
class Renderer {
public:
    Renderer(const AttributeDescriptor& attribute, const ValueOptions& options) {
        if (options.octet_hint) {
            hint_ = options.octet_hint(attribute);
        }
        types_ = attribute_types(attribute.class_id, attribute.attribute_id);
    }

    bool has_hint() const { return hint_.has_value(); }

    ShownValue show(const DataView& data) {
        const Type fitting = best_fit(types_, data);
        // A structure with more members than the table knows has those that it knows all the same.
        const Type type = fitting == nullptr && !types_.empty() ? types_.front() : fitting;
        ShownValue shown;
        shown.type = name(data.tag());
        if (const std::optional<ByteView> octets = octets_of(data)) {
            ShownOctets interpreted = interpret(data, *octets, type);
            shown.value = std::move(interpreted.text);
            shown.encoding = interpreted.encoding;
            shown.lacks_offset = interpreted.lacks_offset;
        } else {
            shown.value = value(data, type);
        }
        shown.raw = raw(data, shown.value);
        return shown;
    }

private:
    static std::optional<ByteView> octets_of(const DataView& data) {
        if (const auto octets = data.octets()) {
            return *octets;
        }
        const auto text = data.text();
        return text ? std::optional(as_bytes(*text)) : std::nullopt;
    }

    Json value(const DataView& data, Type of_place) {
        const Type type = chosen(of_place, data);
        if (const std::optional<ByteView> octets = octets_of(data)) {
            return interpret(data, *octets, type).text;
        }
        if (const auto integer = cosem::read_exact_integer(data)) {
            return integer_json(*integer);
        }
        if (const auto elements = data.elements()) {
            return list(*elements, data.is(Tag::structure), type);
        }
        if (const auto compact = data.compact_array()) {
            return unrolled(*compact, data);
        }
        if (const auto boolean = data.boolean()) {
            return *boolean;
        }
        if (const auto bits = data.bit_string()) {
            return bit_text(*bits);
        }
        return float_json(data);
    }

    Json list(const axdr::ElementRange& elements, bool is_structure, Type type) {
        Json json = Json::array();
        std::size_t index = 0;
        structures_ += is_structure ? 1U : 0U;
        for (const DataView element : elements) {
            json.push_back(value(element, element_type(type, index++)));
        }
        structures_ -= is_structure ? 1U : 0U;
        return json;
    }

    Json unrolled(const axdr::CompactArrayView& compact, const DataView& data) {
        const auto array = compact.to_array();
        if (!array || array->encoded().size() > most_octets_for_one * data.encoded().size()) {
            return {{"hex", to_hex(data.encoded())}};
        }
        return value(array->view(), nullptr);
    }

    static Json raw(const DataView& data, const Json& value) {
        if (const std::optional<ByteView> octets = octets_of(data)) {
            return to_hex(*octets);
        }
        if (const auto bits = data.bit_string()) {
            return to_hex(bits->octets);
        }
        if (data.elements() || data.is(Tag::compact_array)) {
            return to_hex(data.encoded());
        }
        if (data.is(Tag::float32) || data.is(Tag::float64)) {
            return to_hex(data.encoded().subspan(1));
        }
        return value;
    }

    ShownOctets interpret(const DataView& data, ByteView octets, Type type) const {
        switch (data.tag()) {
            case Tag::date_time: return show_clock(octets, ClockForm::date_time);
            case Tag::date: return show_clock(octets, ClockForm::date);
            case Tag::time: return show_clock(octets, ClockForm::time);
            case Tag::utf8_string: return {std::string(as_text(octets)), OctetEncoding::text};
            case Tag::visible_string: return show_text(as_text(octets));
            default: break;
        }
        if (hint_ && structures_ == 0) {
            return show_as(*hint_, octets);
        }
        if (const auto form = type != nullptr ? clock_form(type->meaning) : std::nullopt) {
            return show_clock(octets, *form);
        }
        return show_text(as_text(octets));
    }

    std::vector<Type> types_;
    std::optional<OctetEncoding> hint_;
    std::size_t structures_ = 0;  ///< around the value that is being shown
};

/// A register's number in decimal; nothing when the register holds no number.
std::optional<Json> register_value(const DataView& data, int scaler) {
    if (const auto integer = cosem::read_exact_integer(data)) {
        return Json(cosem::decimal_text(*integer, scaler));
    }
    std::optional<std::string> text;
    if (const auto narrow = data.float32()) {
        text = float_text(*narrow, scaler);
    } else if (const auto wide = data.float64()) {
        text = float_text(*wide, scaler);
    } else {
        return std::nullopt;
    }
    return text ? Json(std::move(*text)) : Json();
}

}  // namespace

ShownUnit shown_unit(const cosem::ScalerUnit& scaler_unit, EnergyUnit energy_unit) {
    const std::optional<std::string_view> known = symbol(scaler_unit.unit);
    ShownUnit shown{known ? std::string(*known)
                          : "unit " + std::to_string(static_cast<unsigned>(scaler_unit.unit)),
                    scaler_unit.scaler};
    if (energy_unit == EnergyUnit::kilo && is_energy(scaler_unit.unit)) {
        shown.symbol.insert(0, 1, 'k');
        shown.scaler += kilo_scaler;
    }
    return shown;
}

ShownValue show_value(const AttributeDescriptor& attribute, const DataView& data,
                      const std::optional<cosem::ScalerUnit>& scaler_unit,
                      const ValueOptions& options, std::optional<std::uint8_t> version) {
    Renderer renderer(attribute, options);
    ShownValue shown = renderer.show(data);
    if (!renderer.has_hint()) {
        shown.decoded = decoded_json(attribute, data, version);
    }
    if (!is_register_value(attribute.class_id, attribute.attribute_id)) {
        return shown;
    }
    if (scaler_unit) {
        shown.unit = shown_unit(*scaler_unit, options.energy_unit);
    }
    if (std::optional<Json> number = register_value(data, shown.unit ? shown.unit->scaler : 0)) {
        shown.value = std::move(*number);
    } else {
        shown.unit.reset();  // a text or a list in a register is not in a unit
    }
    return shown;
}

Json members(const ShownValue& shown, const ValueOptions& options) {
    Json object;
    object["value"] = shown.value;
    object["unit"] = shown.unit ? Json(shown.unit->symbol) : Json();
    object["scaler"] = shown.unit ? Json(shown.unit->scaler) : Json();
    object["type"] = shown.type;
    object["raw"] = shown.raw;
    if (shown.encoding) {
        object["encoding"] = name(*shown.encoding);
    }
    if (shown.decoded) {
        object["decoded"] = *shown.decoded;
    }
    if (shown.lacks_offset && !options.time_zone.empty()) {
        object["timeZone"] = options.time_zone;
    }
    return object;
}

std::string text(const ShownValue& shown) {
    if (!shown.value.is_string()) {
        return shown.value.dump(-1, ' ', true, Json::error_handler_t::replace);
    }
    std::string line = terminal_text(shown.value.get_ref<const std::string&>());
    if (shown.unit && !shown.unit->symbol.empty()) {
        line += ' ' + shown.unit->symbol;
    }
    return line;
}

Json integer_json(const cosem::ExactInteger& integer) {
    if (integer.magnitude > exact_in_double) {
        return cosem::decimal_text(integer, 0);
    }
    const auto magnitude = static_cast<std::int64_t>(integer.magnitude);
    return integer.negative ? Json(-magnitude) : Json(magnitude);
}

}  // namespace dlms::render
