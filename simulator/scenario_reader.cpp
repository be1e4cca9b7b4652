// From the JSON document to the Scenario.

#include <algorithm>
#include <array>

#include "simulator/scenario.hpp"
#include "simulator/scenario_data.hpp"
#include "simulator/scenario_node.hpp"

namespace dlms::simulator {
namespace {

constexpr std::array<std::string_view, 10> computed_names = {
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
};
constexpr std::array<std::string_view, metered_energies> energy_names = {
    "energy_active_import",   "energy_active_export", "energy_reactive_import",
    "energy_reactive_export", "energy_apparent",
};
constexpr std::int64_t longest_delay = 600'000;  // milliseconds

cosem::ObisCode read_obis(const ScenarioNode& node) {
    const Result<cosem::ObisCode> code = cosem::ObisCode::parse(node.text());
    if (!code) {
        node.complain("an OBIS code such as \"1-0:1.8.0.255\"");
    }
    return *code;
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
    node.expect_keys({"id", "access", "living", "phase", "tariff", "type", "scaler"});
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
    node.expect_keys({"id", "access", "computed"});
    const ScenarioNode name = node.at("computed");
    const auto found = std::ranges::find(computed_names, name.text());
    if (found == computed_names.end()) {
        name.complain("the name of a computed value, for example \"object_list\"");
    }
    return static_cast<ComputedValue>(found - computed_names.begin());
}

StoredValue read_stored(const ScenarioNode& node) {
    node.expect_keys({"id", "access", "value", "any_type", "range"});
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

Attribute read_attribute(const ScenarioNode& node) {
    Attribute attribute;
    attribute.id = static_cast<std::int8_t>(node.at("id").integer(INT8_MIN, INT8_MAX));
    if (attribute.id == 0 || attribute.id == 1) {
        node.at("id").complain("another number: attribute 0 stands for all, 1 is the logical name");
    }
    read_access(node.at("access"), attribute);
    if (node.find("living")) {
        attribute.value = read_living(node);
    } else if (node.find("computed")) {
        attribute.value = read_computed(node);
    } else {
        attribute.value = read_stored(node);
        return attribute;
    }
    const auto* computed = std::get_if<ComputedValue>(&attribute.value);
    const bool settable = computed && (*computed == ComputedValue::clock_time ||
                                       *computed == ComputedValue::clock_time_zone);
    if (attribute.writable && !settable) {
        node.at("access").complain("\"r\": this value cannot be written");
    }
    return attribute;
}

Method read_method(const ScenarioNode& node) {
    node.expect_keys({"id", "access"});
    return {static_cast<std::int8_t>(node.at("id").integer(INT8_MIN, INT8_MAX)),
            node.at("access").boolean()};
}

/// Sorts by a member and complains when it occurs twice.
template <class T, class Member>
void sort_unique(const ScenarioNode& node, std::vector<T>& items, Member member) {
    std::ranges::sort(items, {}, member);
    if (std::ranges::adjacent_find(items, {}, member) != items.end()) {
        node.complain("every element once");
    }
}

MeterObject read_object(const ScenarioNode& node) {
    node.expect_keys({"obis", "class", "version", "name", "attributes", "methods"});
    MeterObject object;
    object.instance = read_obis(node.at("obis"));
    object.class_id = static_cast<std::uint16_t>(node.at("class").integer(0, UINT16_MAX));
    if (const auto version = node.find("version")) {
        object.version = static_cast<std::uint8_t>(version->integer(0, UINT8_MAX));
    }
    if (const auto name = node.find("name")) {
        (void)name->text();  // for people
    }
    const ScenarioNode attributes = node.at("attributes");
    for (std::size_t i = 0; i < attributes.size(); ++i) {
        object.attributes.push_back(read_attribute(attributes.element(i)));
    }
    sort_unique(attributes, object.attributes, &Attribute::id);
    if (const auto methods = node.find("methods")) {
        for (std::size_t i = 0; i < methods->size(); ++i) {
            object.methods.push_back(read_method(methods->element(i)));
        }
        sort_unique(*methods, object.methods, &Method::id);
    }
    return object;
}

xdlms::Conformance read_conformance(const ScenarioNode& node) {
    xdlms::Conformance conformance;
    for (std::size_t i = 0; i < node.size(); ++i) {
        const ScenarioNode element = node.element(i);
        int bit = 0;
        while (bit < xdlms::conformance_bits &&
               name(static_cast<xdlms::ConformanceBit>(bit)) != element.text()) {
            ++bit;
        }
        if (bit == xdlms::conformance_bits) {
            element.complain("the name of a conformance bit, for example \"get\"");
        }
        conformance = conformance.with(static_cast<xdlms::ConformanceBit>(bit));
    }
    return conformance;
}

void read_options(const ScenarioNode& node, association::ServerConfiguration& configuration) {
    for (std::size_t i = 0; i < node.size(); ++i) {
        const ScenarioNode element = node.element(i);
        if (element.text() == "answer_unconfirmed") {
            configuration.answer_unconfirmed = true;
        } else if (element.text() == "tolerate_trailing_zeros") {
            configuration.get_tolerance.trailing_zeros = true;
        } else if (element.text() == "short_conformance_tag") {
            configuration.initiate_tolerance.short_conformance_tag = true;
        } else {
            element.complain(
                "\"answer_unconfirmed\", \"tolerate_trailing_zeros\" or "
                "\"short_conformance_tag\"");
        }
    }
}

void read_mechanism(const ScenarioNode& node, association::ServerConfiguration& configuration) {
    const ScenarioNode mechanism = node.at("mechanism");
    if (mechanism.text() == name(acse::Mechanism::lls)) {
        configuration.mechanism = acse::Mechanism::lls;
        configuration.password = SecretBytes(as_bytes(node.at("password").text()));
    } else if (mechanism.text() == name(acse::Mechanism::lowest)) {
        configuration.mechanism = acse::Mechanism::lowest;
    } else {
        mechanism.complain("\"lowest\" or \"LLS\"");
    }
}

DeclaredAssociation read_association(const ScenarioNode& node) {
    node.expect_keys({"client_sap", "name", "mechanism", "password", "conformance",
                      "max_receive_pdu_size", "options", "read_only", "visible"});
    DeclaredAssociation made;
    made.client = ClientSap(static_cast<std::uint16_t>(node.at("client_sap").integer(1, 0xFFFF)));
    made.name = node.at("name").text();
    read_mechanism(node, made.configuration);
    made.configuration.supported_conformance = read_conformance(node.at("conformance"));
    if (const auto size = node.find("max_receive_pdu_size")) {
        made.configuration.max_receive_pdu_size =
            static_cast<std::uint16_t>(size->integer(xdlms::least_pdu_size, 0xFFFF));
    }
    if (const auto options = node.find("options")) {
        read_options(*options, made.configuration);
    }
    if (const auto read_only = node.find("read_only")) {
        made.read_only = read_only->boolean();
    }
    if (const auto visible = node.find("visible")) {
        for (std::size_t i = 0; i < visible->size(); ++i) {
            made.visible.push_back(read_obis(visible->element(i)));
        }
        if (made.visible.empty()) {
            visible->complain("at least one OBIS code; without the key every object is visible");
        }
        std::ranges::sort(made.visible);
    }
    return made;
}

void expect_visible_exist(const ScenarioNode& association, const DeclaredDevice& device) {
    const auto visible = association.find("visible");
    for (std::size_t i = 0; visible && i < visible->size(); ++i) {
        const ScenarioNode element = visible->element(i);
        if (!std::ranges::binary_search(device.objects, read_obis(element), {},
                                        &MeterObject::instance)) {
            element.complain("the OBIS code of an object of this logical device");
        }
    }
}

DeclaredDevice read_device(const ScenarioNode& node) {
    node.expect_keys({"sap", "name", "associations", "objects"});
    DeclaredDevice device;
    device.sap = ServerSap(static_cast<std::uint16_t>(node.at("sap").integer(1, 0xFFFF)));
    device.name = node.at("name").text();
    if (device.name.empty() || device.name.size() > 16) {
        node.at("name").complain("a logical device name of 1 to 16 octets");
    }
    const ScenarioNode associations = node.at("associations");
    for (std::size_t i = 0; i < associations.size(); ++i) {
        device.associations.push_back(read_association(associations.element(i)));
    }
    const ScenarioNode objects = node.at("objects");
    for (std::size_t i = 0; i < objects.size(); ++i) {
        device.objects.push_back(read_object(objects.element(i)));
    }
    sort_unique(objects, device.objects, &MeterObject::instance);
    for (std::size_t i = 0; i < associations.size(); ++i) {
        expect_visible_exist(associations.element(i), device);
    }
    sort_unique(associations, device.associations, &DeclaredAssociation::client);
    return device;
}

double read_amount(const ScenarioNode& node, double low, double high) {
    const double amount = node.number();
    if (amount < low || amount > high) {
        node.complain("a number from " + std::to_string(low) + " to " + std::to_string(high));
    }
    return amount;
}

void read_energies(const ScenarioNode& node, LoadParameters& load) {
    node.expect_keys(
        {energy_names[0], energy_names[1], energy_names[2], energy_names[3], energy_names[4]});
    for (std::size_t i = 0; i < metered_energies; ++i) {
        const auto energy = node.find(energy_names[i]);
        if (!energy) {
            continue;
        }
        if (energy->size() != tariffs) {
            energy->complain("four numbers, one a tariff");
        }
        for (std::size_t tariff = 0; tariff < tariffs; ++tariff) {
            load.energy_at_start[i][tariff] = read_amount(energy->element(tariff), 0, 1e15);
        }
    }
}

LoadParameters read_load(const ScenarioNode& node) {
    node.expect_keys({"voltage", "frequency", "base_power", "peak_power", "solar_power",
                      "power_factor", "phase_shares", "energy_at_start"});
    LoadParameters load;
    const auto amount = [&](std::string_view key, double& into, double low, double high) {
        if (const auto found = node.find(key)) {
            into = read_amount(*found, low, high);
        }
    };
    amount("voltage", load.voltage, 1, 1e6);
    amount("frequency", load.frequency, 1, 1000);
    amount("base_power", load.base_power, 0, 1e9);
    amount("peak_power", load.peak_power, 0, 1e9);
    amount("solar_power", load.solar_power, 0, 1e9);
    amount("power_factor", load.power_factor, 0.1, 1);
    if (const auto shares = node.find("phase_shares")) {
        if (shares->size() != load.phase_shares.size()) {
            shares->complain("three numbers, one a phase");
        }
        for (std::size_t i = 0; i < load.phase_shares.size(); ++i) {
            load.phase_shares[i] = read_amount(shares->element(i), 0, 1);
        }
    }
    if (const auto energies = node.find("energy_at_start")) {
        read_energies(*energies, load);
    }
    return load;
}

ClockParameters read_clock(const ScenarioNode& node) {
    node.expect_keys({"time_zone", "day_of_week", "hundredths", "deviation", "status"});
    ClockParameters clock;
    if (const auto zone = node.find("time_zone")) {
        clock.time_zone = static_cast<std::int16_t>(
            zone->integer(-MeterClock::max_time_zone, MeterClock::max_time_zone));
    }
    const auto flag = [&](std::string_view key, bool& into) {
        if (const auto found = node.find(key)) {
            into = found->boolean();
        }
    };
    flag("day_of_week", clock.day_of_week);
    flag("hundredths", clock.hundredths);
    flag("deviation", clock.deviation);
    flag("status", clock.status);
    return clock;
}

LockoutParameters read_lockout(const ScenarioNode& node) {
    node.expect_keys({"attempts", "seconds"});
    LockoutParameters lockout;
    lockout.attempts = static_cast<std::uint32_t>(node.at("attempts").integer(0, 1'000'000));
    lockout.duration = std::chrono::seconds(node.at("seconds").integer(0, 31'536'000));
    return lockout;
}

Scenario read_scenario(const ScenarioNode& node) {
    node.expect_keys({"name", "clock", "lockout", "answer_delay_ms", "load", "logical_devices"});
    Scenario scenario;
    scenario.name = node.at("name").text();
    if (const auto clock = node.find("clock")) {
        scenario.clock = read_clock(*clock);
    }
    if (const auto lockout = node.find("lockout")) {
        scenario.lockout = read_lockout(*lockout);
    }
    if (const auto delay = node.find("answer_delay_ms")) {
        scenario.answer_delay = std::chrono::milliseconds(delay->integer(0, longest_delay));
    }
    if (const auto load = node.find("load")) {
        scenario.load = read_load(*load);
    }
    const ScenarioNode devices = node.at("logical_devices");
    for (std::size_t i = 0; i < devices.size(); ++i) {
        scenario.devices.push_back(read_device(devices.element(i)));
    }
    if (scenario.devices.empty()) {
        devices.complain("at least one logical device");
    }
    sort_unique(devices, scenario.devices, &DeclaredDevice::sap);
    return scenario;
}

}  // namespace

std::expected<Scenario, std::string> parse_scenario(std::string_view json) {
    try {
        const nlohmann::json document = nlohmann::json::parse(json);
        return read_scenario(ScenarioNode(document));
    } catch (const nlohmann::json::exception& error) {
        return std::unexpected("not a JSON document: " + std::string(error.what()));
    } catch (const ScenarioError& error) {
        return std::unexpected(std::string(error.what()));
    }
}

}  // namespace dlms::simulator
