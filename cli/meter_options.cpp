#include "cli/meter_options.hpp"

#include <fstream>
#include <iostream>
#include <memory>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "client/meter_profile.hpp"
#include "render/brand_hints.hpp"
#include "stack/base/hex.hpp"
#include "transport/trace.hpp"

namespace dlms::cli {
namespace {

std::unexpected<std::string> wrong(std::string sentence) {
    return std::unexpected(std::move(sentence));
}

std::expected<std::optional<SecretBytes>, std::string> password_from_file(const std::string& name) {
    std::string line;
    bool read = false;
    if (name == "-") {
        read = !!std::getline(std::cin, line);
    } else {
        std::ifstream file(name);
        read = !!std::getline(file, line);
    }
    if (!read) {
        return wrong("no password in " + (name == "-" ? "the standard input" : name));
    }
    if (line.ends_with('\r')) {
        line.pop_back();
    }
    SecretBytes password(as_bytes(line));
    wipe(std::span(reinterpret_cast<Byte*>(line.data()), line.size()));
    return password;
}

}  // namespace

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
        .add_option("--auth", authentication_,
                    "none, or low = a password; low if a password is given or\nthe brand has one")
        ->check(CLI::IsMember({"none", "low"}, CLI::ignore_case))
        ->option_text("KIND")
        ->group(group);
    auto* file = command.add_option("--password-file", password_file_,
                                    "File whose first line is the password; - for standard input");
    file->option_text("FILE")->group(group);
    auto* text = command.add_option("--password", password_,
                                    "The password itself. Other users of this machine see it:\n"
                                    "prefer DLMS_PASSWORD or --password-file");
    text->option_text("TEXT")->group(group)->excludes(file);
    command.add_option("--password-hex", password_hex_, "The same as hexadecimal octets")
        ->option_text("HEX")
        ->group(group)
        ->excludes(file)
        ->excludes(text);
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

std::expected<std::optional<SecretBytes>, std::string> MeterOptions::password(
    const char* environment) const {
    if (password_file_) {
        return password_from_file(*password_file_);
    }
    if (password_hex_) {
        Result<ByteBuffer> octets = from_hex(*password_hex_);
        if (!octets) {
            return wrong("--password-hex: expected pairs of hexadecimal digits");
        }
        SecretBytes secret(*octets);
        wipe(*octets);
        return secret;
    }
    if (password_) {
        return SecretBytes(as_bytes(*password_));
    }
    if (environment != nullptr) {
        return SecretBytes(as_bytes(environment));
    }
    return std::nullopt;
}

std::expected<void, std::string> MeterOptions::set_authentication(
    client::MeterParameters& parameters, const char* environment_password) const {
    const bool none = CLI::detail::to_lower(authentication_) == "none";
    if (none && (password_ || password_hex_ || password_file_)) {
        return wrong("a password needs --auth low");
    }
    if (none) {
        parameters.mechanism = acse::Mechanism::lowest;
        parameters.password = SecretBytes();
        return {};
    }
    auto secret = password(environment_password);
    if (!secret) {
        return std::unexpected(secret.error());
    }
    if (*secret) {
        parameters.mechanism = acse::Mechanism::lls;
        parameters.password = std::move(**secret);
    } else if (!authentication_.empty()) {
        parameters.mechanism = acse::Mechanism::lls;
    }
    const bool is_low = parameters.mechanism == acse::Mechanism::lls;
    if (is_low && (parameters.password.empty() || parameters.password.size() > 64)) {
        return wrong(
            "--auth low needs a password of 1 to 64 octets: set DLMS_PASSWORD, or give "
            "--password-file");
    }
    return {};
}

std::expected<client::MeterParameters, std::string> MeterOptions::parameters(
    const char* environment_password) const {
    const client::MeterProfile& profile = client::profile_of_brand(brand_);
    client::MeterParameters parameters(profile);
    parameters.client_sap = client_ ? ClientSap(*client_) : parameters.client_sap;
    parameters.server_sap = server_ ? ServerSap(*server_) : parameters.server_sap;
    if (short_names_) {
        parameters.use_short_names();
    }
    if (auto set = link_.apply(place_, profile, parameters); !set) {
        return std::unexpected(set.error());
    }
    if (timeout_) {
        parameters.response_timeout =
            std::chrono::milliseconds(static_cast<std::int64_t>(*timeout_ * 1000));
    }
    if (auto set = set_authentication(parameters, environment_password); !set) {
        return std::unexpected(set.error());
    }
    return parameters;
}

transport::TraceSink trace_to_standard_error(bool wanted) {
    if (!wanted) {
        return {};
    }
    auto logger = std::make_shared<spdlog::logger>(
        "trace", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_pattern("%H:%M:%S.%e %v");
    auto lines = std::make_shared<transport::HexTrace>(
        [logger](transport::Direction direction, const std::string& hex) {
            logger->info("{} {}", direction == transport::Direction::sent ? "->" : "<-", hex);
        });
    return [lines](transport::Direction direction, ByteView octets) {
        lines->octets(direction, octets);
    };
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

}  // namespace dlms::cli
