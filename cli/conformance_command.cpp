#include "cli/conformance_command.hpp"

#include <array>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <expected>
#include <fnmatch.h>
#include <fstream>
#include <iostream>
#include <sstream>
#include <unistd.h>

#include "cli/link_options.hpp"
#include "cli/security_options.hpp"
#include "client/durable_counters.hpp"
#include "conformance/catalogue.hpp"
#include "conformance/declaration.hpp"
#include "conformance/reports.hpp"
#include "conformance/suite.hpp"
#include "store/counter_store.hpp"

namespace dlms::cli {
namespace {

constexpr auto examples = R"(Examples:
  dlms conformance 192.168.1.20 --declaration meter.json
  dlms conformance 192.168.1.20 --declaration meter.json --case 'APPL_OPEN_*' --case HDLC_FRAME_P1
  dlms conformance 192.168.1.20 --declaration meter.json --report html report.html --report junit report.xml
  dlms conformance --list

docs/conformance_suite.md tells what a declaration holds. The suite writes to the meter, and locks
its associations with wrong passwords, only as far as the declaration allows.

Exit status: 0 no case FAILED or INCONCLUSIVE, 1 some did, 2 the command line or the declaration
is wrong, 3 the meter cannot be reached.)";

constexpr std::uint32_t counters_of_a_run = 100'000;

ExitStatus complain(const std::string& sentence, ExitStatus status = ExitStatus::usage) {
    std::cerr << "dlms conformance: " << sentence << '\n';
    return status;
}

std::string now_text() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::array<char, 32> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

std::expected<conformance::Declaration, std::string> read_declaration(const std::string& name) {
    std::ifstream file(name, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) {
        return std::unexpected(name + ": cannot be read");
    }
    auto declaration = conformance::parse_declaration(text.view());
    if (!declaration) {
        return std::unexpected(name + ": " + declaration.error());
    }
    return declaration;
}

/// The cases that the patterns name, all without patterns.
std::expected<std::vector<conformance::Case>, std::string> chosen(
    const std::vector<std::string>& patterns) {
    std::vector<conformance::Case> all = conformance::suite();
    if (patterns.empty()) {
        return all;
    }
    std::vector<bool> is_wanted(all.size());
    for (const std::string& pattern : patterns) {
        bool has_any = false;
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (fnmatch(pattern.c_str(), std::string(all[i].id).c_str(), 0) == 0) {
                is_wanted[i] = has_any = true;
            }
        }
        if (!has_any) {
            return std::unexpected("--case " + pattern +
                                   ": no case of the suite; `dlms conformance --list` names them");
        }
    }
    std::vector<conformance::Case> some;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (is_wanted[i]) {
            some.push_back(all[i]);
        }
    }
    return some;
}

/// Counters that nobody has used with the declared key; durable before the first is sent.
std::expected<std::uint32_t, std::string> reserve_counters(const conformance::Declaration& declared,
                                                           const std::string& file) {
    const auto* ciphered = declared.find([](const conformance::DeclaredAssociation& one) {
        return !one.client_system_title.empty();
    });
    if (declared.unicast_key.empty() || ciphered == nullptr) {
        return 0;
    }
    auto store =
        open_counters(file.empty() ? std::nullopt : std::optional<std::string>(file), std::getenv);
    if (!store) {
        return std::unexpected(store.error());
    }
    const auto title = security::SystemTitle::from_hex(ciphered->client_system_title);
    const auto range =
        (*store)->reserve(client::counter_id(conformance::octets(declared.unicast_key), *title),
                          counters_of_a_run, declared.least_counter);
    if (!range) {
        return std::unexpected("no invocation counters are left for the declared key");
    }
    return range->first;
}

bool write_file(const std::string& name, const std::string& content) {
    std::ofstream file(name, std::ios::binary);
    file << content;
    file.close();
    return static_cast<bool>(file);
}

}  // namespace

ConformanceCommand::ConformanceCommand(CLI::App& program) {
    command_ = program.add_subcommand("conformance", "Judge a meter by the conformance cases");
    command_->footer(examples);
    command_
        ->add_option("place", place_, "HOST[:PORT] of the meter; the declaration says which link")
        ->option_text("HOST[:PORT]");
    command_->add_option("--declaration", declaration_, "What the meter claims, a JSON file")
        ->option_text("FILE");
    command_
        ->add_option("--case", cases_, "Run this case only; several, and patterns with *, as well")
        ->option_text("ID");
    command_
        ->add_option("--report", reports_,
                     "Write a report: text, junit, json or html, and the file's name (- for\n"
                     "standard output). Without it a text goes to standard output")
        ->option_text("FORM FILE")
        ->type_size(2)
        ->expected(0, 64);
    command_->add_option("--counters", counters_, "File of invocation counters, as for `dlms read`")
        ->option_text("FILE");
    command_->add_flag("--list", list_, "Only list the cases");
    command_->add_flag("--quiet", quiet_, "No progress line");
}

ExitStatus ConformanceCommand::list() const {
    for (const conformance::Case& one : conformance::suite()) {
        std::cout << one.id << "  " << conformance::catalogue_entry(one.id).title << '\n';
    }
    return ExitStatus::done;
}

ExitStatus ConformanceCommand::run() const {
    if (list_) {
        return list();
    }
    if (place_.empty() || declaration_.empty()) {
        return complain("HOST[:PORT] and --declaration FILE are needed; see --help");
    }
    const auto endpoint = parse_endpoint(place_);
    if (!endpoint) {
        return complain(endpoint.error());
    }
    const auto declared = read_declaration(declaration_);
    if (!declared) {
        return complain(declared.error());
    }
    const auto cases = chosen(cases_);
    if (!cases) {
        return complain(cases.error());
    }
    for (std::size_t i = 0; i + 1 < reports_.size(); i += 2) {
        if (reports_[i] != "text" && reports_[i] != "junit" && reports_[i] != "json" &&
            reports_[i] != "html") {
            return complain("--report " + reports_[i] + ": expected text, junit, json or html");
        }
    }
    const auto first_counter = reserve_counters(*declared, counters_);
    if (!first_counter) {
        return complain(first_counter.error());
    }
    const conformance::Place place{endpoint->host, endpoint->port};
    if (auto wire = conformance::Wire::connect_tcp(place, declared->timing.response); !wire) {
        return complain(wire.error(), ExitStatus::line);
    }
    const bool shows_progress = !quiet_ && ::isatty(STDERR_FILENO) != 0;
    conformance::RunOptions options{place, *first_counter, nullptr};
    if (shows_progress) {
        options.progress = [](std::size_t done, std::size_t all, std::string_view id) {
            std::cerr << "\r\x1B[K" << done << '/' << all << "  " << id << std::flush;
        };
    }
    const auto results = conformance::run(*cases, *declared, options);
    if (shows_progress) {
        std::cerr << "\r\x1B[K";
    }
    const conformance::ReportHead head{declared->meter, place_, now_text(),
                                       "dlms conformance " DLMS_VERSION};
    if (reports_.empty()) {
        std::cout << conformance::text_report(head, results);
    }
    for (std::size_t i = 0; i + 1 < reports_.size(); i += 2) {
        const std::string& form = reports_[i];
        const std::string report = form == "text"    ? conformance::text_report(head, results)
                                   : form == "junit" ? conformance::junit_report(head, results)
                                   : form == "json"
                                       ? conformance::json_report(head, *declared, results)
                                       : conformance::html_report(head, *declared, results);
        if (reports_[i + 1] == "-") {
            std::cout << report;
        } else if (!write_file(reports_[i + 1], report)) {
            return complain(reports_[i + 1] + ": cannot be written");
        }
    }
    const conformance::RunSummary summary = conformance::summarize(results);
    std::cerr << summary.text() << '\n';
    const bool is_good = summary.of(conformance::Verdict::failed) == 0 &&
                         summary.of(conformance::Verdict::inconclusive) == 0;
    return is_good ? ExitStatus::done : ExitStatus::refused;
}

}  // namespace dlms::cli
