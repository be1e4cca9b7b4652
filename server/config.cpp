#include "server/config.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <expected>
#include <fstream>
#include <iterator>
#include <string_view>
#include <unistd.h>
#include <utility>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "render/time_zone.hpp"
#include "server/config_secrets.hpp"
#include "server/env_file.hpp"
#include "server/http_message.hpp"
#include "server/webhook_target.hpp"

namespace dlms::service {

namespace {

// What is wrong with a value; nothing if it has been taken.
using Complaint = std::optional<std::string>;
using Apply = Complaint (*)(ServiceConfig&, const std::string&);

// One name of the configuration. Those without `apply` are read together (the key) or belong to a
// later version.
struct Setting {
    std::string_view name;         // in the environment and in .env
    std::string_view flag;         // on the command line
    std::string_view description;  // with the default
    Apply apply;
    bool has_effect;
};

// Hands the number to `take` if it is one in the range.
template <typename Take>
Complaint number(const std::string& text, std::uint64_t least, std::uint64_t most, Take take) {
    std::uint64_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || value < least ||
        value > most) {
        return "is no whole number from " + std::to_string(least) + " to " + std::to_string(most);
    }
    take(value);
    return std::nullopt;
}

Complaint address_number(const std::string& text, std::uint64_t most,
                         std::optional<std::uint16_t>& target) {
    return number(text, 0, most,
                  [&](std::uint64_t value) { target = static_cast<std::uint16_t>(value); });
}

Complaint take_log_level(ServiceConfig& config, const std::string& text) {
    constexpr std::array<std::pair<std::string_view, LogLevel>, 8> levels{
        {{"trace", LogLevel::trace},
         {"debug", LogLevel::debug},
         {"info", LogLevel::info},
         {"warn", LogLevel::warning},
         {"warning", LogLevel::warning},
         {"error", LogLevel::error},
         {"critical", LogLevel::critical},
         {"fatal", LogLevel::critical}}};
    const std::string word = lower(text);
    for (const auto& [name, level] : levels) {
        if (name == word) {
            config.log_level = level;
            return std::nullopt;
        }
    }
    return "is none of TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL";
}

Complaint take_log_format(ServiceConfig& config, const std::string& text) {
    const std::string word = lower(text);
    if (word != "text" && word != "json") {
        return "is neither TEXT nor JSON";
    }
    config.log_format = word == "json" ? LogFormat::json : LogFormat::text;
    return std::nullopt;
}

template <std::string ServiceConfig::* member>
Complaint take_host(ServiceConfig& config, const std::string& text) {
    asio::error_code error;
    asio::ip::make_address(text, error);
    if (error) {
        return "is no IP address";
    }
    config.*member = text;
    return std::nullopt;
}

Complaint take_origins(ServiceConfig& config, const std::string& text) {
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t end = rest.find_first_of(", ");
        const std::string_view origin = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        const bool is_origin = origin.starts_with("http://") || origin.starts_with("https://");
        if (!origin.empty() && origin != "*" && (!is_origin || origin.ends_with('/'))) {
            return "holds an origin that is not of the form https://host or https://host:port";
        }
        if (!origin.empty()) {
            config.cors_origins.emplace_back(origin);
        }
    }
    return std::nullopt;
}

Complaint take_meter_allow(ServiceConfig& config, const std::string& text) {
    if (text.find_first_not_of(", \t") == std::string::npos) {
        return std::nullopt;
    }
    auto allow = transport::AllowedAddresses::parse(text);
    if (!allow) {
        return "holds what is no range: " + allow.error();
    }
    config.meter_allow = std::move(*allow);
    return std::nullopt;
}

Complaint take_serial_allow(ServiceConfig& config, const std::string& text) {
    config.serial_allow.clear();
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t end = rest.find_first_of(", ");
        const std::string_view pattern = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        if (!pattern.empty()) {
            config.serial_allow.emplace_back(pattern);
        }
    }
    return std::nullopt;
}

// The member that holds the name of a file or a folder.
template <std::string ServiceConfig::* member>
Complaint take_file(ServiceConfig& config, const std::string& text) {
    config.*member = text;
    return std::nullopt;
}

template <std::string TlsServerFiles::* member, TlsServerFiles ServiceConfig::* of>
Complaint take_tls_file(ServiceConfig& config, const std::string& text) {
    config.*of.*member = text;
    return std::nullopt;
}

template <std::chrono::seconds ServiceConfig::* member>
Complaint take_seconds(ServiceConfig& config, const std::string& text) {
    return number(text, 1, 86'400,
                  [&](auto value) { config.*member = std::chrono::seconds(value); });
}

template <std::size_t ServiceConfig::* member>
Complaint take_count(ServiceConfig& config, const std::string& text) {
    return number(text, 1, 1'000'000, [&](auto value) { config.*member = value; });
}

template <bool ServiceConfig::* member>
Complaint take_truth(ServiceConfig& config, const std::string& text) {
    const auto value = truth(text);
    if (!value) {
        return "is neither true nor false";
    }
    config.*member = *value;
    return std::nullopt;
}

Complaint take_energy_unit(ServiceConfig& config, const std::string& text) {
    const std::string word = lower(text);
    if (word != "kilo" && word != "base") {
        return "is neither kilo nor base";
    }
    config.energy_unit = word == "base" ? EnergyUnit::base : EnergyUnit::kilo;
    return std::nullopt;
}

Complaint take_time_zone(ServiceConfig& config, const std::string& text) {
    if (!render::local_time_of(text)) {
        return "is no time zone that this system knows, such as Europe/Berlin";
    }
    config.meter_time_zone = text;
    return std::nullopt;
}

constexpr std::string_view later = "has no effect in this version";

const std::array settings{
    Setting{"DLMS_SERVICE_PORT", "--port", "TCP port of the REST interface (8001)",
            [](ServiceConfig& config, const std::string& text) {
                return number(text, 0, 65535,
                              [&](auto value) { config.port = static_cast<std::uint16_t>(value); });
            },
            true},
    Setting{"DLMS_SERVICE_HOST", "--host", "address that the REST interface listens on (0.0.0.0)",
            take_host<&ServiceConfig::host>, true},
    Setting{"LOG_LEVEL", "--log-level", "TRACE, DEBUG, INFO, WARNING, ERROR or CRITICAL (INFO)",
            take_log_level, true},
    Setting{"LOG_FORMAT", "--log-format", "TEXT, or JSON: one object a line (TEXT)",
            take_log_format, true},
    Setting{"DEFAULT_TIMEOUT", "--default-timeout",
            "time-out of one exchange with a meter, in ms (30000)",
            [](ServiceConfig& config, const std::string& text) {
                return number(text, 100, 600'000, [&](auto value) {
                    config.default_timeout = std::chrono::milliseconds(value);
                });
            },
            true},
    Setting{"DEFAULT_CLIENT_ADDRESS", "--default-client-address",
            "client address where /connect names none (the brand's, else 16)",
            [](ServiceConfig& config, const std::string& text) {
                return address_number(text, 65535, config.default_client_address);
            },
            true},
    Setting{"DEFAULT_SERVER_ADDRESS", "--default-server-address",
            "server address where /connect names none (the brand's, else 1)",
            [](ServiceConfig& config, const std::string& text) {
                return address_number(text, 65535, config.default_server_address);
            },
            true},
    Setting{"ENABLE_API_KEY", "--enable-api-key", "true: callers must show an API key (false)",
            nullptr, true},
    Setting{"API_KEY", "--api-key",
            "an API key that may do everything; on a command line others can see it", nullptr,
            true},
    Setting{"API_KEY_FILE", "--api-key-file", "file that holds the API key", nullptr, true},
    Setting{"TLS_CERT_FILE", "--tls-cert-file",
            "certificate (PEM, with its chain) of the REST port; read again when it changes and on "
            "SIGHUP (none: plain HTTP)",
            take_tls_file<&TlsServerFiles::certificate, &ServiceConfig::tls>, true},
    Setting{"TLS_KEY_FILE", "--tls-key-file", "its key (PEM), if not in the same file",
            take_tls_file<&TlsServerFiles::key, &ServiceConfig::tls>, true},
    Setting{"TLS_CLIENT_CA_FILE", "--tls-client-ca-file",
            "CAs (PEM) of callers, who then need a certificate (none)",
            take_tls_file<&TlsServerFiles::client_ca, &ServiceConfig::tls>, true},
    Setting{"RATE_LIMIT", "--rate-limit",
            "requests a second that each API key may make, and twice as many at once (0: any)",
            [](ServiceConfig& config, const std::string& text) {
                return number(text, 0, 1'000'000, [&](auto value) {
                    config.rate_limit = static_cast<std::uint32_t>(value);
                });
            },
            true},
    Setting{"METRICS_PUBLIC", "--metrics-public", "true: /metrics needs no API key (false)",
            take_truth<&ServiceConfig::metrics_public>, true},
    Setting{"DOCS_ENABLED", "--docs-enabled", "false: no /openapi.json and no /docs (true)",
            take_truth<&ServiceConfig::docs_enabled>, true},
    Setting{"DRAIN_DELAY", "--drain-delay",
            "seconds from the end's signal, with /health/ready false, until nobody is accepted (0)",
            [](ServiceConfig& config, const std::string& text) {
                return number(text, 0, 300, [&](auto value) {
                    config.drain_delay = std::chrono::seconds(value);
                });
            },
            true},
    Setting{"CORS_ORIGINS", "--cors-origins",
            "origins of web pages that may call, comma separated (none)", take_origins, true},
    Setting{"METER_ALLOW", "--meter-allow",
            "address ranges that /connect may reach (private ranges and loopback)",
            take_meter_allow, true},
    Setting{"SERIAL_ALLOW", "--serial-allow",
            "serial ports that /connect may open, with * and ? "
            "(/dev/tty*, /dev/serial/*, /dev/pts/*)",
            take_serial_allow, true},
    Setting{"METER_TLS_CA_FILE", "--meter-tls-ca-file",
            "CAs (PEM) of meters reached by TLS (the system's)",
            take_file<&ServiceConfig::meter_tls_ca_file>, true},
    Setting{"METER_TLS_CERT_FILE", "--meter-tls-cert-file",
            "our certificate (PEM, with its chain) for such meters (none)",
            take_file<&ServiceConfig::meter_tls_cert_file>, true},
    Setting{"METER_TLS_KEY_FILE", "--meter-tls-key-file", "its key (PEM), if not in the same file",
            take_file<&ServiceConfig::meter_tls_key_file>, true},
    Setting{
        "DATA_DIR", "--data-dir",
        "folder for what outlives the service: invocation counters, secrets of meters (none: in "
        "memory)",
        take_file<&ServiceConfig::data_dir>, true},
    Setting{"KEY_ENCRYPTION_KEY", "--key-encryption-key",
            "seals the secrets of meters in DATA_DIR, 64 hex digits (none: in memory); on a "
            "command line others can see it",
            nullptr, true},
    Setting{"KEY_ENCRYPTION_KEY_FILE", "--key-encryption-key-file", "file that holds that key",
            nullptr, true},
    Setting{"FORMER_KEY_ENCRYPTION_KEY", "--former-key-encryption-key",
            "the key of before, when it is changed: what it has sealed is sealed anew", nullptr,
            true},
    Setting{"FORMER_KEY_ENCRYPTION_KEY_FILE", "--former-key-encryption-key-file",
            "file that holds the key of before", nullptr, true},
    Setting{"ENERGY_UNIT", "--energy-unit",
            "kilo: energy in kWh; base: as the meter states it (kilo)", take_energy_unit, true},
    Setting{"METER_TIME_ZONE", "--meter-time-zone",
            "IANA time zone of meters that state no deviation (UTC)", take_time_zone, true},
    Setting{"HTTP_THREADS", "--http-threads", "threads that parse and route requests (4)",
            [](ServiceConfig& config, const std::string& text) {
                return number(text, 1, 256, [&](auto value) { config.http_threads = value; });
            },
            true},
    Setting{"HTTP_QUEUE", "--http-queue",
            "requests that may wait for such a thread; beyond: 503 (1024)",
            take_count<&ServiceConfig::http_queue>, true},
    Setting{"MAX_CONNECTIONS", "--max-connections", "HTTP connections at a time (4096)",
            take_count<&ServiceConfig::max_connections>, true},
    Setting{"IDLE_TIMEOUT", "--idle-timeout",
            "seconds until an idle HTTP connection is closed (60)",
            take_seconds<&ServiceConfig::idle_timeout>, true},
    Setting{"DIAL_IN_PORT", "--dial-in-port",
            "TCP port for meters that call (connection_type dialin; none: they are not listened "
            "for)",
            [](ServiceConfig& config, const std::string& text) {
                return number(text, 0, 65535, [&](auto value) {
                    config.dial_in_port = static_cast<std::uint16_t>(value);
                });
            },
            true},
    Setting{"DIAL_IN_HOST", "--dial-in-host", "address that it listens on (0.0.0.0)",
            take_host<&ServiceConfig::dial_in_host>, true},
    Setting{"DIAL_IN_TLS_CERT_FILE", "--dial-in-tls-cert-file",
            "certificate (PEM, with its chain) of that port (none: plain TCP)",
            take_tls_file<&TlsServerFiles::certificate, &ServiceConfig::dial_in_tls>, true},
    Setting{"DIAL_IN_TLS_KEY_FILE", "--dial-in-tls-key-file",
            "its key (PEM), if not in the same file",
            take_tls_file<&TlsServerFiles::key, &ServiceConfig::dial_in_tls>, true},
    Setting{"DIAL_IN_TLS_CLIENT_CA_FILE", "--dial-in-tls-client-ca-file",
            "CAs (PEM) of meters that call, which then need a certificate (none)",
            take_tls_file<&TlsServerFiles::client_ca, &ServiceConfig::dial_in_tls>, true},
    Setting{"DIAL_IN_CALLS", "--dial-in-calls", "meters that may have called at a time (20000)",
            take_count<&ServiceConfig::dial_in_calls>, true},
    Setting{"DIAL_IN_CALLS_OF_ADDRESS", "--dial-in-calls-of-address",
            "of these, from one address (1000)",
            take_count<&ServiceConfig::dial_in_calls_of_address>, true},
    Setting{"DIAL_IN_HOLD", "--dial-in-hold",
            "seconds that a call is held whose meter is not known (600)",
            take_seconds<&ServiceConfig::dial_in_hold>, true},
    Setting{"DIAL_IN_SILENCE", "--dial-in-silence",
            "seconds without an octet after which a call is over (400)",
            take_seconds<&ServiceConfig::dial_in_silence>, true},
    Setting{"NOTIFICATION_UDP_PORT", "--notification-udp-port",
            "UDP port for what meters push with the wrapper, on DIAL_IN_HOST (none)",
            [](ServiceConfig& config, const std::string& text) {
                return number(text, 0, 65535, [&](auto value) {
                    config.notification_udp_port = static_cast<std::uint16_t>(value);
                });
            },
            true},
    Setting{"NOTIFICATIONS_KEPT", "--notifications-kept",
            "notifications that are kept; beyond them the oldest go (1000000)",
            [](ServiceConfig& config, const std::string& text) {
                return number(text, 1, 1'000'000'000,
                              [&](auto value) { config.notifications_kept = value; });
            },
            true},
    Setting{"WEBHOOK_URL", "--webhook-url",
            "http or https URL that every notification is posted to (none)",
            [](ServiceConfig& config, const std::string& text) -> Complaint {
                if (!webhook_target(text)) {
                    return "is no URL such as https://host:port/path";
                }
                config.webhook_url = text;
                return std::nullopt;
            },
            true},
    Setting{"WEBHOOK_SECRET", "--webhook-secret",
            "signs what is posted, in X-DLMS-Signature; on a command line others can see it",
            nullptr, true},
    Setting{"WEBHOOK_SECRET_FILE", "--webhook-secret-file", "file that holds that secret", nullptr,
            true},
    Setting{"WEBHOOK_CA_FILE", "--webhook-ca-file", "CAs (PEM) of an https receiver (the system's)",
            take_file<&ServiceConfig::webhook_ca_file>, true},
    Setting{"HEXCELL_DLL_PATH", "--hexcell-dll-path", later, nullptr, false},
    Setting{"HEXING_DLL_PATH", "--hexing-dll-path", later, nullptr, false},
};

bool is_known(std::string_view name) {
    return std::ranges::any_of(settings,
                               [&](const Setting& setting) { return setting.name == name; });
}

// What the command line asks for besides settings.
struct Wishes {
    std::string env_file;
    bool check = false;
    bool print = false;
};

// Fills `given` from the command line. False when the program is to end: outcome.text or
// outcome.errors say why.
bool read_flags(const std::vector<std::string>& arguments, Environment& given, Wishes& wishes,
                ConfigOutcome& outcome) {
    CLI::App app("REST service that reads and writes DLMS/COSEM electricity meters",
                 "dlms-service");
    app.set_version_flag("--version", "dlms-service " DLMS_VERSION);
    app.footer(
        "Each flag is also a variable of the environment and of the file .env: --port is "
        "DLMS_SERVICE_PORT,\n"
        "--host is DLMS_SERVICE_HOST, any other --some-name is SOME_NAME. Flags win over the "
        "environment, the\n"
        "environment over .env. `dlms-service keys --help` tells how API keys are made.");
    std::array<std::string, settings.size()> texts;
    std::array<CLI::Option*, settings.size()> options{};
    for (std::size_t index = 0; index < settings.size(); ++index) {
        options[index] = app.add_option(std::string(settings[index].flag), texts[index],
                                        std::string(settings[index].description));
    }
    app.add_option("--env-file", wishes.env_file, "file of NAME=value lines (.env)");
    app.add_flag("--check-config", wishes.check,
                 "say what is wrong with the configuration, and end");
    app.add_flag("--print-config", wishes.print,
                 "print what is in force, as an .env file with secrets masked, and end");
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
        app.parse(reversed);
    } catch (const CLI::CallForHelp&) {
        outcome.text = app.help();
        return false;
    } catch (const CLI::CallForVersion&) {
        outcome.text = app.version() + "\n";
        return false;
    } catch (const CLI::Error& error) {
        outcome.errors.emplace_back(error.what());
        return false;
    }
    for (std::size_t index = 0; index < settings.size(); ++index) {
        if (options[index]->count() > 0) {
            given[std::string(settings[index].name)] = texts[index];
        }
    }
    return true;
}

// Adds to `values` what .env names and they do not have.
void read_env_file(const std::string& path, bool must_exist, Environment& values,
                   ConfigOutcome& outcome) {
    const auto text = file_text(path);
    if (!text) {
        if (must_exist) {
            outcome.errors.push_back("the file " + path + " cannot be read");
        }
        return;
    }
    auto parsed = parse_env_file(*text);
    if (!parsed) {
        for (const std::string& error : parsed.error()) {
            outcome.errors.push_back(path + ": " + error);
        }
        return;
    }
    values.merge(*parsed);
}

// As an .env file: what is set, and from where; what is not set as a comment.
std::string config_text(const Environment& values, const Environment& flags,
                        const Environment& environment) {
    constexpr std::array<std::string_view, 4> secrets{
        "API_KEY", "KEY_ENCRYPTION_KEY", "FORMER_KEY_ENCRYPTION_KEY", "WEBHOOK_SECRET"};
    std::string text;
    for (const Setting& setting : settings) {
        const std::string name(setting.name);
        const auto value = value_of(values, setting.name);
        if (!value) {
            text += "# " + name + ": " + std::string(setting.description) + "\n";
            continue;
        }
        const bool is_secret = std::ranges::find(secrets, setting.name) != secrets.end();
        const char* source = flags.contains(name)         ? "command line"
                             : environment.contains(name) ? "environment"
                                                          : "file";
        text += name + "=" + (is_secret ? "***" : json_quoted(*value)) + "  # " + source + "\n";
    }
    return text;
}

void warn_of_unknown(const Environment& values, ConfigOutcome& outcome) {
    for (const auto& [name, value] : values) {
        if (name.starts_with("DLMS_") && !is_known(name)) {
            outcome.warnings.push_back(name + " is no setting of this service and has no effect");
        }
    }
}

}  // namespace

ConfigOutcome load_config(const std::vector<std::string>& arguments,
                          const Environment& environment) {
    ConfigOutcome outcome;
    Environment values;
    Wishes wishes;
    if (!read_flags(arguments, values, wishes, outcome)) {
        return outcome;
    }
    const Environment flags = values;
    Environment surroundings = environment;
    values.merge(surroundings);
    read_env_file(wishes.env_file.empty() ? ".env" : wishes.env_file, !wishes.env_file.empty(),
                  values, outcome);

    ServiceConfig config;
    for (const Setting& setting : settings) {
        const auto value = value_of(values, setting.name);
        if (!value) {
            continue;
        }
        if (!setting.has_effect) {
            outcome.warnings.push_back(std::string(setting.name) +
                                       " has no effect in this version");
        } else if (setting.apply != nullptr) {
            if (const auto complaint = setting.apply(config, *value)) {
                outcome.errors.push_back(std::string(setting.name) + " " + *complaint);
            }
        }
    }
    if (config.tls.certificate.empty() && config.tls != TlsServerFiles{}) {
        outcome.errors.emplace_back(
            "TLS_KEY_FILE or TLS_CLIENT_CA_FILE is set, and no TLS_CERT_FILE");
    }
    if (config.dial_in_tls.certificate.empty() && config.dial_in_tls != TlsServerFiles{}) {
        outcome.errors.emplace_back(
            "DIAL_IN_TLS_KEY_FILE or DIAL_IN_TLS_CLIENT_CA_FILE is set, and no "
            "DIAL_IN_TLS_CERT_FILE");
    }
    apply_api_key(values, config, outcome);
    apply_sealing_keys(values, config, outcome);
    apply_webhook_secret(values, config, outcome);
    warn_of_unknown(values, outcome);
    outcome.check_only = wishes.check;
    if (wishes.print && outcome.errors.empty()) {
        outcome.text = config_text(values, flags, environment);
    } else if (outcome.errors.empty()) {
        outcome.config = std::move(config);
    }
    return outcome;
}

Environment process_environment() {
    Environment values;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const std::size_t equals = text.find('=');
        if (equals != std::string_view::npos) {
            values.emplace(text.substr(0, equals), text.substr(equals + 1));
        }
    }
    return values;
}

}  // namespace dlms::service
