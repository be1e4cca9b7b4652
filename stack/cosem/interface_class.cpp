#include "stack/cosem/interface_class.hpp"

#include <algorithm>
#include <array>

#include "stack/cosem/interface_class_access.hpp"
#include "stack/cosem/interface_class_communication.hpp"
#include "stack/cosem/interface_class_mbus_zigbee.hpp"
#include "stack/cosem/interface_class_metering.hpp"
#include "stack/cosem/interface_class_payment.hpp"
#include "stack/cosem/interface_class_power_line.hpp"
#include "stack/cosem/interface_class_security.hpp"
#include "stack/cosem/interface_class_time_control.hpp"

namespace dlms::cosem {
namespace {

constexpr bool comes_before(const InterfaceClass& a, const InterfaceClass& b) {
    return a.id < b.id || (a.id == b.id && a.version < b.version);
}

template <std::size_t... Sizes>
consteval auto merged(const InterfaceClass (&... parts)[Sizes]) {
    std::array<InterfaceClass, (Sizes + ...)> rows{};
    std::size_t count = 0;
    (
        [&] {
            for (const InterfaceClass& row : parts) {
                rows[count++] = row;
            }
        }(),
        ...);
    std::ranges::sort(rows, comes_before);
    return rows;
}

constexpr auto rows =
    merged(class_table::metering, class_table::time_and_control, class_table::associations,
           class_table::security_and_push, class_table::communication, class_table::mbus_and_zigbee,
           class_table::power_line, class_table::payment);

// What a wrong row would break is found by the compiler.

constexpr bool each_version_stands_once() {
    return std::ranges::adjacent_find(rows, [](const InterfaceClass& a, const InterfaceClass& b) {
               return !comes_before(a, b);
           }) == rows.end();
}

/// A pointer that is missing is followed all the same: the compiler refuses that.
constexpr bool is_whole(const ValueType& type) {
    using Form = ValueType::Form;
    if (type.form == Form::choice && type.members.size() < 2) {
        return false;
    }
    for (std::size_t i = 0; i < type.members.size(); ++i) {
        const TypeMember& member = type.members[i];
        if (member.name.empty() != (type.form == Form::choice) || !is_whole(*member.type)) {
            return false;
        }
        for (std::size_t j = 0; j < i; ++j) {
            if (!member.name.empty() && member.name == type.members[j].name) {
                return false;
            }
        }
    }
    for (std::size_t i = 1; i < type.codes.size(); ++i) {
        if (type.codes[i].code <= type.codes[i - 1].code) {
            return false;
        }
    }
    return type.form != Form::array || is_whole(*type.item);
}

/// Ids are `first` or above and ascend; names are there and differ.
template <class Row>
constexpr bool is_ordered(std::span<const Row> list, std::int8_t first) {
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::int8_t least = i == 0 ? first : static_cast<std::int8_t>(list[i - 1].id + 1);
        if (list[i].id < least || list[i].name.empty()) {
            return false;
        }
        for (std::size_t j = 0; j < i; ++j) {
            if (list[i].name == list[j].name) {
                return false;
            }
        }
    }
    return true;
}

constexpr bool has_scaler_unit(const InterfaceClass& row, std::int8_t id) {
    return std::ranges::any_of(row.attributes, [id](const ClassAttribute& attribute) {
        return attribute.id == id && attribute.name == "scaler_unit";
    });
}

constexpr bool is_sound(const InterfaceClass& row) {
    return !row.name.empty() && is_ordered(row.attributes, 2) && is_ordered(row.methods, 1) &&
           std::ranges::all_of(row.attributes,
                               [&row](const ClassAttribute& attribute) {
                                   return is_whole(*attribute.type) &&
                                          (attribute.scaler_unit == 0 ||
                                           has_scaler_unit(row, attribute.scaler_unit));
                               }) &&
           std::ranges::all_of(
               row.methods, [](const ClassMethod& method) { return is_whole(*method.parameter); });
}

static_assert(each_version_stands_once());
static_assert(std::ranges::all_of(rows, is_sound));

constexpr ClassAttribute logical_name{1, "logical_name", &class_table::obis_code, Storage::fixed};

template <class Row>
const Row* by_id(std::span<const Row> list, std::int8_t id) {
    const auto found = std::ranges::find(list, id, &Row::id);
    return found != list.end() ? &*found : nullptr;
}

template <class Row>
const Row* by_name(std::span<const Row> list, std::string_view name) {
    const auto found =
        std::ranges::find_if(list, [name](const Row& row) { return is_same_name(row.name, name); });
    return found != list.end() ? &*found : nullptr;
}

}  // namespace

std::span<const InterfaceClass> interface_classes() {
    return rows;
}

std::span<const InterfaceClass> versions_of_class(std::uint16_t class_id) {
    const auto range = std::ranges::equal_range(rows, class_id, {}, &InterfaceClass::id);
    return {range.begin(), range.end()};
}

const InterfaceClass* find_class(std::uint16_t class_id, std::uint8_t version) {
    for (const InterfaceClass& row : versions_of_class(class_id)) {
        if (row.version == version) {
            return &row;
        }
    }
    return nullptr;
}

const InterfaceClass* find_class(std::uint16_t class_id) {
    const std::span<const InterfaceClass> versions = versions_of_class(class_id);
    return versions.empty() ? nullptr : &versions.back();
}

const ClassAttribute* find_attribute(const InterfaceClass& row, std::int8_t id) {
    return id == logical_name.id ? &logical_name : by_id(row.attributes, id);
}

const ClassAttribute* find_attribute(const InterfaceClass& row, std::string_view name) {
    return is_same_name(name, logical_name.name) ? &logical_name : by_name(row.attributes, name);
}

const ClassMethod* find_method(const InterfaceClass& row, std::int8_t id) {
    return by_id(row.methods, id);
}

const ClassMethod* find_method(const InterfaceClass& row, std::string_view name) {
    return by_name(row.methods, name);
}

const ClassAttribute* find_attribute(std::uint16_t class_id, std::int8_t id) {
    const std::span<const InterfaceClass> versions = versions_of_class(class_id);
    for (auto row = versions.rbegin(); row != versions.rend(); ++row) {
        if (const ClassAttribute* attribute = find_attribute(*row, id)) {
            return attribute;
        }
    }
    return id == logical_name.id ? &logical_name : nullptr;
}

const ClassMethod* find_method(std::uint16_t class_id, std::int8_t id) {
    const std::span<const InterfaceClass> versions = versions_of_class(class_id);
    for (auto row = versions.rbegin(); row != versions.rend(); ++row) {
        if (const ClassMethod* method = find_method(*row, id)) {
            return method;
        }
    }
    return nullptr;
}

std::optional<std::int8_t> scaler_unit_of(std::uint16_t class_id, std::int8_t attribute_id) {
    const ClassAttribute* attribute = find_attribute(class_id, attribute_id);
    return attribute != nullptr && attribute->scaler_unit != 0
               ? std::optional(attribute->scaler_unit)
               : std::nullopt;
}

std::optional<std::uint16_t> method_offset(const InterfaceClass& row, std::int8_t method_id) {
    if (row.first_method_offset == 0 || find_method(row, method_id) == nullptr) {
        return std::nullopt;
    }
    return static_cast<std::uint16_t>(row.first_method_offset + 8 * (method_id - 1));
}

}  // namespace dlms::cosem
