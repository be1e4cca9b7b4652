#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "client/meter_parameters.hpp"
#include "server/call_failure.hpp"
#include "server/requests.hpp"

namespace dlms::service {

// What the configuration sets explicitly for meters; it stands before a brand's profile.
struct MeterDefaults {
    std::optional<std::chrono::milliseconds> timeout;
    std::optional<std::uint16_t> client_address;
    std::optional<std::uint16_t> server_address;
    // For meters that are reached by TLS; the server name is each meter's own.
    transport::TlsOptions tls;
    // Octets of the longest answer that a meter's blocks are put together to.
    std::size_t max_answer = limits::max_long_answer;
    // What the service calls itself to meters where a caller names no other title.
    std::optional<security::SystemTitle> system_title;
    // Invocation counters outlive the service, so that a title may be used again by its next run.
    bool keeps_counters = false;
    // Meters that call are listened for.
    bool takes_calls = false;
    // Which serial ports may be opened; empty: all.
    std::function<bool(const std::string& path)> serial_filter;
};

// The parameters of a /connect with every gap filled: from the request, else the configuration,
// else the brand's profile. Failures: unsupported, vendor-unavailable for what later versions do,
// authentication-failed or deciphering-failed where a secret or a key is missing.
[[nodiscard]] CallOutcome<client::MeterParameters> meter_parameters(const ConnectRequest& request,
                                                                    const MeterDefaults& defaults);

// Which client a /connect asks for.
[[nodiscard]] ClientSap client_of(const ConnectRequest& request, const MeterDefaults& defaults);

// The time-out of one exchange that a /connect asks for, known even where its parameters are
// unsupported.
[[nodiscard]] std::chrono::milliseconds exchange_timeout(const ConnectRequest& request,
                                                         const MeterDefaults& defaults);

}  // namespace dlms::service
