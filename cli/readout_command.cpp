#include "cli/readout_command.hpp"

#include <iostream>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include "cli/advice.hpp"
#include "cli/link_options.hpp"
#include "client/readout.hpp"

namespace dlms::cli {
namespace {

constexpr auto examples = R"(Examples:
  dlms readout /dev/ttyUSB0
  dlms readout /dev/ttyUSB0 --device-address 12345678 --json
  dlms readout 192.168.1.20:2001 --start-baud 300      a converter whose line is at 300 Bd, 8N1)";

void print_json(const client::Readout& readout) {
    nlohmann::ordered_json document;
    document["manufacturer"] = readout.manufacturer;
    document["identification"] = readout.identification;
    document["lines"] = nlohmann::ordered_json::array();
    for (const client::Readout::Line& line : readout.lines) {
        nlohmann::ordered_json entry{{"address", line.address}, {"value", line.value}};
        entry["unit"] =
            line.unit.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(line.unit);
        document["lines"].push_back(std::move(entry));
    }
    std::cout << document.dump(2) << '\n';
}

void print_text(const client::Readout& readout) {
    std::cout << readout.manufacturer << ' ' << readout.identification << '\n';
    for (const client::Readout::Line& line : readout.lines) {
        std::cout << line.address << '\t' << line.value;
        if (!line.unit.empty()) {
            std::cout << ' ' << line.unit;
        }
        std::cout << '\n';
    }
}

}  // namespace

ReadoutCommand::ReadoutCommand(CLI::App& program)
    : command_(program.add_subcommand(
          "readout", "Read the data block of a meter that speaks IEC 62056-21 (mode C)")) {
    command_
        ->add_option("port", port_,
                     "Serial port of the optical head, such as /dev/ttyUSB0; or HOST:PORT of a\n"
                     "converter, whose line keeps the speed of the request and has 8 data bits")
        ->option_text("PORT")
        ->required();
    command_
        ->add_option("--device-address", device_address_,
                     "The meter's address; absent: the only meter on the line")
        ->option_text("TEXT");
    command_->add_option("--start-baud", starting_baud_rate_, "Speed of the request; 300 if absent")
        ->check(CLI::Range(50, 115'200))
        ->option_text("RATE");
    command_->add_option("--baud", max_baud_rate_, "Highest speed to agree on; 9600 if absent")
        ->check(CLI::Range(50, 115'200))
        ->option_text("RATE");
    command_->add_flag("--no-parity", no_parity_,
                       "HOST:PORT: characters without the parity bit that is made of 8N1");
    command_->add_option("--timeout", timeout_, "Seconds for all of it; 180 if absent")
        ->check(CLI::Range(0.1, 3600.0))
        ->option_text("SECONDS");
    command_->add_flag("--json", json_, "Print JSON in place of lines");
    command_->add_flag("-v,--verbose", verbose_, "Show the octets on the line (standard error)");
    command_->footer(examples);
}

ExitStatus ReadoutCommand::run() {
    client::MeterParameters parameters;
    client::ModeEParameters& mode_e = parameters.link.mode_e.emplace();
    mode_e.device_address = device_address_;
    mode_e.starting_baud_rate = starting_baud_rate_;
    mode_e.max_baud_rate = max_baud_rate_;
    if (is_serial_port(port_)) {
        parameters.link.carrier = client::Carrier::serial;
        parameters.link.serial_port = port_;
    } else {
        const auto endpoint = parse_endpoint(port_);
        if (!endpoint) {
            std::cerr << "dlms readout: " << endpoint.error() << '\n';
            return ExitStatus::usage;
        }
        parameters.endpoint = *endpoint;
        mode_e.fixed_speed = true;
        mode_e.software_parity = !no_parity_;
    }
    const Instant deadline = std::chrono::steady_clock::now() +
                             std::chrono::milliseconds(static_cast<std::int64_t>(timeout_ * 1000));
    asio::io_context io;
    std::optional<client::Outcome<client::Readout>> outcome;
    asio::co_spawn(
        io,
        client::read_out(parameters, trace_to_standard_error(verbose_, transport::Framing::hdlc),
                         deadline),
        [&outcome](const std::exception_ptr& defect, client::Outcome<client::Readout> result) {
            if (!defect) {
                outcome = std::move(result);
            }
        });
    io.run();
    if (!outcome) {
        std::cerr << "dlms readout: an internal error\n";
        return ExitStatus::internal;
    }
    if (!*outcome) {
        std::cerr << "dlms readout: " << explain(outcome->error()) << '\n';
        return exit_status(outcome->error());
    }
    json_ ? print_json(**outcome) : print_text(**outcome);
    return ExitStatus::done;
}

}  // namespace dlms::cli
