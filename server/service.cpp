#include "server/service.hpp"

#include <algorithm>
#include <chrono>
#include <fnmatch.h>
#include <sys/stat.h>
#include <utility>

#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include "server/api_routes.hpp"
#include "server/cors.hpp"
#include "server/dial_in_routes.hpp"
#include "server/docs_routes.hpp"
#include "server/json_meters.hpp"
#include "server/meter_routes.hpp"
#include "server/notification_routes.hpp"
#include "server/operation_routes.hpp"
#include "server/registry_keeping.hpp"
#include "server/rest_api.hpp"

namespace dlms::service {

namespace {

using namespace std::chrono_literals;

// A request that is arriving as the drain begins, and an answer that its client takes slowly.
constexpr auto arrive_within = 15s;
constexpr auto answer_within = 15s;
constexpr auto release_within = 5s;
constexpr auto refresh_after = 1s;

HttpFrontSettings front_settings(const ServiceConfig& config) {
    HttpFrontSettings settings;
    settings.workers = config.http_threads;
    settings.queue = config.http_queue;
    settings.most_connections = config.max_connections;
    settings.deadlines.idle = config.idle_timeout;
    return settings;
}

HeadEnd::Settings head_end_settings(const ServiceConfig& config, CounterKeeping keeping,
                                    std::shared_ptr<client::KeyRecords> keys,
                                    ServiceEvents& events) {
    HeadEnd::Settings settings;
    MeterDefaults& defaults = settings.surroundings.defaults;
    defaults.timeout = config.default_timeout;
    defaults.client_address = config.default_client_address;
    defaults.server_address = config.default_server_address;
    defaults.tls.ca_file = config.meter_tls_ca_file;
    defaults.tls.certificate_file = config.meter_tls_cert_file;
    defaults.tls.key_file = config.meter_tls_key_file;
    defaults.serial_filter = [patterns = config.serial_allow](const std::string& path) {
        return std::ranges::any_of(patterns, [&](const std::string& pattern) {
            return fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0;
        });
    };
    settings.surroundings.address_filter =
        [allow = config.meter_allow](const asio::ip::address& address) {
            return allow.allows(address);
        };
    defaults.system_title = keeping.own_title;
    defaults.keeps_counters = keeping.outlives_process;
    // What is longer than can be shown is not put together first; lists and the numbers of small
    // blocks need some room beside the value.
    defaults.max_answer = 2 * HeadEnd::most_octets_of_reading;
    settings.surroundings.counters = std::move(keeping.counters);
    settings.surroundings.counter_raised = std::move(events.counter_raised);
    settings.surroundings.counter_doubted = std::move(events.counter_doubted);
    settings.surroundings.flooded = std::move(events.flooded);
    settings.surroundings.counter_low = std::move(events.counter_low);
    settings.surroundings.keys = std::move(keys);
    settings.keys_changed = std::move(events.keys_changed);
    settings.certificates_changed = std::move(events.certificates_changed);
    settings.surroundings.trace = std::move(events.trace);
    settings.energy_unit = config.energy_unit == EnergyUnit::base ? render::EnergyUnit::base
                                                                  : render::EnergyUnit::kilo;
    settings.time_zone = config.meter_time_zone;
    return settings;
}

DialInSettings dial_in_settings(const ServiceConfig& config) {
    DialInSettings settings;
    settings.port = config.dial_in_port;
    settings.host = config.dial_in_host;
    settings.tls = {config.dial_in_tls.certificate, config.dial_in_tls.key,
                    config.dial_in_tls.client_ca};
    settings.limits.most_calls = config.dial_in_calls;
    settings.limits.most_of_address = config.dial_in_calls_of_address;
    settings.limits.hold_for = config.dial_in_hold;
    settings.limits.silent_for = config.dial_in_silence;
    return settings;
}

PushReception::Settings push_settings(const ServiceConfig& config,
                                      std::shared_ptr<store::NotificationLog> log,
                                      std::shared_ptr<client::DurableCounters> counters) {
    PushReception::Settings settings;
    settings.udp_port = config.notification_udp_port;
    settings.host = config.dial_in_host;
    settings.log = log ? std::move(log) : keep_notifications({}).value();
    settings.counters = std::move(counters);
    settings.most_kept = config.notifications_kept;
    settings.shown.energy_unit = config.energy_unit == EnergyUnit::base ? render::EnergyUnit::base
                                                                        : render::EnergyUnit::kilo;
    return settings;
}

WebhookSettings webhook_settings(const ServiceConfig& config) {
    WebhookSettings settings;
    settings.url = config.webhook_url;
    settings.secret = config.webhook_secret.clone();
    settings.ca_file = config.webhook_ca_file;
    return settings;
}

AuditTrail::Events counted(AuditTrail::Events events, const std::shared_ptr<Metrics>& metrics) {
    return {[metrics, told = std::move(events.recorded)](const store::AuditRecord& record) {
                metrics->audit_recorded();
                if (told) {
                    told(record);
                }
            },
            [metrics, told = std::move(events.failed)](const store::AuditRecord& record) {
                metrics->audit_failed();
                if (told) {
                    told(record);
                }
            }};
}

// A meter's word moves our invocation counters, or would have: both are told to the audit log.
void audit_counters(HeadEnd::Settings& settings) {
    const auto noted = [audit = settings.audit](
                           std::function<void(const std::string&, std::uint32_t)> told,
                           std::string_view result) {
        return [audit, told = std::move(told), result](const std::string& meter_number,
                                                       std::uint32_t next) {
            AuditIntent what;
            what.meter = meter_number;
            what.action = "counter";
            what.target = "invocation counter of our unicast key";
            what.after = std::to_string(next);
            audit->note(std::move(what), result);
            if (told) {
                told(meter_number, next);
            }
        };
    };
    auto& surroundings = settings.surroundings;
    surroundings.counter_raised = noted(std::move(surroundings.counter_raised), "success");
    surroundings.counter_doubted = noted(std::move(surroundings.counter_doubted), "refused");
}

Admission::Settings admission_settings(const ServiceConfig& config) {
    return {config.asks_for_key,
            config.api_key ? std::optional(config.api_key->clone()) : std::nullopt,
            config.rate_limit, config.metrics_public};
}

// CORS before the key: a browser's preflight carries none.
HttpHooks front_hooks(const ServiceConfig& config, const std::shared_ptr<Admission>& admission,
                      const std::vector<HttpRoute>& routes) {
    auto cors = std::make_shared<const Cors>(config.cors_origins);
    std::vector<Scope> scopes;
    for (const HttpRoute& route : routes) {
        scopes.push_back(scope_of_route(route.method, route.pattern));
    }
    HttpHooks hooks;
    hooks.answer_headers = [cors](const HttpRequest& request) { return cors->headers(request); };
    hooks.admit = [cors, admission](HttpRequest& request) -> std::optional<HttpAnswer> {
        if (auto preflight = cors->preflight(request)) {
            return preflight;
        }
        return admission->admit(request);
    };
    hooks.authorize = [scopes = std::move(scopes)](const HttpRequest& request,
                                                   std::size_t route) -> std::optional<HttpAnswer> {
        const Scope scope = scopes.at(route);
        return request.scopes.allows(scope) ? std::nullopt
                                            : std::optional(lacks_scope_answer(scope));
    };
    return hooks;
}

// Another text when one of the files was written anew.
std::string state_of_files(const TlsServerFiles& files) {
    std::string state;
    for (const std::string& file : {files.certificate, files.key, files.client_ca}) {
        struct stat entry{};
        if (!file.empty() && ::stat(file.c_str(), &entry) == 0) {
            state += std::to_string(entry.st_ino) + " " + std::to_string(entry.st_size) + " " +
                     std::to_string(entry.st_mtim.tv_sec) + " " +
                     std::to_string(entry.st_mtim.tv_nsec) + "\n";
        }
    }
    return state;
}

// Meters that nobody has connected come from the register, and what is learnt of one goes there.
void use_register(HeadEnd::Settings& settings, MeterRegister& meters,
                  const asio::any_io_executor& io) {
    settings.look_up = [&meters, io](const std::string& meter_number,
                                     HeadEnd::Settings::Found found) {
        if (meters.is_empty()) {
            found(std::nullopt);
            return;
        }
        meters.post([&meters, io, meter_number, found = std::move(found)]() mutable {
            const auto meter = meters.find(meter_number);
            std::optional<RegisteredMeter> registered;
            auto request = meter && *meter ? request_of_record((*meter)->record) : std::nullopt;
            if (request) {
                registered.emplace(std::move(*request), learnt_of((*meter)->record.learnt));
            }
            asio::post(io, [registered = std::move(registered),
                            found = std::move(found)]() mutable { found(std::move(registered)); });
        });
    };
    settings.surroundings.learnt = [&meters](const std::string& meter_number,
                                             const client::LearntLimits& limits) {
        if (!meters.is_empty()) {
            meters.post([&meters, meter_number, text = learnt_text(limits)] {
                meters.learn(meter_number, text);
            });
        }
    };
}

asio::awaitable<void> pause(asio::steady_timer& timer, std::chrono::milliseconds duration) {
    asio::error_code ignored;
    timer.expires_after(duration);
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

}  // namespace

Service::Service(asio::io_context& io, const ServiceConfig& config, Keeping keeping,
                 ServiceEvents events)
    : io_(io),
      host_(config.host),
      port_(config.port),
      drain_delay_(config.drain_delay),
      refresh_timer_(io),
      tls_files_(config.tls),
      tls_reloaded_(std::move(events.tls_reloaded)) {
    admission_ = std::make_shared<Admission>(
        admission_settings(config), std::move(keeping.api_keys),
        // On workers, and metrics are counted on any thread.
        Admission::Events{[metrics = metrics_] { metrics->authentication_failed(); },
                          [metrics = metrics_] { metrics->rate_limited(); }});
    counter_outlook_ = std::move(keeping.counters.outlook);
    HeadEnd::Settings settings =
        head_end_settings(config, std::move(keeping.counters), keeping.keys, events);
    meters_ = std::make_unique<MeterRegister>(std::move(keeping.registry), keeping.keys,
                                              settings.surroundings.defaults);
    use_register(settings, *meters_, io.get_executor());
    dial_in_ = std::make_unique<DialIn>(
        io.get_executor(), dial_in_settings(config),
        DialIn::Events{[this](const std::string& number, ConnectionTypeFound found) {
                           head_end_->find_connection_type(number, std::move(found));
                       },
                       [this](const std::string& number) { head_end_->release(number); },
                       [this](const client::dial_in::CallInfo& call,
                              client::dial_in::CallStream::Piece::Kind kind,
                              ByteView octets) { pushes_->from_call(call, kind, octets); },
                       [this](std::uint64_t call) {
                           if (pushes_) {
                               pushes_->call_ended(call);
                           }
                       }});
    settings.surroundings.calls = dial_in_->calls();
    settings.surroundings.defaults.takes_calls = dial_in_->is_on();
    settings.operation_done = [metrics = metrics_](auto operation, auto result, auto duration) {
        metrics->meter_operation(operation, result, duration);
    };
    lines_ = settings.surroundings.tally;
    std::shared_ptr<client::DurableCounters> push_counters = settings.surroundings.counters;
    settings.audit = std::make_shared<AuditTrail>(io.get_executor(), std::move(keeping.audit),
                                                  counted(std::move(events.audit), metrics_));
    audit_counters(settings);
    head_end_ = std::make_unique<HeadEnd>(io.get_executor(), std::move(settings));
    PushReception::Settings pushes =
        push_settings(config, std::move(keeping.notifications), std::move(push_counters));
    if (!config.webhook_url.empty()) {
        webhook_ =
            std::make_unique<Webhook>(webhook_settings(config), pushes.log, notification_json,
                                      Webhook::Events{std::move(events.webhook_changed)});
        pushes.kept = [this] { webhook_->wake(); };
    }
    pushes_ = std::make_unique<PushReception>(
        io.get_executor(), std::move(pushes),
        PushReception::Surroundings{[this](const std::string& number, auto found) {
                                        head_end_->find_push_meter(number, std::move(found));
                                    },
                                    [this](const std::string& serial, auto found) {
                                        dial_in_->find_number(serial, std::move(found));
                                    },
                                    [this](std::uint64_t call, ByteView octets) {
                                        dial_in_->calls()->send(call, octets);
                                    }});
    auto maker = std::make_shared<AnswerMaker>(AnswerMaker::Settings{config.http_threads});
    std::vector<HttpRoute> routes = rest_routes(io.get_executor(), *head_end_, maker);
    for (auto& more : {meter_routes(io.get_executor(), *head_end_, maker),
                       register_routes(io.get_executor(), *head_end_, *meters_),
                       dial_in_routes(io.get_executor(), *dial_in_, maker),
                       notification_routes(io.get_executor(), *pushes_, [this] {
                           if (webhook_) {
                               webhook_->wake();
                           }
                       })}) {
        routes.insert(routes.end(), more.begin(), more.end());
    }
    for (HttpRoute& route : operation_routes(
             io.get_executor(), {[this] { return snapshot(); }, [this] { return is_ready(); },
                                 metrics_, std::move(maker)})) {
        routes.push_back(std::move(route));
    }
    if (config.docs_enabled) {
        for (HttpRoute& route : docs_routes()) {
            routes.push_back(std::move(route));
        }
    }
    HttpHooks hooks = front_hooks(config, admission_, routes);
    hooks.access = [metrics = metrics_, told = std::move(events.access)](const AccessRecord& one) {
        metrics->request(one);
        if (told) {
            told(one);
        }
    };
    front_ = std::make_unique<HttpFront>(io, front_settings(config), std::move(routes),
                                         std::move(hooks));
}

Service::~Service() {
    front_.reset();
    meters_.reset();
    pushes_.reset();
    if (io_.stopped()) {
        head_end_->abandon();
    }
}

std::optional<std::string> Service::start() {
    if (const std::error_code error = front_->start(host_, port_)) {
        return "cannot listen on " + host_ + " port " + std::to_string(port_) + ": " +
               error.message();
    }
    if (auto failed = dial_in_->start()) {
        return failed;
    }
    if (auto failed = pushes_->start()) {
        return failed;
    }
    is_serving_ = true;
    refresh_later();
    return std::nullopt;
}

std::optional<std::string> Service::reload() {
    if (!tls_files_.certificate.empty()) {
        tls_state_ = state_of_files(tls_files_);
        auto tls = TlsServerContext::load(tls_files_);
        if (!tls) {
            return std::move(tls.error());
        }
        front_->use_tls(std::move(*tls));
    }
    if (!admission_->refresh()) {
        return "the API keys could not be read";
    }
    return std::nullopt;
}

void Service::look_at_certificates() {
    if (tls_files_.certificate.empty() || state_of_files(tls_files_) == tls_state_) {
        return;
    }
    const std::optional<std::string> error = reload();
    if (tls_reloaded_) {
        tls_reloaded_(error);
    }
}

// What others change, keys and certificates, counts within this time.
void Service::refresh_later() {
    refresh_timer_.expires_after(refresh_after);
    refresh_timer_.async_wait(
        [this, alive = std::weak_ptr(admission_)](const asio::error_code& error) {
            if (!error && !alive.expired()) {
                admission_->refresh();
                look_at_certificates();
                refresh_later();
            }
        });
}

MetricsSnapshot Service::snapshot() const {
    MetricsSnapshot snapshot;
    snapshot.http_connections = front_->connections();
    snapshot.http_buffered = front_->buffered();
    snapshot.http_queued = front_->queued();
    snapshot.listener = front_->counters();
    snapshot.failed_handshakes = front_->failed_handshakes();
    snapshot.meters_known = head_end_->meters().size();
    snapshot.meters_connected = head_end_->connected();
    snapshot.http_octets_received = front_->octets_received();
    snapshot.http_octets_sent = front_->octets_sent();
    if (counter_outlook_) {
        snapshot.invocation_counters = counter_outlook_();
    }
    snapshot.lines = *lines_;
    snapshot.pushes = &pushes_->counters();
    snapshot.webhook = webhook_ ? &webhook_->counters() : nullptr;
    if (dial_in_->is_on()) {
        snapshot.calls.emplace(call_summary(*dial_in_->calls()));
    }
    snapshot.is_ready = is_ready();
    return snapshot;
}

asio::awaitable<void> Service::drain() {
    asio::steady_timer timer(io_);
    const bool was_serving = std::exchange(is_serving_, false);
    refresh_timer_.cancel();
    if (was_serving && drain_delay_ > 0s) {
        // Whoever spreads the load has this time to see that we are not ready any more.
        co_await pause(timer, drain_delay_);
    }
    dial_in_->stop_listening();
    pushes_->stop();
    front_->drain();
    const auto arrivals_end = std::chrono::steady_clock::now() + arrive_within;
    // No call has more than 300 s, so this ends.
    while (front_->connections() > 0 &&
           std::chrono::steady_clock::now() <
               std::max(arrivals_end, head_end_->latest_deadline() + answer_within)) {
        co_await pause(timer, 10ms);
    }
    auto released = std::make_shared<bool>(false);
    head_end_->release_all([released] { *released = true; });
    const auto release_end = std::chrono::steady_clock::now() + release_within;
    while (!*released && std::chrono::steady_clock::now() < release_end) {
        co_await pause(timer, 10ms);
    }
}

}  // namespace dlms::service
