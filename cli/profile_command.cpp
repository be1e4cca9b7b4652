#include "cli/profile_command.hpp"

#include <cstdlib>
#include <iostream>

#include "cli/advice.hpp"
#include "cli/run_to_end.hpp"
#include "client/load_profile.hpp"
#include "client/meter_profile.hpp"
#include "client/native_meter_client.hpp"
#include "render/profile_document.hpp"

namespace dlms::cli {
namespace {

constexpr auto examples = R"(Examples:
  dlms profile 192.168.1.20 --brand hexcell --from 2026-03-14 --to 2026-03-15
  dlms profile 192.168.1.20 1-0:99.98.34.255 --brand hexcell
  dlms profile 192.168.1.20 1-0:99.2.0.255 --from 2026-03-14T08:00+01:00 --json)";

using Table = client::Outcome<cosem::ProfileTable>;

asio::awaitable<Table> read_profile(client::MeterClient& meter, const client::MeterProfile& brand,
                                    client::ProfileQuery query, cosem::LocalFromUtc zone,
                                    Instant deadline) {
    client::LearntLimits limits;
    client::RegisterReader registers(meter);
    client::ProfileReader reader(meter, registers, brand, limits);
    auto table = co_await reader.read(std::move(query), std::move(zone), deadline);
    co_await meter.release(std::chrono::steady_clock::now() + std::chrono::seconds(5));
    co_return table;
}

void print_json(const render::ProfileDocument& document, const cosem::ObisCode& profile) {
    std::string text;
    {
        constexpr std::size_t indent = 1;
        render::JsonWriter writer(text, indent);
        writer.begin_object();
        writer.key("obisCode");
        writer.plain(profile.text());
        document.write_members(writer);
        writer.end_object();
    }
    std::cout << text << '\n';
}

ExitStatus usage(const std::string& sentence) {
    std::cerr << "dlms profile: " << sentence << '\n';
    return ExitStatus::usage;
}

}  // namespace

ProfileCommand::ProfileCommand(CLI::App& program)
    : command_(program.add_subcommand(
          "profile", "Read a load profile or an event log as a table (CSV, JSON)")) {
    meter_.add_to(*command_);
    command_->add_option("obis", obis_, "The profile; 1-0:99.1.0.255 if absent")
        ->option_text("OBIS");
    period_.add_to(*command_);
    command_->add_option("--minutes", minutes_, "How long it may take in all; 5 if absent")
        ->check(CLI::Range(0.1, 1440.0))
        ->option_text("NUMBER");
    command_->add_flag("--json", json_, "Print JSON in place of CSV");
    command_->footer(examples);
}

ExitStatus ProfileCommand::run() {
    client::ProfileQuery query;
    const auto profile = cosem::ObisCode::parse(obis_);
    if (!profile) {
        return usage("'" + obis_ + "' is not an OBIS code such as 1-0:99.1.0.255");
    }
    query.profile = *profile;
    query.most_octets = std::size_t{256} * 1024 * 1024;
    const auto period = period_.period();
    if (!period) {
        return usage(period.error());
    }
    query.range = period->range;
    auto access = meter_.access(std::getenv);
    if (!access) {
        return usage(access.error());
    }
    asio::io_context io;
    client::NativeMeterClient meter(std::move(access->parameters), std::move(access->environment));
    const auto time = std::chrono::milliseconds(static_cast<std::int64_t>(minutes_ * 60'000));
    const auto table = run_to_end(io, read_profile(meter, meter_.profile(), query, period->zone,
                                                   std::chrono::steady_clock::now() + time));
    if (!table) {
        std::cerr << "dlms profile: an internal error\n";
        return ExitStatus::internal;
    }
    if (!*table) {
        std::cerr << "dlms profile: " << explain(table->error()) << '\n';
        return exit_status(table->error());
    }
    const render::ValueOptions options = meter_.value_options();
    const render::ProfileDocument document(**table, options, meter_.profile().name);
    if (json_) {
        print_json(document, query.profile);
    } else {
        std::cout << document.csv();
    }
    for (const cosem::MissingInterval& gap : (*table)->missing) {
        std::cerr << "dlms profile: missing from " << iso_text(gap.from) << " to "
                  << iso_text(gap.to) << '\n';
    }
    return ExitStatus::done;
}

}  // namespace dlms::cli
