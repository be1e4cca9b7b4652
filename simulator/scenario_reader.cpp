// From the JSON document to the Scenario.

#include <algorithm>
#include <array>

#include "simulator/scenario.hpp"
#include "simulator/scenario_links.hpp"
#include "simulator/scenario_misbehaviour.hpp"
#include "simulator/scenario_objects.hpp"
#include "simulator/scenario_security.hpp"
#include "simulator/short_names.hpp"

namespace dlms::simulator {
namespace {

constexpr std::array<std::string_view, metered_energies> energy_names = {
    "energy_active_import",   "energy_active_export", "energy_reactive_import",
    "energy_reactive_export", "energy_apparent",
};
constexpr std::uint16_t association_sn_class = 12;
constexpr std::int64_t longest_delay = 600'000;  // milliseconds

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

void read_referencing(const ScenarioNode& node, association::ServerConfiguration& configuration) {
    const auto referencing = node.find("referencing");
    if (referencing && referencing->text() != "LN" && referencing->text() != "SN") {
        referencing->complain("\"LN\" or \"SN\"");
    }
    if (referencing && referencing->text() == "SN") {
        configuration.referencing = association::Referencing::short_name;
    }
}

DeclaredAssociation read_association(const ScenarioNode& node, const DeclaredSecurity& keys) {
    node.expect_keys({"client_sap", "name", "referencing", "mechanism", "password", "password_hex",
                      "security", "conformance", "max_receive_pdu_size", "block_window",
                      "pre_established", "client_system_title", "options", "read_only", "visible",
                      "misbehaviour"});
    DeclaredAssociation made;
    made.client = ClientSap(static_cast<std::uint16_t>(node.at("client_sap").integer(1, 0xFFFF)));
    made.name = node.at("name").text();
    read_referencing(node, made.configuration);
    read_authentication(node, keys, made.configuration);
    made.configuration.supported_conformance = read_conformance(node.at("conformance"));
    if (const auto size = node.find("max_receive_pdu_size")) {
        made.configuration.max_receive_pdu_size =
            static_cast<std::uint16_t>(size->integer(xdlms::least_pdu_size, 0xFFFF));
    }
    if (const auto window = node.find("block_window")) {
        made.configuration.block_window =
            static_cast<std::uint8_t>(window->integer(1, xdlms::GeneralBlockTransfer::max_window));
    }
    if (const auto pre_established = node.find("pre_established")) {
        made.configuration.pre_established = pre_established->boolean();
    }
    if (const auto title = node.find("client_system_title")) {
        const auto named = security::SystemTitle::from_hex(title->text());
        if (!named || keys.system_title == *named) {
            title->complain("the client's system title, 8 octets in hexadecimal, not the meter's");
        }
        made.configuration.security.peer_title = *named;
    }
    if (const auto options = node.find("options")) {
        read_options(*options, made.configuration);
    }
    if (const auto misbehaviour = node.find("misbehaviour")) {
        made.misbehaviour = read_answer_misbehaviour(*misbehaviour);
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
    node.expect_keys({"sap", "name", "security", "associations", "objects"});
    DeclaredDevice device;
    device.sap = ServerSap(static_cast<std::uint16_t>(node.at("sap").integer(1, 0xFFFF)));
    device.name = node.at("name").text();
    if (device.name.empty() || device.name.size() > 16) {
        node.at("name").complain("a logical device name of 1 to 16 octets");
    }
    if (const auto security = node.find("security")) {
        device.security = read_device_security(*security);
    }
    const ScenarioNode associations = node.at("associations");
    for (std::size_t i = 0; i < associations.size(); ++i) {
        device.associations.push_back(read_association(associations.element(i), device.security));
    }
    const ScenarioNode objects = node.at("objects");
    for (std::size_t i = 0; i < objects.size(); ++i) {
        device.objects.push_back(read_object(objects.element(i)));
    }
    // One code may stand for the current association of both kinds of referencing.
    sort_unique(objects, device.objects, [](const MeterObject& object) {
        return std::pair(object.instance, object.class_id == association_sn_class);
    });
    const bool has_short_names =
        std::ranges::any_of(device.associations, [](const DeclaredAssociation& association) {
            return association.configuration.referencing == association::Referencing::short_name;
        });
    if (has_short_names && !ShortNames::assign(device.objects)) {
        objects.complain("base names that are multiples of 8 and leave room for every object");
    }
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
    node.expect_keys({"profile", "outages_per_year", "voltage", "frequency", "base_power",
                      "peak_power", "solar_power", "power_factor", "phase_shares",
                      "energy_at_start"});
    LoadParameters load;
    const auto amount = [&](std::string_view key, double& into, double low, double high) {
        if (const auto found = node.find(key)) {
            into = read_amount(*found, low, high);
        }
    };
    if (const auto profile = node.find("profile")) {
        if (profile->text() != "household" && profile->text() != "shop") {
            profile->complain("\"household\" or \"shop\"");
        }
        load.profile = profile->text() == "shop" ? LoadProfile::shop : LoadProfile::household;
    }
    amount("outages_per_year", load.outages_per_year, 0, 365);
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
    node.expect_keys({"name", "clock", "lockout", "answer_delay_ms", "load", "hdlc", "mode_e",
                      "misbehaviour", "logical_devices"});
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
    if (const auto hdlc = node.find("hdlc")) {
        scenario.hdlc = read_hdlc(*hdlc);
    }
    if (const auto mode_e = node.find("mode_e")) {
        scenario.mode_e = read_mode_e(*mode_e);
    }
    if (const auto misbehaviour = node.find("misbehaviour")) {
        scenario.misbehaviour = read_misbehaviour(*misbehaviour);
    }
    const ScenarioNode devices = node.at("logical_devices");
    for (std::size_t i = 0; i < devices.size(); ++i) {
        scenario.devices.push_back(read_device(devices.element(i)));
    }
    if (scenario.devices.empty()) {
        devices.complain("at least one logical device");
    }
    sort_unique(devices, scenario.devices, &DeclaredDevice::sap);
    if (const auto hdlc = node.find("hdlc");
        hdlc &&
        scenario.devices.back().sap.value() > largest_hdlc_upper(scenario.hdlc.address_octets)) {
        hdlc->complain("addresses that hold the SAP of every logical device");
    }
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
