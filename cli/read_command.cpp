#include "cli/read_command.hpp"

#include <cstdlib>
#include <iostream>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include "cli/advice.hpp"
#include "cli/output.hpp"
#include "client/native_meter_client.hpp"
#include "client/register_reader.hpp"

namespace dlms::cli {
namespace {

constexpr auto examples = R"(Examples:
  dlms read 192.168.1.20 1-0:1.8.0.255 --brand hexcell
  dlms read 192.168.1.20:4059 1.8.0 2.8.0 0-0:1.0.0.255 --client 16 --json
  dlms read meter.example 8/0-0:1.0.0.255/2 3/1-0:32.7.0.255/3
  dlms read 192.168.1.20 0-0:96.1.0.255 --client 1 --password-file secret.txt)";

/// What happened to a whole run: the lines, or why there are none.
using Lines = client::Outcome<std::vector<Line>>;

/// Reads all items, in lists where the meter takes them. A refusal of one does not end the others;
/// a line that fails does.
asio::awaitable<Lines> read_all(client::MeterClient& meter,
                                std::vector<cosem::AttributeDescriptor> attributes,
                                client::MeterParameters parameters) {
    const Instant connect_by = std::chrono::steady_clock::now() + parameters.response_timeout;
    const auto connected = co_await meter.connect(connect_by);
    if (!connected) {
        co_return std::unexpected(connected.error());
    }
    client::RegisterReader reader(meter);
    std::vector<client::ReadRequest> requests;
    for (const cosem::AttributeDescriptor& attribute : attributes) {
        requests.push_back({attribute, std::nullopt, axdr::Data()});
    }
    const auto patience = MeterOptions::patience(parameters) * static_cast<int>(attributes.size());
    auto readings =
        co_await reader.read_list(std::move(requests), std::chrono::steady_clock::now() + patience);
    std::vector<Line> lines;
    for (std::size_t i = 0; i < attributes.size(); ++i) {
        if (readings) {
            lines.push_back({attributes[i], std::move((*readings)[i])});
        } else {
            lines.push_back({attributes[i], std::unexpected(readings.error())});
        }
    }
    co_await meter.release(std::chrono::steady_clock::now() + std::chrono::seconds(5));
    co_return lines;
}

ExitStatus status_of(const std::vector<Line>& lines) {
    for (const Line& line : lines) {
        if (!line.reading) {
            return exit_status(line.reading.error());
        }
    }
    return ExitStatus::done;
}

ExitStatus usage(const std::string& sentence) {
    std::cerr << "dlms read: " << sentence << '\n';
    return ExitStatus::usage;
}

}  // namespace

ReadCommand::ReadCommand(CLI::App& program)
    : command_(program.add_subcommand("read",
                                      "Read attributes: registers with unit, clock, "
                                      "anything by its OBIS code")) {
    meter_.add_to(*command_);
    command_
        ->add_option("obis", items_,
                     "What to read: OBIS, CLASS/OBIS, OBIS/ATTRIBUTE or\n"
                     "CLASS/OBIS/ATTRIBUTE. Without a class it is 8 for clocks,\n"
                     "7 for profiles and logs, 70 for the relay, 1 for identifiers,\n"
                     "else 3 (register)")
        ->option_text("...")
        ->required();
    command_->add_option("--class", defaults_.class_id, "Class of items that do not name one")
        ->check(CLI::Range(1, 65535))
        ->option_text("NUMBER");
    command_
        ->add_option("--attribute", defaults_.attribute_id,
                     "Attribute of items that do not name one; 2 (the value) if absent")
        ->option_text("NUMBER");
    command_->add_flag("--json", json_, "Print JSON in place of a table");
    command_->add_flag("--tree", tree_,
                       "JSON with the types of every part, uninterpreted, as well");
    command_->footer(examples);
}

ExitStatus ReadCommand::run() {
    std::vector<cosem::AttributeDescriptor> attributes;
    for (const std::string& item : items_) {
        const auto attribute = parse_item(item, defaults_);
        if (!attribute) {
            return usage(attribute.error());
        }
        attributes.push_back(*attribute);
    }
    auto access = meter_.access(std::getenv);
    if (!access) {
        return usage(access.error());
    }
    asio::io_context io;
    client::NativeMeterClient meter(access->parameters.clone(), std::move(access->environment));
    std::optional<Lines> lines;
    asio::co_spawn(io, read_all(meter, std::move(attributes), std::move(access->parameters)),
                   [&lines](const std::exception_ptr& defect, Lines result) {
                       if (!defect) {
                           lines = std::move(result);
                       }
                   });
    io.run();
    if (!lines) {
        std::cerr << "dlms read: an internal error\n";
        return ExitStatus::internal;
    }
    if (!*lines) {
        std::cerr << "dlms read: " << explain(lines->error()) << '\n';
        return exit_status(lines->error());
    }
    if (json_ || tree_) {
        print_json(std::cout, **lines, meter_.value_options(), tree_);
    } else {
        print_table(std::cout, **lines, meter_.value_options());
    }
    return status_of(**lines);
}

}  // namespace dlms::cli
