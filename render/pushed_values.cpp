#include "render/pushed_values.hpp"

#include <algorithm>

#include "render/obis_name.hpp"

namespace dlms::render {
namespace {

constexpr std::size_t name_size = 6;
/// Value group A goes from 0 to 15, and F is 255 for what is not historical.
constexpr Byte last_medium = 15;
constexpr Byte present_value = 255;
constexpr std::uint16_t register_class = 3;
constexpr std::uint16_t clock_class = 8;

std::vector<axdr::DataView> list_of(const axdr::DataView& data) {
    std::vector<axdr::DataView> elements;
    if (const auto range = data.elements()) {
        elements.assign(range->begin(), range->end());
    }
    return elements;
}

std::optional<cosem::ObisCode> logical_name(const axdr::DataView& data) {
    const auto octets = data.octets();
    const bool is_name = data.is(axdr::Tag::octet_string) && octets &&
                         octets->size() == name_size && (*octets)[0] <= last_medium &&
                         octets->back() == present_value;
    if (!is_name) {
        return std::nullopt;
    }
    const ByteView name = *octets;
    return cosem::ObisCode(name[0], name[1], name[2], name[3], name[4], name[5]);
}

bool is_list(const axdr::DataView& data) {
    return data.is(axdr::Tag::array) || data.is(axdr::Tag::structure);
}

std::optional<cosem::ScalerUnit> scaler_unit_of(const axdr::DataView& data) {
    const auto elements = data.elements();
    const bool is_pair = data.is(axdr::Tag::structure) && elements && elements->size() == 2 &&
                         (*elements->begin()).is(axdr::Tag::integer);
    const auto read = is_pair ? cosem::read_scaler_unit(data)
                              : std::unexpected(Error{ErrorCode::type_mismatch, Layer::cosem, 0});
    return read ? std::optional(*read) : std::nullopt;
}

/// One element of a push_object_list: class, logical name, attribute, data index, and in later
/// versions a restriction and columns.
std::optional<cosem::AttributeDescriptor> push_object(const axdr::DataView& element) {
    const std::vector<axdr::DataView> members = list_of(element);
    if (!element.is(axdr::Tag::structure) || members.size() < 4 || members.size() > 6 ||
        !members[0].is(axdr::Tag::long_unsigned) || !members[2].is(axdr::Tag::integer) ||
        !members[3].is(axdr::Tag::long_unsigned)) {
        return std::nullopt;
    }
    const auto octets = members[1].octets();
    if (!members[1].is(axdr::Tag::octet_string) || !octets || octets->size() != name_size) {
        return std::nullopt;
    }
    const ByteView name = *octets;
    cosem::AttributeDescriptor attribute;
    attribute.class_id = static_cast<std::uint16_t>(members[0].unsigned_integer().value_or(0));
    attribute.instance = cosem::ObisCode(name[0], name[1], name[2], name[3], name[4], name[5]);
    attribute.attribute_id = static_cast<std::int8_t>(members[2].signed_integer().value_or(0));
    return attribute;
}

/// A walk over the body that collects values.
class Collector {
public:
    void walk(const std::vector<axdr::DataView>& elements) {
        for (std::size_t index = 0; index < elements.size();) {
            index += take(std::span(elements).subspan(index));
        }
    }

    void add(std::optional<cosem::AttributeDescriptor> attribute, const axdr::DataView& value,
             std::optional<cosem::ScalerUnit> scaler_unit = std::nullopt) {
        if (pushed_.values.size() < max_pushed_values) {
            pushed_.values.push_back({pushed_.values.size(), attribute, value, scaler_unit});
        }
    }

    PushedValues result() {
        pushed_.is_self_described = !pushed_.values.empty() &&
                                    std::ranges::all_of(pushed_.values, [](const PushedValue& one) {
                                        return one.attribute.has_value();
                                    });
        return std::move(pushed_);
    }

private:
    /// Takes one value off the front; how many elements it had.
    std::size_t take(std::span<const axdr::DataView> rest) {
        const auto name = logical_name(rest[0]);
        // Of two names in a row the first stands for itself: a push setup in front of its values.
        const bool has_value = name && rest.size() > 1 && !logical_name(rest[1]);
        if (has_value) {
            const auto unit = rest.size() > 2 ? scaler_unit_of(rest[2]) : std::nullopt;
            add(attribute_of(*name, rest[1], unit), rest[1], unit);
            return unit ? 3 : 2;
        }
        if (name && rest.size() > 1) {
            return 1;
        }
        if (is_list(rest[0])) {
            walk(list_of(rest[0]));
        } else {
            add(std::nullopt, rest[0]);
        }
        return 1;
    }

    static cosem::AttributeDescriptor attribute_of(const cosem::ObisCode& name,
                                                   const axdr::DataView& value,
                                                   const std::optional<cosem::ScalerUnit>& unit) {
        const bool is_clock = name == cosem::ObisCode(0, 0, 1, 0, 0, 255) ||
                              name == cosem::ObisCode(0, 1, 1, 0, 0, 255);
        const auto class_id = is_clock && value.is(axdr::Tag::octet_string) ? clock_class
                              : unit                                        ? register_class
                                                                            : std::uint16_t{0};
        return {class_id, name, 2};
    }

    PushedValues pushed_;
};

/// The objects that the first element lists, if the others are their values.
std::optional<PushedValues> by_list_inside(const std::vector<axdr::DataView>& elements) {
    const auto objects = elements.empty() ? std::nullopt : push_objects(elements[0]);
    if (!objects || objects->empty()) {
        return std::nullopt;
    }
    const std::size_t values = elements.size() - 1;
    // The list is mostly its own first entry.
    const std::size_t skipped = objects->size() - std::min(objects->size(), values);
    if (skipped > 1 || values > objects->size()) {
        return std::nullopt;
    }
    Collector collector;
    for (std::size_t index = 0; index < values; ++index) {
        collector.add((*objects)[index + skipped], elements[index + 1]);
    }
    return collector.result();
}

}  // namespace

std::optional<std::vector<cosem::AttributeDescriptor>> push_objects(const axdr::DataView& list) {
    if (!list.is(axdr::Tag::array)) {
        return std::nullopt;
    }
    std::vector<cosem::AttributeDescriptor> objects;
    for (const axdr::DataView& element : list_of(list)) {
        const auto object = push_object(element);
        if (!object) {
            return std::nullopt;
        }
        objects.push_back(*object);
    }
    return objects;
}

PushedValues pushed_values(const axdr::DataView& body,
                           std::span<const cosem::AttributeDescriptor> objects) {
    const std::vector<axdr::DataView> elements = list_of(body);
    if (auto inside = by_list_inside(elements)) {
        return std::move(*inside);
    }
    Collector collector;
    if (!is_list(body)) {
        collector.add(objects.size() == 1 ? std::optional(objects[0]) : std::nullopt, body);
        return collector.result();
    }
    collector.walk(elements);
    PushedValues walked = collector.result();
    const bool names_none = std::ranges::none_of(
        walked.values, [](const PushedValue& one) { return one.attribute.has_value(); });
    if (!names_none || objects.size() != elements.size()) {
        return walked;
    }
    Collector by_objects;
    for (std::size_t index = 0; index < elements.size(); ++index) {
        by_objects.add(objects[index], elements[index]);
    }
    return by_objects.result();
}

Json pushed_values_json(const PushedValues& pushed, const ValueOptions& options) {
    Json rows = Json::array();
    for (const PushedValue& one : pushed.values) {
        const cosem::AttributeDescriptor attribute =
            one.attribute.value_or(cosem::AttributeDescriptor{});
        Json row{
            {"place", one.place},
            {"obisCode", one.attribute ? Json(attribute.instance.text()) : Json(nullptr)},
            {"classId", attribute.class_id != 0 ? Json(attribute.class_id) : Json(nullptr)},
            {"attributeId", attribute.class_id != 0 ? Json(attribute.attribute_id) : Json(nullptr)},
            {"name", one.attribute ? Json(obis_name(attribute.instance)) : Json(nullptr)}};
        row.update(members(show_value(attribute, one.value, one.scaler_unit, options), options));
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace dlms::render
