#include "server/metrics.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace dlms::service {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

// Seconds. Meters on TCP answer in milliseconds, on radio in many seconds; 33 s is a call's end.
const prometheus::Histogram::BucketBoundaries meter_buckets{0.01, 0.03, 0.1, 0.3, 1,  2,
                                                            5,    10,   20,  33,  60, 300};
const prometheus::Histogram::BucketBoundaries request_buckets{0.001, 0.003, 0.01, 0.03, 0.1, 0.3,
                                                              1,     2.5,   5,    10,   35,  300};

double seconds(std::chrono::nanoseconds duration) {
    return std::chrono::duration<double>(duration).count();
}

// Adds families that are made anew each time, of numbers that others keep.
class Sheet {
public:
    explicit Sheet(std::vector<MetricFamily>& families) : families_(families) {}

    void begin(const char* name, const char* help, MetricType type) {
        families_.push_back({name, help, type, {}});
    }
    void add(double value, Labels labels = {}) {
        MetricFamily& family = families_.back();
        ClientMetric metric;
        metric.label = std::move(labels);
        (family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
        family.metric.push_back(std::move(metric));
    }
    void counter(const char* name, const char* help, double value) {
        begin(name, help, MetricType::Counter);
        add(value);
    }
    void gauge(const char* name, const char* help, double value) {
        begin(name, help, MetricType::Gauge);
        add(value);
    }

private:
    std::vector<MetricFamily>& families_;
};

void add_http(Sheet& sheet, const MetricsSnapshot& snapshot) {
    sheet.gauge("dlms_http_connections", "HTTP connections that are open",
                static_cast<double>(snapshot.http_connections));
    sheet.gauge("dlms_http_buffered_bytes", "Octets of requests that are held",
                static_cast<double>(snapshot.http_buffered));
    sheet.gauge("dlms_http_queue_length", "Whole requests that wait for a worker",
                static_cast<double>(snapshot.http_queued));
    sheet.begin("dlms_http_bytes_total", "Octets of requests and answers", MetricType::Counter);
    sheet.add(static_cast<double>(snapshot.http_octets_received), {{"direction", "received"}});
    sheet.add(static_cast<double>(snapshot.http_octets_sent), {{"direction", "sent"}});
    const HttpListenerCounters& listener = snapshot.listener;
    sheet.begin("dlms_http_connections_total", "HTTP connections by what became of them",
                MetricType::Counter);
    sheet.add(static_cast<double>(listener.accepted), {{"event", "accepted"}});
    sheet.add(static_cast<double>(listener.turned_away), {{"event", "turned_away"}});
    sheet.add(static_cast<double>(listener.idle_evicted), {{"event", "idle_evicted"}});
    sheet.add(static_cast<double>(listener.accept_failed), {{"event", "accept_failed"}});
    sheet.add(static_cast<double>(snapshot.failed_handshakes), {{"event", "handshake_failed"}});
}

void add_meters(Sheet& sheet, const MetricsSnapshot& snapshot) {
    sheet.gauge("dlms_meters_known", "Meters whose parameters are known",
                static_cast<double>(snapshot.meters_known));
    sheet.gauge("dlms_meters_connected", "Meters with an association",
                static_cast<double>(snapshot.meters_connected));
    const store::CounterOutlook& counters = snapshot.invocation_counters;
    sheet.gauge("dlms_invocation_counter_keys", "Keys whose invocation counter is kept",
                static_cast<double>(counters.keys));
    sheet.gauge("dlms_invocation_counter_keys_near_end",
                "Keys that have used nine tenths of their invocation counter: change them",
                static_cast<double>(counters.near_end));
    sheet.gauge("dlms_invocation_counter_highest_ratio",
                "The largest part of an invocation counter that any key has used, 0 to 1",
                static_cast<double>(counters.highest) / 4294967296.0);
}

void add_lines(Sheet& sheet, const client::LineTally& lines) {
    sheet.begin("dlms_meter_bytes_total", "Octets to meters and from them, as the line has them",
                MetricType::Counter);
    sheet.add(static_cast<double>(lines.octets_sent), {{"direction", "sent"}});
    sheet.add(static_cast<double>(lines.octets_received), {{"direction", "received"}});
    sheet.counter("dlms_meter_answers_total", "APDUs of meters that brought a request on",
                  static_cast<double>(lines.answers));
    sheet.begin("dlms_meter_dropped_total",
                "APDUs, frames and datagrams of meters that were dropped", MetricType::Counter);
    for (const client::LineTally::Drop& drop : lines.drops()) {
        sheet.add(static_cast<double>(drop.count), {{"cause", std::string(drop.cause)}});
    }
    sheet.counter("dlms_meter_repetitions_total",
                  "Requests and frames to meters that were sent once more",
                  static_cast<double>(lines.repetitions));
}

void add_calls(Sheet& sheet, const CallSummary& calls) {
    const client::dial_in::CallCounters& counters = calls.counters;
    const auto row = [&sheet](const char* label, const char* word, std::uint64_t value) {
        sheet.add(static_cast<double>(value), {{label, word}});
    };
    sheet.begin("dlms_dial_in_calls", "Connections that meters have made, by what they do",
                MetricType::Gauge);
    row("state", "identifying", calls.identifying);
    row("state", "held", calls.held);
    row("state", "waiting", calls.waiting);
    row("state", "serving", calls.serving);
    sheet.counter("dlms_dial_in_accepted_total", "Connections that meters have made",
                  static_cast<double>(counters.accepted));
    sheet.begin("dlms_dial_in_frames_total", "Frames of modems: log-ins, heartbeats and others",
                MetricType::Counter);
    row("kind", "log-in", counters.log_ins);
    row("kind", "heartbeat", counters.heartbeats);
    row("kind", "damaged", counters.damaged_frames);
    row("kind", "ignored", counters.ignored_frames);
    sheet.begin("dlms_dial_in_closed_total", "Connections of meters that ended, by cause",
                MetricType::Counter);
    row("cause", "too-many", counters.too_many);
    row("cause", "unidentified", counters.unidentified);
    row("cause", "held-too-long", counters.held_too_long);
    row("cause", "silent", counters.silent);
    row("cause", "garbage", counters.garbage);
    row("cause", "flooded", counters.flooded);
    row("cause", "replaced", counters.replaced);
    row("cause", "left-open", counters.unclean);
    row("cause", "lost", counters.lost);
}

void add_pushes(Sheet& sheet, const PushCounters& pushes) {
    const auto row = [&sheet](const char* word, const std::atomic<std::uint64_t>& value) {
        sheet.add(static_cast<double>(value.load()), {{"result", word}});
    };
    sheet.begin("dlms_notifications_total",
                "What meters have sent by themselves, by what came of it", MetricType::Counter);
    row("kept", pushes.kept);
    row("duplicate", pushes.duplicates);
    row("replayed", pushes.replayed);
    row("forged", pushes.forged);
    row("refused", pushes.refused);
    row("overflowed", pushes.overflowed);
    row("failed", pushes.failed);
    row("other-apdu", pushes.others);
    sheet.counter("dlms_notifications_undeciphered_total",
                  "Notifications that are kept without a key that opens them",
                  static_cast<double>(pushes.undeciphered.load()));
    sheet.counter("dlms_notifications_malformed_total",
                  "Notifications that are kept and could not be read",
                  static_cast<double>(pushes.malformed.load()));
}

void add_webhook(Sheet& sheet, const WebhookCounters& webhook) {
    const auto row = [&sheet](const char* word, const std::atomic<std::uint64_t>& value) {
        sheet.add(static_cast<double>(value.load()), {{"result", word}});
    };
    sheet.begin("dlms_webhook_attempts_total", "Notifications posted to the webhook, by its answer",
                MetricType::Counter);
    row("delivered", webhook.delivered);
    row("refused", webhook.refused);
    row("unreachable", webhook.unreachable);
    sheet.counter("dlms_webhook_dead_letters_total", "Notifications that the webhook has refused",
                  static_cast<double>(webhook.dead_letters.load()));
}

// Under the names that Prometheus' own libraries use.
void add_process(Sheet& sheet) {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto of = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    sheet.counter("process_cpu_seconds_total", "Processor time",
                  of(usage.ru_utime) + of(usage.ru_stime));
    std::ifstream statm("/proc/self/statm");
    double pages = 0;
    double resident = 0;
    if (statm >> pages >> resident) {
        sheet.gauge("process_resident_memory_bytes", "Resident memory",
                    resident * static_cast<double>(sysconf(_SC_PAGESIZE)));
    }
    std::error_code error;
    const std::filesystem::directory_iterator files_open("/proc/self/fd", error);
    if (!error) {
        // Without the folder itself.
        const auto count = std::distance(begin(files_open), end(files_open)) - 1;
        sheet.gauge("process_open_fds", "Open file descriptors", static_cast<double>(count));
    }
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        sheet.gauge("process_max_fds", "File descriptors that may be open",
                    static_cast<double>(files.rlim_cur));
    }
}

}  // namespace

struct Metrics::Families {
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& requests =
        prometheus::BuildCounter()
            .Name("dlms_http_requests_total")
            .Help("Requests by route, method and status")
            .Register(registry);
    prometheus::Family<prometheus::Histogram>& request_times =
        prometheus::BuildHistogram()
            .Name("dlms_http_request_duration_seconds")
            .Help("From a whole request to its answer, by route")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& operations =
        prometheus::BuildCounter()
            .Name("dlms_meter_operations_total")
            .Help("Calls for meters by operation and result")
            .Register(registry);
    prometheus::Family<prometheus::Histogram>& operation_times =
        prometheus::BuildHistogram()
            .Name("dlms_meter_operation_duration_seconds")
            .Help("From a call for a meter to its result, queueing included")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& refusals =
        prometheus::BuildCounter()
            .Name("dlms_http_refusals_total")
            .Help("Requests without a key that opens, and beyond a key's rate")
            .Register(registry);
    prometheus::Counter& unauthenticated = refusals.Add({{"cause", "unauthenticated"}});
    prometheus::Counter& limited = refusals.Add({{"cause", "rate_limited"}});
    prometheus::Family<prometheus::Counter>& audit =
        prometheus::BuildCounter()
            .Name("dlms_audit_entries_total")
            .Help("Entries for the audit log; failed ones let nothing be done")
            .Register(registry);
    prometheus::Counter& audit_recorded = audit.Add({{"result", "recorded"}});
    prometheus::Counter& audit_failed = audit.Add({{"result", "failed"}});
    double started = static_cast<double>(std::chrono::duration_cast<std::chrono::seconds>(
                                             std::chrono::system_clock::now().time_since_epoch())
                                             .count());

    Families() {
        prometheus::BuildGauge()
            .Name("dlms_build_info")
            .Help("Always 1; the version is a label")
            .Register(registry)
            .Add({{"version", DLMS_VERSION}})
            .Set(1);
    }
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {}

Metrics::~Metrics() = default;

void Metrics::request(const AccessRecord& record) {
    // Whatever a client invents as method or path is one label.
    constexpr std::array<std::string_view, 7> methods{"GET",    "HEAD",    "POST", "PUT",
                                                      "DELETE", "OPTIONS", "PATCH"};
    const bool is_known = std::ranges::find(methods, record.method) != methods.end();
    const std::string route = record.origin.route.empty() ? "none" : record.origin.route;
    families_->requests
        .Add({{"route", route},
              {"method", is_known ? record.method : "other"},
              {"status", std::to_string(record.status)}})
        .Increment();
    families_->request_times.Add({{"route", route}}, request_buckets)
        .Observe(seconds(record.duration));
}

void Metrics::meter_operation(std::string_view operation, std::string_view result,
                              std::chrono::steady_clock::duration duration) {
    const std::string name(operation);
    families_->operations.Add({{"operation", name}, {"result", std::string(result)}}).Increment();
    families_->operation_times.Add({{"operation", name}}, meter_buckets).Observe(seconds(duration));
}

void Metrics::authentication_failed() {
    families_->unauthenticated.Increment();
}

void Metrics::rate_limited() {
    families_->limited.Increment();
}

void Metrics::audit_recorded() {
    families_->audit_recorded.Increment();
}

void Metrics::audit_failed() {
    families_->audit_failed.Increment();
}

std::string Metrics::text(const MetricsSnapshot& snapshot) const {
    std::vector<MetricFamily> families = families_->registry.Collect();
    Sheet sheet(families);
    add_http(sheet, snapshot);
    add_meters(sheet, snapshot);
    add_lines(sheet, snapshot.lines);
    if (snapshot.pushes != nullptr) {
        add_pushes(sheet, *snapshot.pushes);
    }
    if (snapshot.webhook != nullptr) {
        add_webhook(sheet, *snapshot.webhook);
    }
    if (snapshot.calls) {
        add_calls(sheet, *snapshot.calls);
    }
    sheet.gauge("dlms_ready", "1 while the service takes calls, 0 while it starts or drains",
                snapshot.is_ready ? 1 : 0);
    add_process(sheet);
    sheet.gauge("process_start_time_seconds", "Start, in seconds since 1970", families_->started);
    return prometheus::TextSerializer().Serialize(families);
}

}  // namespace dlms::service
