#include "server/keys_command.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "server/config_secrets.hpp"
#include "server/env_file.hpp"
#include "server/http_message.hpp"
#include "store/api_key_store.hpp"
#include "store/sqlite_audit_log.hpp"

namespace dlms::service {

namespace {

constexpr int failed = 1;
constexpr int wrong_usage = 2;

std::int64_t present_seconds() {
    return static_cast<std::int64_t>(std::time(nullptr));
}

int complain(const std::string& sentence, int status = failed) {
    std::cerr << "dlms-service keys: " << sentence << '\n';
    return status;
}

std::string date_text(std::int64_t seconds) {
    const std::time_t time = seconds;
    std::tm utc{};
    std::array<char, 32> text{};
    if (gmtime_r(&time, &utc) == nullptr ||
        std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc) == 0) {
        return std::to_string(seconds);
    }
    return text.data();
}

// The beginning of a day, UTC.
std::optional<std::int64_t> day_of(const std::string& text) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    char rest = 0;
    if (std::sscanf(text.c_str(), "%4d-%2u-%2u%c", &year, &month, &day, &rest) != 3) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                           std::chrono::day(day)};
    if (!date.ok()) {
        return std::nullopt;
    }
    const auto since = std::chrono::sys_days(date).time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(since).count();
}

std::optional<ScopeSet> scopes_of(std::string_view list) {
    ScopeSet scopes;
    while (!list.empty()) {
        const std::size_t end = list.find(',');
        const auto* found = std::ranges::find(scope_names, list.substr(0, end));
        if (found == scope_names.end()) {
            return std::nullopt;
        }
        scopes.add(static_cast<Scope>(found - scope_names.begin()));
        list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
    }
    return scopes.is_empty() ? std::nullopt : std::optional(scopes);
}

std::string scopes_text(std::uint8_t bits) {
    std::string text;
    for (std::size_t i = 0; i < scope_names.size(); ++i) {
        if (ScopeSet::of_bits(bits).bits() & (1U << i)) {
            text += (text.empty() ? "" : ",") + std::string(scope_names.at(i));
        }
    }
    return text;
}

// An entry of the audit log, which takes entries of several processes.
std::optional<std::string> note(const std::string& folder, const std::string& action,
                                const std::string& target, const std::string& after) {
    auto log = store::SqliteAuditLog::open((std::filesystem::path(folder) / "audit.db").string());
    if (!log) {
        return log.error();
    }
    store::AuditRecord record;
    record.time = present_seconds() * 1000;
    const char* login = std::getenv("USER");
    record.source = "command line, user " + std::to_string(::getuid()) +
                    (login != nullptr ? " " + std::string(login) : "");
    record.action = action;
    record.target = target;
    record.after = after;
    record.result = "success";
    if (!(*log)->append(std::array{record})) {
        return "the audit log could not be written";
    }
    return std::nullopt;
}

struct Order {
    std::string data_dir;
    std::string name;
    std::string scopes = "read";
    std::string expires;
    std::uint32_t rate = 0;
    std::string id;
};

int add(const Order& order, store::ApiKeyStore& keys) {
    const auto scopes = scopes_of(order.scopes);
    const auto expires = order.expires.empty() ? std::nullopt : day_of(order.expires);
    if (!scopes) {
        return complain("--scopes names others than read, write, control and admin", wrong_usage);
    }
    if (!order.expires.empty() && !expires) {
        return complain("--expires is no day such as 2027-12-31", wrong_usage);
    }
    SystemRandom random;
    const auto drawn = store::draw_api_key(random);
    if (!drawn) {
        return complain("no key could be drawn");
    }
    store::ApiKeyRecord record;
    record.id = drawn->id;
    record.name = order.name;
    record.scopes = scopes->bits();
    record.created = present_seconds();
    record.expires = expires;
    record.rate = order.rate;
    record.digest = drawn->digest;
    if (const auto wrong = note(order.data_dir, "api-key add", record.id,
                                order.name + ": " + scopes_text(record.scopes))) {
        return complain(*wrong);
    }
    if (!keys.add(record)) {
        return complain("the key could not be kept");
    }
    std::cout << drawn->text << '\n';
    std::cerr << "This is the only time that the key is shown. Send it as X-API-Key, to a service "
                 "with ENABLE_API_KEY=true.\n";
    return 0;
}

int list(store::ApiKeyStore& keys) {
    const auto records = keys.list();
    if (!records) {
        return complain("the keys could not be read");
    }
    for (const store::ApiKeyRecord& record : *records) {
        std::string state = "usable";
        if (record.revoked) {
            state = "revoked " + date_text(*record.revoked);
        } else if (record.expires) {
            state = (*record.expires <= present_seconds() ? "expired " : "until ") +
                    date_text(*record.expires);
        }
        std::cout << record.id << "  " << scopes_text(record.scopes) << "  made "
                  << date_text(record.created) << "  " << state
                  << (record.rate != 0 ? "  " + std::to_string(record.rate) + "/s" : "") << "  "
                  << json_quoted(record.name) << '\n';
    }
    return 0;
}

int revoke(const Order& order, store::ApiKeyStore& keys) {
    const auto revoked = keys.revoke(order.id, present_seconds());
    if (!revoked) {
        return complain("the keys could not be changed");
    }
    if (!*revoked) {
        return complain("there is no key " + json_quoted(order.id) + " that is not revoked yet");
    }
    if (const auto wrong = note(order.data_dir, "api-key revoke", order.id, "")) {
        return complain("the key is revoked, but " + *wrong);
    }
    return 0;
}

// From the environment, else from .env.
std::string data_dir_of(const Environment& environment) {
    if (const auto set = value_of(environment, "DATA_DIR")) {
        return *set;
    }
    const auto text = file_text(".env");
    const auto parsed = text ? parse_env_file(*text) : parse_env_file("");
    return parsed ? value_of(*parsed, "DATA_DIR").value_or("") : "";
}

}  // namespace

std::optional<int> run_keys_command(const std::vector<std::string>& arguments,
                                    const Environment& environment) {
    if (arguments.empty() || arguments.front() != "keys") {
        return std::nullopt;
    }
    Order order;
    CLI::App app("API keys of a data folder; they count within a second in a service that runs.",
                 "dlms-service keys");
    app.add_option("--data-dir", order.data_dir, "the service's DATA_DIR (from environment, .env)");
    app.require_subcommand(1);
    CLI::App* adding = app.add_subcommand("add", "draw a key and print it, once");
    adding->add_option("--name", order.name, "whose key it is")->required();
    adding->add_option("--scopes", order.scopes, "of read, write, control, admin (read)");
    adding->add_option("--expires", order.expires, "the first day on which it opens no more");
    adding->add_option("--rate", order.rate, "requests a second (that of RATE_LIMIT)");
    CLI::App* listing = app.add_subcommand("list", "show all keys, and no secret");
    CLI::App* revoking = app.add_subcommand("revoke", "a key opens no more");
    revoking->add_option("ID", order.id, "as `list` shows it")->required();
    for (CLI::App* sub : {adding, listing, revoking}) {
        sub->fallthrough();
    }
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend() - 1);
    try {
        app.parse(reversed);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : wrong_usage;
    }
    if (order.data_dir.empty()) {
        order.data_dir = data_dir_of(environment);
    }
    if (order.data_dir.empty()) {
        return complain("no --data-dir, and no DATA_DIR in the environment or .env", wrong_usage);
    }
    std::error_code error;
    if (std::filesystem::create_directories(order.data_dir, error); error) {
        return complain(order.data_dir + ": " + error.message());
    }
    const auto keys = store::SqliteApiKeyStore::open(
        (std::filesystem::path(order.data_dir) / "api_keys.db").string());
    if (!keys) {
        return complain(keys.error());
    }
    if (adding->parsed()) {
        return add(order, **keys);
    }
    return listing->parsed() ? list(**keys) : revoke(order, **keys);
}

}  // namespace dlms::service
