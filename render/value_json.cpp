#include "render/value_json.hpp"

#include <vector>

#include "render/attribute_table.hpp"
#include "render/data_tree.hpp"
#include "render/float_text.hpp"
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

/// Shows one attribute; knows at which place of it it is.
class Renderer {
public:
    Renderer(const AttributeDescriptor& attribute, const ValueOptions& options)
        : attribute_(attribute) {
        if (options.octet_hint) {
            hint_ = options.octet_hint(attribute);
        }
    }

    ShownValue show(const DataView& data) {
        ShownValue shown;
        shown.type = name(data.tag());
        if (const std::optional<ByteView> octets = octets_of(data)) {
            ShownOctets interpreted = interpret(data, *octets);
            shown.value = std::move(interpreted.text);
            shown.encoding = interpreted.encoding;
            shown.lacks_offset = interpreted.lacks_offset;
        } else {
            shown.value = value(data);
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

    Json value(const DataView& data) {
        if (const std::optional<ByteView> octets = octets_of(data)) {
            return interpret(data, *octets).text;
        }
        if (const auto integer = cosem::read_exact_integer(data)) {
            return integer_json(*integer);
        }
        if (const auto elements = data.elements()) {
            return list(*elements, data.is(Tag::structure));
        }
        if (const auto boolean = data.boolean()) {
            return *boolean;
        }
        if (const auto bits = data.bit_string()) {
            return bit_text(*bits);
        }
        return float_json(data);
    }

    Json list(const axdr::ElementRange& elements, bool is_structure) {
        Json json = Json::array();
        std::size_t index = 0;
        for (const DataView element : elements) {
            if (is_structure) {
                path_.push_back(index++);
            }
            json.push_back(value(element));
            if (is_structure) {
                path_.pop_back();
            }
        }
        return json;
    }

    static Json raw(const DataView& data, const Json& value) {
        if (const std::optional<ByteView> octets = octets_of(data)) {
            return to_hex(*octets);
        }
        if (const auto bits = data.bit_string()) {
            return to_hex(bits->octets);
        }
        if (data.elements()) {
            return to_hex(data.encoded());
        }
        if (data.is(Tag::float32) || data.is(Tag::float64)) {
            return to_hex(data.encoded().subspan(1));
        }
        return value;
    }

    ShownOctets interpret(const DataView& data, ByteView octets) const {
        switch (data.tag()) {
            case Tag::date_time: return show_clock(octets, ClockForm::date_time);
            case Tag::date: return show_clock(octets, ClockForm::date);
            case Tag::time: return show_clock(octets, ClockForm::time);
            case Tag::utf8_string: return {std::string(as_text(octets)), OctetEncoding::text};
            case Tag::visible_string: return show_text(as_text(octets));
            default: break;
        }
        if (hint_ && path_.empty()) {
            return show_as(*hint_, octets);
        }
        if (const auto form = clock_form(attribute_.class_id, attribute_.attribute_id, path_)) {
            return show_clock(octets, *form);
        }
        return show_text(as_text(octets));
    }

    const AttributeDescriptor& attribute_;
    std::optional<OctetEncoding> hint_;
    std::vector<std::size_t> path_;
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
                      const ValueOptions& options) {
    ShownValue shown = Renderer(attribute, options).show(data);
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
