#include "cli/clone_command.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "cli/advice.hpp"
#include "cli/run_to_end.hpp"
#include "cli/scenario_document.hpp"
#include "client/native_meter_client.hpp"

namespace dlms::cli {
namespace {

constexpr auto examples = R"(Examples:
  dlms clone 192.168.1.20 --brand hexcell --out meter.json
  dlms clone 192.168.1.20 --brand hexing --out meter.json --rows 96
  dlms-simulator --scenario meter.json

The object list of the client's association tells what there is; --client and the password decide how
much of it. No password and no key is written: where the clone needs one, a place-holder stands, and a
line on standard error says where.)";

/// Lines on standard error: notes up to a number of them, and how far the reading is.
class Screen {
public:
    explicit Screen(bool quiet) : quiet_(quiet) {}

    void note(const std::string& sentence) {
        constexpr std::size_t most = 100;
        if (++notes_ <= most) {
            std::cerr << "dlms clone: " << sentence << '\n';
        } else if (notes_ == most + 1) {
            std::cerr << "dlms clone: more of the like is counted only\n";
        }
    }
    /// About once a second, and the last one.
    void show(std::size_t done, std::size_t total) {
        const auto now = std::chrono::steady_clock::now();
        if (!quiet_ && (done == total || now - shown_ >= std::chrono::seconds(1))) {
            shown_ = now;
            std::cerr << "dlms clone: " << done << " of " << total << " objects\n";
        }
    }

private:
    bool quiet_;
    std::size_t notes_ = 0;
    Instant shown_ = std::chrono::steady_clock::now();
};

ExitStatus usage(const std::string& sentence) {
    std::cerr << "dlms clone: " << sentence << '\n';
    return ExitStatus::usage;
}

/// Nothing, or what went wrong. A file is there whole or not at all.
std::optional<std::string> write_file(const std::string& name, const std::string& text) {
    const std::string unfinished = name + ".part";
    std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file || std::rename(unfinished.c_str(), name.c_str()) != 0) {
        std::string why = name + ": " + std::strerror(errno);
        std::remove(unfinished.c_str());
        return why;
    }
    return std::nullopt;
}

/// "3 attributes were refused", "1 attribute was refused".
std::string counted(std::size_t count, const std::string& what) {
    return std::to_string(count) + (count == 1 ? " attribute was " : " attributes were ") + what;
}

}  // namespace

CloneCommand::CloneCommand(CLI::App& program)
    : command_(program.add_subcommand(
          "clone", "Copy a meter's objects and values into a scenario of the simulator")) {
    meter_.add_to(*command_);
    command_->add_option("--out", file_, "The scenario file to write")
        ->option_text("FILE")
        ->required();
    command_->add_flag("--force", force_, "Replace a file that is there");
    command_->add_option("--name", name_, "The scenario's name")->option_text("TEXT");
    command_
        ->add_option("--rows", rows_,
                     "The newest rows of every profile; without it and a time none")
        ->check(CLI::Range(1, 10'000))
        ->option_text("NUMBER");
    period_.add_to(*command_);
    command_->add_option("--max-objects", most_objects_, "Objects to read; 10000 if absent")
        ->check(CLI::Range(1, 100'000))
        ->option_text("NUMBER");
    command_->add_flag("--partial", partial_,
                       "Write what was read also where the line failed before the end");
    command_->add_flag("--quiet", quiet_, "Do not tell how far the reading is");
    command_->footer(examples);
}

ExitStatus CloneCommand::run() {
    std::error_code ignored;
    if (!force_ && std::filesystem::exists(file_, ignored)) {
        return usage(file_ + " is there already: --force replaces it");
    }
    const auto period = period_.period();
    if (!period) {
        return usage(period.error());
    }
    if (rows_ > 0 && !period->range.is_open()) {
        return usage("either --rows or --from and --to say which rows");
    }
    auto access = meter_.access(std::getenv);
    if (!access) {
        return usage(access.error());
    }
    const client::MeterParameters parameters = access->parameters.clone();
    Screen screen(quiet_);
    const MeterCopier::Reports reports{
        [&screen](const std::string& sentence) { screen.note(sentence); },
        [&screen](std::size_t done, std::size_t total) { screen.show(done, total); }};
    asio::io_context io;
    client::NativeMeterClient meter(std::move(access->parameters), std::move(access->environment));
    MeterCopier copier(meter, parameters, meter_.profile(), reports);
    const auto copy =
        run_to_end(io, copier.run(most_objects_, {rows_, period->range, period->zone}));
    if (!copy) {
        std::cerr << "dlms clone: an internal error\n";
        return ExitStatus::internal;
    }
    if (!*copy) {
        std::cerr << "dlms clone: " << explain(copy->error()) << '\n';
        return exit_status(copy->error());
    }
    const auto& ended_by = (*copy)->ended_by;
    if (ended_by) {
        std::cerr << "dlms clone: after " << (*copy)->objects.size() << " of " << (*copy)->listed
                  << " objects: " << explain(*ended_by) << '\n';
    }
    if (ended_by && (!partial_ || (*copy)->objects.empty())) {
        std::cerr << "dlms clone: nothing is written; --partial writes what was read\n";
        return exit_status(*ended_by);
    }
    const ExitStatus written = write(**copy, parameters);
    return written == ExitStatus::done && ended_by ? exit_status(*ended_by) : written;
}

ExitStatus CloneCommand::write(const MeterCopy& copy,
                               const client::MeterParameters& parameters) const {
    using State = CopiedAttribute::State;
    const ScenarioDocument document = scenario_document(copy, parameters, name_);
    constexpr int indent = 1;
    if (const auto failed = write_file(file_, document.json.dump(indent) + "\n")) {
        return usage(*failed);
    }
    const auto tell = [](const std::string& sentence) {
        std::cerr << "dlms clone: " << sentence << '\n';
    };
    for (const std::string& note : document.notes) {
        tell(note);
    }
    if (copy.without_rights > 0) {
        tell("of " + std::to_string(copy.without_rights) +
             " objects no access rights are told: they can be read only");
    }
    if (const std::size_t count = copy.count(State::refused); count > 0) {
        tell(counted(count, "refused by the meter"));
    }
    if (const std::size_t count = copy.count(State::unanswered); count > 0) {
        tell(counted(count, "not answered: null-data stands there"));
    }
    if (const std::size_t count = copy.count(State::secret); count > 0) {
        tell(counted(count, "not asked for, being secrets"));
    }
    for (const std::string& place : document.placeholders) {
        tell("put the clone's own in place of " + place);
    }
    tell(file_ + " has " + std::to_string(copy.objects.size()) + " of " +
         std::to_string(copy.listed) + " objects");
    return ExitStatus::done;
}

}  // namespace dlms::cli
