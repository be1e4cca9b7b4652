#pragma once
// Metrics: what the service counts, for Prometheus. No label ever names a meter: there are
// thousands of them.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "client/dial_in/call_register.hpp"
#include "client/line_tally.hpp"
#include "server/http_connection.hpp"
#include "server/http_listener.hpp"
#include "server/push_intake.hpp"
#include "server/webhook.hpp"
#include "store/counter_store.hpp"

namespace dlms::service {

// The calls of meters, by what they do.
struct CallSummary {
    std::size_t identifying = 0;
    std::size_t held = 0;
    std::size_t waiting = 0;
    std::size_t serving = 0;
    client::dial_in::CallCounters counters;
};

// What is looked up when somebody asks for the metrics.
struct MetricsSnapshot {
    std::size_t http_connections = 0;
    std::size_t http_buffered = 0;
    std::size_t http_queued = 0;
    std::uint64_t http_octets_received = 0;
    std::uint64_t http_octets_sent = 0;
    HttpListenerCounters listener;
    std::uint64_t failed_handshakes = 0;
    std::size_t meters_known = 0;
    std::size_t meters_connected = 0;
    client::LineTally lines;
    const PushCounters* pushes = nullptr;      // what meters sent by themselves; or null
    const WebhookCounters* webhook = nullptr;  // or null
    std::optional<CallSummary> calls;          // where meters that call are listened for
    store::CounterOutlook invocation_counters;
    bool is_ready = false;
};

// Counts on the I/O thread; text() may be called on any.
class Metrics {
public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    // One request that was answered or refused.
    void request(const AccessRecord& record);
    // One call for a meter: `operation` is a word of our own ("read"), `result` "success" or an
    // errorCode.
    void meter_operation(std::string_view operation, std::string_view result,
                         std::chrono::steady_clock::duration duration);
    void authentication_failed();
    void rate_limited();
    void audit_recorded();
    void audit_failed();

    // In Prometheus' text format (version 0.0.4).
    [[nodiscard]] std::string text(const MetricsSnapshot& snapshot) const;
    static constexpr const char* content_type = "text/plain; version=0.0.4; charset=utf-8";

private:
    struct Families;
    std::unique_ptr<Families> families_;
};

}  // namespace dlms::service
