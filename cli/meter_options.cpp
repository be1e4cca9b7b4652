#include "cli/meter_options.hpp"

#include <iostream>
#include <memory>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "client/meter_profile.hpp"
#include "client/open_link.hpp"
#include "render/brand_hints.hpp"
#include "stack/xdlms/conformance_text.hpp"

namespace dlms::cli {
void MeterOptions::add_to(CLI::App& command) {
    command
        .add_option("host", place_,
                    "Name or address of the meter; the port is 4059 if absent.\n"
                    "Or a serial port such as /dev/ttyUSB0")
        ->option_text("HOST[:PORT]|PORT")
        ->required();
    link_.add_to(command);
    const auto group = "Association";
    command.add_option("--brand", brand_, "hexcell, hexing or generic: sets the defaults below")
        ->check(CLI::IsMember({"hexcell", "hexing", "generic"}, CLI::ignore_case))
        ->option_text("NAME")
        ->group(group);
    command
        .add_option(
            "--client", client_,
            "Client address (SAP) that we speak as: Hexcell 17, Hexing 1,\nelse 16 (public)")
        ->option_text("NUMBER")
        ->group(group);
    command.add_option("--server", server_, "Logical device in the meter; 1 if absent")
        ->option_text("NUMBER")
        ->group(group);
    command
        .add_flag("--short-names", short_names_,
                  "The meter knows its objects by short names (SN referencing)")
        ->group(group);
    command
        .add_flag("--pre-established", pre_established_,
                  "The meter has the association without being asked for it")
        ->group(group);
    command
        .add_option("--conformance", conformance_,
                    "Services to propose: three octets in hexadecimal, or names with\n"
                    "commas between; else 007E1F, with short names 1C1A20")
        ->option_text("HEX|NAMES")
        ->group(group);
    command
        .add_option("--block-window", block_window_,
                    "Blocks of a general block transfer that we take at once; 1 if absent")
        ->check(CLI::Range(1, 63))
        ->option_text("NUMBER")
        ->group(group);
    command
        .add_option("--outstanding-requests", outstanding_requests_,
                    "Requests under way at once; 1 if absent")
        ->check(CLI::Range(1, 15))
        ->option_text("NUMBER")
        ->group(group);
    security_.add_to(command);
    command
        .add_option("--timeout", timeout_,
                    "Seconds for the connection, and for each answer; 30, Hexing 60")
        ->check(CLI::Range(0.1, 3600.0))
        ->option_text("SECONDS");
    command
        .add_option("--energy-unit", energy_unit_, "kilo: kWh, kvarh, kVAh; base: Wh, varh, VAh")
        ->check(CLI::IsMember({"kilo", "base"}, CLI::ignore_case))
        ->option_text("UNIT");
    command.add_flag("-v,--verbose", verbose_,
                     "Show the octets on the line (standard error); passwords as **");
}

std::expected<MeterOptions::Access, std::string> MeterOptions::access(
    const EnvironmentVariable& variable, Audience audience) const {
    const client::MeterProfile& profile = client::profile_of_brand(brand_);
    client::MeterParameters parameters(profile);
    parameters.client_sap = client_ ? ClientSap(*client_) : parameters.client_sap;
    parameters.server_sap = server_ ? ServerSap(*server_) : parameters.server_sap;
    if (short_names_) {
        parameters.use_short_names();
    }
    if (!conformance_.empty()) {
        const auto conformance = xdlms::conformance_from_text(conformance_);
        if (!conformance) {
            return std::unexpected("--conformance: " + conformance.error());
        }
        parameters.proposed_conformance = *conformance;
    }
    parameters.block_window = block_window_.value_or(parameters.block_window);
    parameters.max_outstanding_requests =
        outstanding_requests_.value_or(parameters.max_outstanding_requests);
    if (auto set = link_.apply(place_, profile, parameters); !set) {
        return std::unexpected(set.error());
    }
    if (timeout_) {
        parameters.response_timeout =
            std::chrono::milliseconds(static_cast<std::int64_t>(*timeout_ * 1000));
    }
    parameters.pre_established = pre_established_;
    if (auto set = security_.apply(variable, audience, parameters); !set) {
        return std::unexpected(set.error());
    }
    auto counters = security_.counters(variable, parameters);
    if (!counters) {
        return std::unexpected(std::move(counters.error()));
    }
    client::ClientEnvironment environment;
    environment.trace = trace(parameters);
    environment.counters = std::move(*counters);
    environment.counter_raised = [](std::uint32_t next) {
        std::cerr << "dlms: the meter has seen higher invocation counters than ours: going on with "
                  << next << '\n';
    };
    environment.counter_doubted = [](std::uint32_t next) {
        std::cerr << "dlms: the meter's counter object says that our invocation counter goes on at "
                  << next
                  << ", which would leave the key hardly any: --trust-counter believes it\n";
    };
    environment.counter_low = [](std::uint32_t left) {
        std::cerr << "dlms: " << left
                  << " invocation counters are left for a key: change the meter's keys\n";
    };
    return Access{std::move(parameters), std::move(environment)};
}

transport::TraceSink trace_to_standard_error(bool wanted, transport::Framing framing) {
    if (!wanted) {
        return {};
    }
    auto logger = std::make_shared<spdlog::logger>(
        "trace", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_pattern("%H:%M:%S.%e %v");
    return transport::traced_lines(
        framing, [logger](transport::Direction direction, const std::string& line) {
            logger->info("{} {}", direction == transport::Direction::sent ? "->" : "<-", line);
        });
}

transport::TraceSink MeterOptions::trace(const client::MeterParameters& parameters) const {
    return trace_to_standard_error(verbose_, client::framing_of(parameters.link));
}

render::ValueOptions MeterOptions::value_options() const {
    render::ValueOptions options;
    if (CLI::detail::to_lower(energy_unit_) == "base") {
        options.energy_unit = render::EnergyUnit::base;
    }
    options.octet_hint = render::octet_hint_of_profile(client::profile_of_brand(brand_).name);
    return options;
}

Duration MeterOptions::patience(const client::MeterParameters& parameters) {
    // An answer may come in many blocks, each with its own time-out.
    return std::max<Duration>(parameters.response_timeout, std::chrono::minutes(5));
}

const client::MeterProfile& MeterOptions::profile() const {
    return client::profile_of_brand(brand_);
}

}  // namespace dlms::cli
