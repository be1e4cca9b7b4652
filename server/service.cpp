#include "server/service.hpp"

#include <algorithm>
#include <chrono>
#include <fnmatch.h>
#include <utility>

#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include "server/cors.hpp"
#include "server/rest_api.hpp"

namespace dlms::service {

namespace {

using namespace std::chrono_literals;

// A request that is arriving as the drain begins, and an answer that its client takes slowly.
constexpr auto arrive_within = 15s;
constexpr auto answer_within = 15s;
constexpr auto release_within = 5s;

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
    settings.surroundings.flooded = std::move(events.flooded);
    settings.surroundings.keys = std::move(keys);
    settings.keys_changed = std::move(events.keys_changed);
    settings.certificates_changed = std::move(events.certificates_changed);
    settings.surroundings.trace = std::move(events.trace);
    settings.energy_unit = config.energy_unit == EnergyUnit::base ? render::EnergyUnit::base
                                                                  : render::EnergyUnit::kilo;
    settings.time_zone = config.meter_time_zone;
    return settings;
}

// CORS before the key: a browser's preflight carries none. /health and what is below it need no
// key.
HttpHooks front_hooks(const ServiceConfig& config, ServiceEvents& events) {
    auto cors = std::make_shared<const Cors>(config.cors_origins);
    auto key = std::make_shared<const std::optional<ApiKey>>(
        config.api_key ? std::optional(config.api_key->clone()) : std::nullopt);
    HttpHooks hooks;
    hooks.access = std::move(events.access);
    hooks.answer_headers = [cors](const HttpRequest& request) { return cors->headers(request); };
    hooks.admit = [cors, key](const HttpRequest& request) -> std::optional<HttpAnswer> {
        if (auto preflight = cors->preflight(request)) {
            return preflight;
        }
        const bool is_health = request.path == "/health" || request.path.starts_with("/health/");
        if (!*key || is_health || (*key)->opens(request)) {
            return std::nullopt;
        }
        HttpAnswer answer = error_answer(401, "Invalid or missing API key");
        answer.headers.emplace_back("WWW-Authenticate", "Bearer");
        return answer;
    };
    return hooks;
}

asio::awaitable<void> pause(asio::steady_timer& timer, std::chrono::milliseconds duration) {
    asio::error_code ignored;
    timer.expires_after(duration);
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

}  // namespace

Service::Service(asio::io_context& io, const ServiceConfig& config, CounterKeeping keeping,
                 std::shared_ptr<client::KeyRecords> keys, ServiceEvents events)
    : io_(io), host_(config.host), port_(config.port) {
    HttpHooks hooks = front_hooks(config, events);
    head_end_ = std::make_unique<HeadEnd>(
        io.get_executor(), head_end_settings(config, std::move(keeping), std::move(keys), events));
    auto maker = std::make_shared<AnswerMaker>(AnswerMaker::Settings{config.http_threads});
    front_ = std::make_unique<HttpFront>(
        io, front_settings(config), rest_routes(io.get_executor(), *head_end_, std::move(maker)),
        std::move(hooks));
}

Service::~Service() {
    front_.reset();
    if (io_.stopped()) {
        head_end_->abandon();
    }
}

std::error_code Service::start() {
    return front_->start(host_, port_);
}

asio::awaitable<void> Service::drain() {
    asio::steady_timer timer(io_);
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
