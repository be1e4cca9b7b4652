#pragma once
// Scenario: what a simulated meter is: logical devices, associations, objects, load and clock. Read
// from JSON; docs/scenario.md describes the form.

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/device_security.hpp"
#include "simulator/link_settings.hpp"
#include "simulator/load_model.hpp"
#include "simulator/lockout.hpp"
#include "simulator/meter_clock.hpp"
#include "simulator/meter_object.hpp"
#include "simulator/misbehaviour.hpp"
#include "stack/association/server_association.hpp"
#include "stack/base/strong.hpp"

namespace dlms::simulator {

/// A client that the meter knows, and what it may do.
struct DeclaredAssociation {
    ClientSap client;
    std::string name;
    association::ServerConfiguration configuration;
    bool read_only = false;
    /// What is done wrongly to its answers.
    std::vector<Misdeed> misbehaviour;
    /// In ascending order; empty: every object.
    std::vector<cosem::ObisCode> visible;
};

struct DeclaredDevice {
    ServerSap sap;
    /// Logical device name, 1 to 16 octets.
    std::string name;
    DeclaredSecurity security;
    std::vector<DeclaredAssociation> associations;
    /// In ascending order of logical name, which is unique within a device, but that the current
    /// association of short names (class 12) shares its own with that of logical names.
    std::vector<MeterObject> objects;
};

struct Scenario {
    std::string name;
    ClockParameters clock;
    LoadParameters load;
    LockoutParameters lockout;
    /// How long the meter takes to answer a request.
    std::chrono::milliseconds answer_delay{0};
    HdlcSettings hdlc;
    ModeESettings mode_e;
    /// What the meter does wrongly; if there is any, in place of what its associations say.
    std::vector<Misdeed> misbehaviour;
    std::vector<DeclaredDevice> devices;
};

/// Reads a scenario from JSON text. The error is a sentence for people: the place in the document
/// and what was expected there.
std::expected<Scenario, std::string> parse_scenario(std::string_view json);

/// The JSON text of a scenario that is part of the program, "hexcell", "hexing" or "full"; empty
/// for another name. Valid for ever.
std::string_view builtin_scenario(std::string_view name);

}  // namespace dlms::simulator
