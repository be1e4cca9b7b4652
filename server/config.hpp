#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server/api_key.hpp"
#include "server/tls_server.hpp"
#include "stack/base/secret.hpp"
#include "transport/allowed_addresses.hpp"

namespace dlms::service {

enum class LogLevel : std::uint8_t { trace, debug, info, warning, error, critical };
enum class LogFormat : std::uint8_t { text, json };

// How energy is shown: in kWh, kvarh, kVAh, or as the meter has it.
enum class EnergyUnit : std::uint8_t { kilo, base };

// What the service runs with. The three default_* are set only where the configuration names them:
// they then stand before a brand's profile, and the profile before the built-in 30 s, client 16 and
// server 1.
struct ServiceConfig {
    std::string host = "0.0.0.0";
    std::uint16_t port = 8001;
    LogLevel log_level = LogLevel::info;
    LogFormat log_format = LogFormat::text;
    std::optional<std::chrono::milliseconds> default_timeout;
    std::optional<std::uint16_t> default_client_address;
    std::optional<std::uint16_t> default_server_address;
    bool asks_for_key = false;
    std::optional<ApiKey> api_key;        // opens everything; others are in the data folder
    std::uint32_t rate_limit = 0;         // requests a second of each key; 0: any number
    bool docs_enabled = true;             // /openapi.json and /docs
    bool metrics_public = false;          // /metrics needs no key
    std::chrono::seconds drain_delay{0};  // not ready any more, and still accepting
    TlsServerFiles tls;                   // of the REST port
    std::vector<std::string> cors_origins;
    transport::AllowedAddresses meter_allow;
    // Patterns of serial ports that /connect may open, with * and ?.
    std::vector<std::string> serial_allow{"/dev/tty*", "/dev/serial/*", "/dev/pts/*"};
    // PEM files for meters that are reached by TLS; empty: the system's CAs, and no certificate.
    std::string meter_tls_ca_file;
    std::string meter_tls_cert_file;
    std::string meter_tls_key_file;
    // Where meters that call are listened for; empty: nowhere.
    std::optional<std::uint16_t> dial_in_port;
    std::string dial_in_host = "0.0.0.0";
    TlsServerFiles dial_in_tls;
    std::size_t dial_in_calls = 20'000;
    std::size_t dial_in_calls_of_address = 1'000;
    std::chrono::seconds dial_in_hold{600};
    std::chrono::seconds dial_in_silence{400};
    // Where pushes over UDP are listened for; empty: nowhere.
    std::optional<std::uint16_t> notification_udp_port;
    std::size_t notifications_kept = 1'000'000;
    // Where notifications are handed on to; empty: nowhere.
    std::string webhook_url;
    std::string webhook_ca_file;
    SecretBytes webhook_secret;
    std::string data_dir;  // empty: nothing outlives the service
    // Seals the secrets of meters in the data folder; 32 octets, or empty: they are in memory only.
    SecretBytes key_encryption_key;
    SecretBytes former_key_encryption_key;  // of the time before; empty: there was none
    EnergyUnit energy_unit = EnergyUnit::kilo;
    std::string meter_time_zone = "UTC";
    std::size_t http_threads = 4;
    std::size_t http_queue = 1024;
    std::size_t max_connections = 4096;
    std::chrono::seconds idle_timeout{60};
};

using Environment = std::map<std::string, std::string>;

// What came of reading the configuration. `text` is what --help, --version or --print-config print;
// then, or with errors, there is no config. Neither errors nor warnings ever hold the value of a
// secret.
struct ConfigOutcome {
    std::optional<ServiceConfig> config;
    std::optional<std::string> text;
    std::vector<std::string> errors;
    std::vector<std::string> warnings;
    // --check-config: say what is wrong, and do not start.
    bool check_only = false;
};

// Flags (without the program's name) over environment over the file .env (or --env-file) over
// defaults.
[[nodiscard]] ConfigOutcome load_config(const std::vector<std::string>& arguments,
                                        const Environment& environment);

// The environment of this process.
[[nodiscard]] Environment process_environment();

}  // namespace dlms::service
