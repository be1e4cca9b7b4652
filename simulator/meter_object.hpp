#pragma once
// MeterObject: one COSEM object as a scenario declares it: a class, a logical name, attributes with
// access rights, and methods. Many meters share it, so nothing here changes once they run: what
// their objects hold lies with LogicalDevice, what they do with the classes (simulator/classes/).

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "simulator/happening.hpp"
#include "simulator/load_model.hpp"
#include "stack/axdr/data.hpp"
#include "stack/cosem/access_result.hpp"
#include "stack/cosem/obis_code.hpp"

namespace dlms::simulator {

/// A value that stays until it is written.
struct StoredValue {
    /// What the meter begins with, what a written value must look like, and what a reset goes back
    /// to.
    axdr::Data data;
    /// A CHOICE whose type is not known: any type may be written.
    bool any_type = false;
    /// Bounds of an integer.
    std::optional<std::pair<std::int64_t, std::int64_t>> range{};
};

/// A value of the load model as an integer: round(quantity / 10^scaler).
struct LivingValue {
    Quantity quantity{};
    std::uint8_t phase = 0;
    std::uint8_t tariff = 0;
    axdr::Tag type{};
    std::int8_t scaler = 0;
};

/// A value that the device makes from its own state.
enum class ComputedValue : std::uint8_t {
    clock_time,
    clock_time_zone,
    clock_status,
    sap_assignment_list,
    object_list,
    associated_partners_id,
    application_context_name,
    xdlms_context_info,
    authentication_mechanism_name,
    association_status,
    entries_in_use,
    access_rights_list,
    security_policy,
    security_suite,
    client_system_title,
    server_system_title,
    association_secret,
    invocation_counter,  ///< the highest that was accepted with the unicast key
    certificates,
    current_user,  ///< of the association: {id, name}, as user_list has it
};

/// How the rows of a profile go over the line.
enum class BufferEncoding : std::uint8_t {
    array,
    /// A value that is that of the row before is sent as null-data, and so is a time that is one
    /// capture period after that of the row before.
    null_data_compression,
    /// A compact-array; rows that have no type in common, and none at all, go as an array.
    compact_array,
};

/// The buffer of a profile generic object (class 7, attribute 2).
struct ProfileBuffer {
    /// What it begins with: structures of as many elements as there are capture objects, the oldest
    /// first.
    std::vector<axdr::Data> rows{};
    BufferEncoding encoding = BufferEncoding::array;
    /// Days before the start for which it has a row every capture period; nothing of a profile
    /// whose rows are captured one by one.
    std::optional<std::uint32_t> history_days{};
    /// What makes the meter capture a row by itself.
    std::vector<MeterHappening> captures_on{};
};

/// Attribute 1, the logical name, is not among these: every object has it, readable.
struct Attribute {
    std::int8_t id = 0;
    bool readable = false;
    bool writable = false;
    /// Protection that its request and its answer must have, as the bits of request_protection()
    /// and response_protection().
    std::uint8_t protection = 0;
    /// A change is told: EventNotification, or InformationReport to clients of short names.
    bool reports_change = false;
    std::variant<StoredValue, LivingValue, ComputedValue, ProfileBuffer> value;
};

/// A method that does nothing but answer.
struct FixedAnswer {
    /// What the parameter must look like; without it any or none is taken.
    std::optional<axdr::Data> parameter;
    std::optional<axdr::Data> returns;
};

struct Method {
    std::int8_t id = 0;
    bool callable = false;
    std::uint8_t protection = 0;  ///< as of an attribute
    /// In place of the class's own behaviour.
    std::optional<FixedAnswer> fixed;
};

struct MeterObject {
    std::uint16_t class_id = 0;
    std::uint8_t version = 0;
    cosem::ObisCode instance;
    std::vector<Attribute> attributes;  ///< in ascending order of id
    std::vector<Method> methods;        ///< in ascending order of id
    /// A fault switch: the answer to everything that is asked of the object.
    std::optional<cosem::DataAccessResult> fault{};
    /// Base name of short name referencing; 0: wherever there is room.
    std::uint16_t base_name = 0;

    const Attribute* attribute(std::int8_t id) const {
        const auto found = std::ranges::lower_bound(attributes, id, {}, &Attribute::id);
        return found != attributes.end() && found->id == id ? &*found : nullptr;
    }
    const Method* method(std::int8_t id) const {
        const auto found = std::ranges::lower_bound(methods, id, {}, &Method::id);
        return found != methods.end() && found->id == id ? &*found : nullptr;
    }
    Attribute* attribute(std::int8_t id) {
        return const_cast<Attribute*>(std::as_const(*this).attribute(id));
    }
};

}  // namespace dlms::simulator
