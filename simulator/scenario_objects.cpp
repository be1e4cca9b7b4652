#include "simulator/scenario_objects.hpp"

#include <array>

#include "simulator/logical_device.hpp"
#include "simulator/scenario_data.hpp"

namespace dlms::simulator {
namespace {

constexpr std::array<std::string_view, 20> computed_names = {
    "clock_time",
    "clock_time_zone",
    "clock_status",
    "sap_assignment_list",
    "object_list",
    "associated_partners_id",
    "application_context_name",
    "xdlms_context_info",
    "authentication_mechanism_name",
    "association_status",
    "entries_in_use",
    "access_rights_list",
    "security_policy",
    "security_suite",
    "client_system_title",
    "server_system_title",
    "association_secret",
    "invocation_counter",
    "certificates",
    "current_user",
};
constexpr std::int64_t longest_history = 7305;  // days: twenty years

struct NamedProtection {
    std::string_view name;
    std::uint8_t bit;
};
constexpr std::array protection_names = {
    NamedProtection{"authenticated_request", 0x04}, NamedProtection{"encrypted_request", 0x08},
    NamedProtection{"signed_request", 0x10},        NamedProtection{"authenticated_response", 0x20},
    NamedProtection{"encrypted_response", 0x40},    NamedProtection{"signed_response", 0x80},
};

std::uint8_t read_protection(const ScenarioNode& node) {
    std::uint8_t mask = 0;
    for (std::size_t i = 0; i < node.size(); ++i) {
        const ScenarioNode element = node.element(i);
        const auto* const found =
            std::ranges::find(protection_names, element.text(), &NamedProtection::name);
        if (found == protection_names.end()) {
            element.complain(
                "\"authenticated_request\", \"encrypted_request\", \"signed_request\", "
                "\"authenticated_response\", \"encrypted_response\" or \"signed_response\"");
        }
        mask = static_cast<std::uint8_t>(mask | found->bit);
    }
    return mask;
}

void read_access(const ScenarioNode& node, Attribute& attribute) {
    const std::string_view access = node.text();
    if (access != "r" && access != "w" && access != "rw" && access != "none") {
        node.complain("\"r\", \"w\", \"rw\" or \"none\"");
    }
    attribute.readable = access.starts_with('r');
    attribute.writable = access.ends_with('w');
}

bool is_integer_type(axdr::Tag tag) {
    using enum axdr::Tag;
    constexpr std::array types = {integer,       unsigned_,      long_,
                                  long_unsigned, double_long,    double_long_unsigned,
                                  long64,        long64_unsigned};
    return std::ranges::find(types, tag) != types.end();
}

LivingValue read_living(const ScenarioNode& node) {
    node.expect_keys(
        {"id", "access", "protection", "event", "living", "phase", "tariff", "type", "scaler"});
    LivingValue living;
    const ScenarioNode quantity_node = node.at("living");
    const std::optional<Quantity> quantity = quantity_from_name(quantity_node.text());
    if (!quantity) {
        quantity_node.complain("the name of a living quantity, for example \"voltage\"");
    }
    living.quantity = *quantity;
    if (const auto phase = node.find("phase")) {
        living.phase = static_cast<std::uint8_t>(phase->integer(0, 3));
    }
    if (const auto tariff = node.find("tariff")) {
        living.tariff = static_cast<std::uint8_t>(tariff->integer(0, tariffs));
    }
    const ScenarioNode type_node = node.at("type");
    const std::optional<axdr::Tag> type = axdr::tag_from_name(type_node.text());
    if (!type || !is_integer_type(*type)) {
        type_node.complain("an integer type, for example \"long-unsigned\"");
    }
    living.type = *type;
    living.scaler = static_cast<std::int8_t>(node.at("scaler").integer(-9, 9));
    return living;
}

ComputedValue read_computed(const ScenarioNode& node) {
    node.expect_keys({"id", "access", "protection", "event", "computed"});
    const ScenarioNode name = node.at("computed");
    const auto found = std::ranges::find(computed_names, name.text());
    if (found == computed_names.end()) {
        name.complain("the name of a computed value, for example \"object_list\"");
    }
    return static_cast<ComputedValue>(found - computed_names.begin());
}

StoredValue read_stored(const ScenarioNode& node) {
    node.expect_keys({"id", "access", "protection", "event", "value", "any_type", "range"});
    StoredValue stored{.data = read_scenario_data(node.at("value"))};
    if (const auto any_type = node.find("any_type")) {
        stored.any_type = any_type->boolean();
    }
    if (const auto range = node.find("range")) {
        if (range->size() != 2) {
            range->complain("two integers, the lowest and the highest value");
        }
        const std::int64_t low = range->element(0).integer(INT64_MIN, INT64_MAX);
        stored.range = {low, range->element(1).integer(low, INT64_MAX)};
    }
    return stored;
}

ProfileBuffer read_profile_buffer(const ScenarioNode& node) {
    node.expect_keys({"id", "access", "protection", "event", "profile"});
    const ScenarioNode profile = node.at("profile");
    profile.expect_keys(
        {"rows", "null_data_compression", "compact_array", "history_days", "captures_on"});
    ProfileBuffer buffer;
    const auto rows = profile.find("rows");
    for (std::size_t i = 0; rows && i < rows->size(); ++i) {
        const ScenarioNode row = rows->element(i);
        axdr::DataBuilder builder;
        builder.structure(row.size());
        for (std::size_t column = 0; column < row.size(); ++column) {
            const axdr::Data value = read_scenario_data(row.element(column));
            builder.element(value.view());
        }
        buffer.rows.push_back(builder.finish().value());
    }
    if (const auto days = profile.find("history_days")) {
        buffer.history_days = static_cast<std::uint32_t>(days->integer(0, longest_history));
    }
    if (const auto happenings = profile.find("captures_on")) {
        for (std::size_t i = 0; i < happenings->size(); ++i) {
            const ScenarioNode name = happenings->element(i);
            const auto what = happening_from_name(name.text());
            if (!what) {
                name.complain("the name of something that happens, for example \"relay_off\"");
            }
            buffer.captures_on.push_back(*what);
        }
    }
    const auto compression = profile.find("null_data_compression");
    const auto compact = profile.find("compact_array");
    const bool is_compressed = compression && compression->boolean();
    if (compact && compact->boolean()) {
        if (is_compressed) {
            compact->complain("false, where null_data_compression is true");
        }
        buffer.encoding = BufferEncoding::compact_array;
    } else if (is_compressed) {
        buffer.encoding = BufferEncoding::null_data_compression;
    }
    return buffer;
}

Attribute read_attribute(const ScenarioNode& node) {
    Attribute attribute;
    attribute.id = static_cast<std::int8_t>(node.at("id").integer(INT8_MIN, INT8_MAX));
    if (attribute.id == 0 || attribute.id == 1) {
        node.at("id").complain("another number: attribute 0 stands for all, 1 is the logical name");
    }
    read_access(node.at("access"), attribute);
    if (const auto protection = node.find("protection")) {
        attribute.protection = read_protection(*protection);
    }
    if (const auto event = node.find("event")) {
        attribute.reports_change = event->boolean();
    }
    if (node.find("living")) {
        attribute.value = read_living(node);
    } else if (node.find("profile")) {
        attribute.value = read_profile_buffer(node);
    } else if (node.find("computed")) {
        attribute.value = read_computed(node);
    } else {
        attribute.value = read_stored(node);
        return attribute;
    }
    const auto* computed = std::get_if<ComputedValue>(&attribute.value);
    const bool settable = computed && (*computed == ComputedValue::clock_time ||
                                       *computed == ComputedValue::clock_time_zone ||
                                       *computed == ComputedValue::association_secret);
    if (attribute.writable && !settable) {
        node.at("access").complain("\"r\": this value cannot be written");
    }
    return attribute;
}

Method read_method(const ScenarioNode& node, std::uint16_t class_id) {
    node.expect_keys({"id", "access", "protection", "parameter", "returns", "or_returns"});
    Method method;
    method.id = static_cast<std::int8_t>(node.at("id").integer(INT8_MIN, INT8_MAX));
    method.callable = node.at("access").boolean();
    if (const auto protection = node.find("protection")) {
        method.protection = read_protection(*protection);
    }
    const auto parameter = node.find("parameter");
    const auto returns = node.find("returns");
    if (parameter || returns) {
        method.fixed.emplace();
    }
    if (parameter) {
        method.fixed->parameter = read_scenario_data(*parameter);
    }
    if (returns) {
        method.fixed->returns = read_scenario_data(*returns);
    }
    const auto otherwise = node.find("or_returns");
    if (otherwise && method.fixed) {
        otherwise->complain("either \"or_returns\" or \"parameter\" and \"returns\"");
    }
    if (otherwise && !LogicalDevice::has_behaviour(class_id, method.id)) {
        method.fixed.emplace().returns = read_scenario_data(*otherwise);
    }
    if (method.callable && !method.fixed && !LogicalDevice::has_behaviour(class_id, method.id)) {
        node.complain(
            "\"access\": false, or what the method \"returns\": it is none that the simulator "
            "knows");
    }
    return method;
}

cosem::DataAccessResult read_fault(const ScenarioNode& node) {
    for (int code = 1; code <= UINT8_MAX; ++code) {
        const auto result = static_cast<cosem::DataAccessResult>(code);
        if (cosem::is_known(result) && name(result) == node.text()) {
            return result;
        }
    }
    node.complain("the name of a data-access-result, for example \"temporary-failure\"");
}

}  // namespace

cosem::ObisCode read_obis(const ScenarioNode& node) {
    const Result<cosem::ObisCode> code = cosem::ObisCode::parse(node.text());
    if (!code) {
        node.complain("an OBIS code such as \"1-0:1.8.0.255\"");
    }
    return *code;
}

MeterObject read_object(const ScenarioNode& node) {
    node.expect_keys(
        {"obis", "class", "version", "name", "fault", "base_name", "attributes", "methods"});
    MeterObject object;
    object.instance = read_obis(node.at("obis"));
    object.class_id = static_cast<std::uint16_t>(node.at("class").integer(0, UINT16_MAX));
    if (const auto version = node.find("version")) {
        object.version = static_cast<std::uint8_t>(version->integer(0, UINT8_MAX));
    }
    if (const auto name = node.find("name")) {
        (void)name->text();  // for people
    }
    if (const auto fault = node.find("fault")) {
        object.fault = read_fault(*fault);
    }
    if (const auto base_name = node.find("base_name")) {
        object.base_name = static_cast<std::uint16_t>(base_name->integer(1, UINT16_MAX));
    }
    const ScenarioNode attributes = node.at("attributes");
    for (std::size_t i = 0; i < attributes.size(); ++i) {
        object.attributes.push_back(read_attribute(attributes.element(i)));
    }
    sort_unique(attributes, object.attributes, &Attribute::id);
    if (const auto methods = node.find("methods")) {
        for (std::size_t i = 0; i < methods->size(); ++i) {
            object.methods.push_back(read_method(methods->element(i), object.class_id));
        }
        sort_unique(*methods, object.methods, &Method::id);
    }
    return object;
}

}  // namespace dlms::simulator
