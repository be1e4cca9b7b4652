#include "cli/audit_command.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <iostream>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "stack/base/hex.hpp"
#include "store/sqlite_audit_log.hpp"

namespace dlms::cli {
namespace {

constexpr auto explanation = R"(Every entry's hash covers the entry before, so a change, a gap and
an insertion are found. That the end was cut off is only seen with a hash that was kept
elsewhere: the service logs the newest at its start, and `verify` prints it. Give it as
--kept-hash next time.

Exit status: 0 the log is whole, 1 it is not, 2 it cannot be read.)";

std::string time_text(std::int64_t milliseconds) {
    const std::time_t seconds = milliseconds / 1000;
    std::tm utc{};
    std::array<char, 32> text{};
    if (gmtime_r(&seconds, &utc) == nullptr ||
        std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc) == 0) {
        return std::to_string(milliseconds);
    }
    const std::string fraction = std::to_string(1000 + milliseconds % 1000);
    return std::string(text.data()) + "." + fraction.substr(1) + "Z";
}

nlohmann::ordered_json json_of(const store::AuditEntry& entry) {
    const store::AuditRecord& record = entry.record;
    nlohmann::ordered_json line{{"sequence", entry.sequence},
                                {"phase", name(record.phase)},
                                {"time", time_text(record.time)}};
    if (record.phase == store::AuditPhase::outcome) {
        line["intent"] = record.intent;
    }
    const std::array<std::pair<const char*, const std::string*>, 9> texts{
        {{"keyId", &record.key_id},
         {"source", &record.source},
         {"requestId", &record.request_id},
         {"meterNumber", &record.meter},
         {"action", &record.action},
         {"target", &record.target},
         {"before", &record.before},
         {"after", &record.after},
         {"result", &record.result}}};
    for (const auto& [key, text] : texts) {
        if (!text->empty()) {
            line[key] = *text;
        }
    }
    line["hash"] = to_hex(entry.hash);
    return line;
}

ExitStatus unreadable(const std::string& sentence) {
    std::cerr << "dlms audit: " << sentence << '\n';
    return ExitStatus::usage;
}

}  // namespace

AuditCommand::AuditCommand(CLI::App& program)
    : command_(program.add_subcommand("audit", "Verify or show the service's audit log")) {
    command_->require_subcommand(1);
    verify_ = command_->add_subcommand("verify", "Follow the chain of hashes from end to end");
    show_ = command_->add_subcommand("show", "Print the entries, one JSON object a line");
    for (CLI::App* sub : {verify_, show_}) {
        sub->add_option("FILE", file_, "audit.db in the service's DATA_DIR; it may be running")
            ->required()
            ->option_text(" ");
    }
    verify_
        ->add_option("--kept-hash", kept_hash_,
                     "A hash of an entry that was kept elsewhere: it must be in the chain")
        ->option_text("HEX");
    show_->add_option("--meter", meter_, "Only of this meter")->option_text("NUMBER");
    verify_->footer(explanation);
}

ExitStatus AuditCommand::verify() const {
    store::AuditHash kept{};
    if (!kept_hash_.empty()) {
        const auto octets = from_hex(kept_hash_);
        if (!octets || octets->size() != kept.size()) {
            return unreadable("--kept-hash is no hash of 32 octets in hexadecimal");
        }
        std::ranges::copy(*octets, kept.begin());
    }
    store::AuditChain chain;
    std::optional<std::string> wrong;
    bool has_kept = kept_hash_.empty();
    const auto read = store::read_audit_log(file_, [&](const store::AuditEntry& entry) {
        wrong = chain.take(entry);
        has_kept = has_kept || (!wrong && entry.hash == kept);
        return !wrong;
    });
    if (!read) {
        return unreadable(read.error());
    }
    if (!wrong && !has_kept) {
        wrong =
            "no entry has the hash that was kept: the end of the log was cut off, or all of it "
            "written anew";
    }
    if (wrong) {
        std::cerr << "dlms audit: " << file_ << " is not whole: " << *wrong << '\n';
        return ExitStatus::refused;
    }
    std::cout << file_ << " is whole: " << chain.head().sequence << " entries\n"
              << "hash of the newest: " << to_hex(chain.head().hash) << '\n';
    if (chain.open_intents() > 0) {
        std::cout << "without outcome: " << chain.open_intents()
                  << " (in work, or the service was ended in between)\n";
    }
    return ExitStatus::done;
}

ExitStatus AuditCommand::show() const {
    const auto read = store::read_audit_log(file_, [&](const store::AuditEntry& entry) {
        if (meter_.empty() || entry.record.meter == meter_) {
            std::cout << json_of(entry).dump(-1, ' ', false,
                                             nlohmann::json::error_handler_t::replace)
                      << '\n';
        }
        return static_cast<bool>(std::cout);
    });
    return read ? ExitStatus::done : unreadable(read.error());
}

}  // namespace dlms::cli
