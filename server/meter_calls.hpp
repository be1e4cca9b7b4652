#pragma once

#include <optional>
#include <string>
#include <vector>

#include "render/json_data.hpp"
#include "server/head_end.hpp"
#include "server/meter_requests.hpp"
#include "stack/cosem/profile_table.hpp"

namespace dlms::service {

// What is done with one meter beyond reading and writing attributes: work for MeterActor. What
// changes something is sent once; a failure outcome-unknown says what was read back.

asio::awaitable<CallOutcome<cosem::ProfileTable>> read_profile(MeterActor& actor,
                                                               ProfileRequest request,
                                                               cosem::LocalFromUtc zone,
                                                               Instant deadline);

// The object list of the association as Data, from the cache unless `refresh` is set.
asio::awaitable<CallOutcome<axdr::Data>> read_objects(MeterActor& actor, bool refresh,
                                                      Instant deadline);

// Nothing where the method returns nothing. `options` are for the value.
asio::awaitable<CallOutcome<std::optional<axdr::Data>>> invoke_method(MeterActor& actor,
                                                                      ActionRequest request,
                                                                      render::WriteOptions options,
                                                                      Instant deadline);

struct ClockReading {
    ByteBuffer octets;  // 12
    cosem::DateTime time;
    std::chrono::system_clock::time_point service_time;  // in the middle of the exchange
    std::chrono::milliseconds round_trip{};
    // The meter's clock against the service's; empty where the meter's time is incomplete.
    std::optional<std::chrono::milliseconds> drift;
};
asio::awaitable<CallOutcome<ClockReading>> read_clock(MeterActor& actor, cosem::ObisCode clock,
                                                      cosem::LocalFromUtc zone, Instant deadline);

struct ClockReport {
    ClockReading before;
    std::optional<ClockReading> after;  // empty: it could not be read back
    std::optional<CallFailure> failure;
};
asio::awaitable<CallOutcome<ClockReport>> set_clock(MeterActor& actor, ClockRequest request,
                                                    cosem::LocalFromUtc zone, Instant deadline);

// Empty where the meter does not let it be read.
struct RelayState {
    std::optional<bool> output_state;
    std::optional<std::uint8_t> control_state;
    std::optional<std::uint8_t> control_mode;

    [[nodiscard]] bool is_known() const { return output_state || control_state; }
};
asio::awaitable<CallOutcome<RelayState>> read_relay(MeterActor& actor, cosem::ObisCode relay,
                                                    Instant deadline);

struct RelayReport {
    RelayState before;
    RelayState state;
    // Whether the state read back is the one that the command leads to; empty: it cannot be read.
    std::optional<bool> confirmed;
    std::optional<CallFailure> failure;  // outcome-unknown
};
asio::awaitable<CallOutcome<RelayReport>> switch_relay(MeterActor& actor, RelayRequest request,
                                                       Instant deadline);

struct TokenReport {
    enum class Verdict : std::uint8_t { accepted, rejected, pending, unknown };

    Verdict verdict = Verdict::unknown;
    // The meter shows the token as its last one; empty where it shows none.
    std::optional<bool> confirmed;
    std::optional<std::uint8_t> status;  // of a token gateway
    std::optional<CallFailure> failure;  // why it is rejected or unknown
};
asio::awaitable<CallOutcome<TokenReport>> enter_token(MeterActor& actor, TokenRequest request,
                                                      Instant deadline);

// One log and what came of it.
struct EventLog {
    cosem::ObisCode log;
    CallOutcome<cosem::ProfileTable> table;
};
asio::awaitable<CallOutcome<std::vector<EventLog>>> read_events(MeterActor& actor,
                                                                EventsRequest request,
                                                                cosem::LocalFromUtc zone,
                                                                Instant deadline);

}  // namespace dlms::service
