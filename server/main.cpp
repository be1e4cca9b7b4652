// dlms-service: the REST service that reads and writes DLMS/COSEM meters.

#include <array>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <sys/mman.h>
#include <sys/resource.h>
#include <utility>
#include <vector>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <spdlog/fmt/fmt.h>

#include "server/audit_keeping.hpp"
#include "server/config.hpp"
#include "server/json_certificates.hpp"
#include "server/key_keeping.hpp"
#include "server/keys_command.hpp"
#include "server/registry_keeping.hpp"
#include "server/service.hpp"
#include "server/service_log.hpp"
#include "server/service_manager.hpp"
#include "stack/base/hex.hpp"
#include "transport/core_dumps.hpp"

namespace {

using namespace dlms;
using namespace dlms::service;

// As many descriptors as the system lets us have; and no core dumps, which would hold passwords.
void prepare_process() {
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    transport::forbid_core_dumps();
    // Nor is memory swapped out, where the system sets no limit to that: with one, later
    // allocations would fail at it.
    rlimit locked{};
    if (getrlimit(RLIMIT_MEMLOCK, &locked) == 0 && locked.rlim_cur == RLIM_INFINITY) {
        mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
    }
    std::signal(SIGPIPE, SIG_IGN);
}

void log_reload(const std::optional<std::string>& error) {
    if (error) {
        log(LogLevel::error, "certificates and API keys of before stay in force: " + *error);
    } else {
        log(LogLevel::info, "certificates and API keys are read again");
    }
}

// Ends the program after the first signal's drain, or at once at the second.
class Shutdown {
public:
    Shutdown(asio::io_context& io, Service& service, ServiceManager& manager)
        : io_(io),
          service_(service),
          manager_(manager),
          signals_(io, SIGTERM, SIGINT),
          reload_signals_(io, SIGHUP) {
        await_signal();
        await_reload();
    }

private:
    void await_signal() {
        signals_.async_wait([this](const asio::error_code& error, int) {
            if (error) {
                return;
            }
            if (std::exchange(draining_, true)) {
                log(LogLevel::warning, "second signal: ending at once");
                io_.stop();
                return;
            }
            log(LogLevel::info, "draining: no new connections, finishing what is in work");
            manager_.stopping("draining");
            asio::co_spawn(io_, service_.drain(),
                           [this](const std::exception_ptr&) { io_.stop(); });
            await_signal();
        });
    }

    void await_reload() {
        reload_signals_.async_wait([this](const asio::error_code& error, int) {
            if (error) {
                return;
            }
            manager_.reloading();
            log_reload(service_.reload());
            manager_.reloaded();
            await_reload();
        });
    }

    asio::io_context& io_;
    Service& service_;
    ServiceManager& manager_;
    asio::signal_set signals_;
    asio::signal_set reload_signals_;
    bool draining_ = false;
};

constexpr auto warning = LogLevel::warning;

// A number as a field.
std::int64_t number(auto value) {
    return static_cast<std::int64_t>(value);
}

void log_access(const AccessRecord& record) {
    const auto duration = record.duration.count();
    log(LogLevel::info,
        fmt::format("{} {} {} {} {} us from {}", record.request_id, record.method, record.target,
                    record.status, duration, record.remote_address),
        {{"event", "request"},
         {"request_id", record.request_id},
         {"method", record.method},
         {"path", record.target},
         {"status", number(record.status)},
         {"duration_us", number(duration)},
         {"source", record.remote_address}});
}

void log_audit(const store::AuditRecord& record, bool is_recorded) {
    const std::string what = fmt::format("{} audit {} of {} {} of meter {}", record.request_id,
                                         store::name(record.phase), record.action,
                                         json_quoted(record.target), json_quoted(record.meter));
    const std::string_view result =
        record.result.empty() ? std::string_view("begun") : std::string_view(record.result);
    const std::string sentence =
        is_recorded ? fmt::format("{} by key {} from {}: {}", what,
                                  record.key_id.empty() ? std::string_view("-")
                                                        : std::string_view(record.key_id),
                                  record.source, result)
                    : what + " could not be written";
    log(is_recorded ? LogLevel::info : LogLevel::critical, sentence,
        {{"event", is_recorded ? "audit" : "audit-failed"},
         {"request_id", record.request_id},
         {"meter", record.meter},
         {"phase", store::name(record.phase)},
         {"action", record.action},
         {"target", record.target},
         {"key_id", record.key_id},
         {"source", record.source},
         {"result", result}});
}

ServiceEvents log_events(LogLevel level) {
    ServiceEvents events;
    events.access = log_access;
    if (level == LogLevel::trace) {
        events.trace = [](const std::string& meter_number, transport::Direction direction,
                          const std::string& hex) {
            const bool is_sent = direction == transport::Direction::sent;
            log(LogLevel::trace,
                fmt::format("meter {} {} {}", json_quoted(meter_number), is_sent ? "->" : "<-",
                            hex),
                {{"event", "octets"},
                 {"meter", meter_number},
                 {"direction", is_sent ? "sent" : "received"},
                 {"hex", hex}});
        };
    }
    events.counter_raised = [](const std::string& meter_number, std::uint32_t next) {
        log(warning,
            fmt::format("meter {}: its counter object made our invocation counter skip to {}",
                        json_quoted(meter_number), next),
            {{"event", "counter-raised"}, {"meter", meter_number}, {"next", number(next)}});
    };
    events.counter_doubted = [](const std::string& meter_number, std::uint32_t next) {
        log(warning,
            fmt::format("meter {}: its counter object says that our invocation counter goes on at "
                        "{}, which would leave the key hardly any: not believed without "
                        "trust_invocation_counter",
                        json_quoted(meter_number), next),
            {{"event", "counter-doubted"}, {"meter", meter_number}, {"next", number(next)}});
    };
    events.flooded = [floods = std::uint64_t{0}](const std::string& meter_number) mutable {
        log(warning,
            fmt::format("meter {}: closed its connection, since it sent without end what nobody "
                        "had asked for ({} such since the start)",
                        json_quoted(meter_number), ++floods),
            {{"event", "flooded"}, {"meter", meter_number}});
    };
    events.webhook_changed = [](const std::string& problem) {
        log(problem.empty() ? LogLevel::info : warning,
            problem.empty() ? "the webhook takes notifications again" : problem,
            {{"event", problem.empty() ? "webhook-works" : "webhook-failed"}});
    };
    events.counter_low = [](const std::string& meter_number, std::uint32_t left) {
        log(warning,
            fmt::format("meter {}: {} invocation counters are left for a key: change the meter's "
                        "keys",
                        json_quoted(meter_number), left),
            {{"event", "counter-low"}, {"meter", meter_number}, {"left", number(left)}});
    };
    events.keys_changed = [](const KeysRequest& request, const CallOutcome<void>& outcome) {
        constexpr std::array<std::string_view, 4> operations{"rotate", "transfer", "keep",
                                                             "agreement"};
        const std::string_view operation =
            operations.at(static_cast<std::size_t>(request.operation));
        const std::string result = outcome ? "done" : outcome.error().sentence;
        log(warning,
            fmt::format("meter {}: {} of its secrets: {}", json_quoted(request.meter_number),
                        operation, result),
            {{"event", "keys-changed"},
             {"meter", request.meter_number},
             {"operation", operation},
             {"result", result}});
    };
    events.certificates_changed = [](const CertificatesRequest& request,
                                     const CallOutcome<void>& outcome) {
        const std::string result = outcome ? "done" : outcome.error().sentence;
        log(warning,
            fmt::format("meter {}: {} of certificates: {}", json_quoted(request.meter_number),
                        operation_name(request.operation), result),
            {{"event", "certificates-changed"},
             {"meter", request.meter_number},
             {"operation", operation_name(request.operation)},
             {"result", result}});
    };
    events.tls_reloaded = log_reload;
    events.audit.recorded = [](const store::AuditRecord& record) { log_audit(record, true); };
    events.audit.failed = [](const store::AuditRecord& record) { log_audit(record, false); };
    return events;
}

// What the configuration names must be there, too.
int check(const ServiceConfig& config) {
    if (!config.tls.certificate.empty()) {
        if (const auto tls = TlsServerContext::load(config.tls); !tls) {
            std::cerr << "dlms-service: " << tls.error() << "\n";
            return EXIT_FAILURE;
        }
    }
    std::cout << "dlms-service: the configuration is good\n";
    return EXIT_SUCCESS;
}

int run(const ServiceConfig& config) {
    asio::io_context io(1);
    auto keeping = keep_counters(config.data_dir);
    if (!keeping) {
        log(LogLevel::critical, keeping.error());
        return EXIT_FAILURE;
    }
    if (!keeping->outlives_process) {
        log(LogLevel::info,
            "no DATA_DIR: invocation counters live in memory, under a new system title");
    }
    auto keys = keep_keys(config, [](const std::string& meter) {
        log(LogLevel::error,
            fmt::format("a sealed secret of meter {} was changed or damaged: secrets.db is to be "
                        "restored from a copy",
                        json_quoted(meter)),
            {{"event", "secret-damaged"}, {"meter", meter}});
    });
    if (!keys) {
        log(LogLevel::critical, keys.error());
        return EXIT_FAILURE;
    }
    if (!(*keys)->outlives_process()) {
        log(LogLevel::info,
            "no DATA_DIR with KEY_ENCRYPTION_KEY: secrets of meters live in memory");
    }
    auto audit = keep_audit(config.data_dir);
    if (!audit) {
        log(LogLevel::critical, audit.error());
        return EXIT_FAILURE;
    }
    if (*audit) {
        const store::AuditHead head = (*audit)->head();
        log(LogLevel::info, fmt::format("the audit log has {} entries, the newest with hash {}",
                                        head.sequence, to_hex(head.hash)));
    } else {
        log(LogLevel::info, "no DATA_DIR: what is done to meters is in this log only");
    }
    auto api_keys = keep_api_keys(config.data_dir);
    if (!api_keys) {
        log(LogLevel::critical, api_keys.error());
        return EXIT_FAILURE;
    }
    auto registry = keep_registry(config.data_dir);
    if (!registry) {
        log(LogLevel::critical, registry.error());
        return EXIT_FAILURE;
    }
    auto notifications = keep_notifications(config.data_dir);
    if (!notifications) {
        log(LogLevel::critical, notifications.error());
        return EXIT_FAILURE;
    }
    Service service(io, config,
                    {std::move(*keeping), std::move(*keys), std::move(*registry), *audit, *api_keys,
                     std::move(*notifications)},
                    log_events(config.log_level));
    if (config.asks_for_key && service.usable_keys() == 0) {
        log(LogLevel::critical,
            "ENABLE_API_KEY is true, but no key opens: give API_KEY or API_KEY_FILE, or make one "
            "with `dlms-service keys add`");
        return EXIT_FAILURE;
    }
    if (const auto error = service.reload()) {
        log(LogLevel::critical, *error);
        return EXIT_FAILURE;
    }
    if (const auto error = service.start()) {
        log(LogLevel::critical, *error);
        return EXIT_FAILURE;
    }
    ServiceManager manager(io);
    const Shutdown shutdown(io, service, manager);
    if (service.dial_in_port() != 0) {
        log(LogLevel::info,
            fmt::format("meters may call {} port {}{}", config.dial_in_host, service.dial_in_port(),
                        config.dial_in_tls.certificate.empty() ? "" : " by TLS"));
    }
    if (service.notification_udp_port() != 0) {
        log(LogLevel::info, fmt::format("meters may push to {} UDP port {}", config.dial_in_host,
                                        service.notification_udp_port()));
    }
    log(LogLevel::info, fmt::format("dlms-service {} listens on {} port {}", DLMS_VERSION,
                                    config.host, service.port()));
    manager.ready("listening on port " + std::to_string(service.port()));
    if (!config.asks_for_key) {
        log(LogLevel::info, "no API key is asked for (ENABLE_API_KEY)");
    }
    io.run();
    log(LogLevel::info, "ended");
    return EXIT_SUCCESS;
}

}  // namespace

int main(int count, char** arguments) {
    try {
        const std::vector<std::string> words(arguments + 1, arguments + count);
        if (const auto status = run_keys_command(words, process_environment())) {
            return *status;
        }
        const auto outcome = load_config(words, process_environment());
        if (outcome.text) {
            std::cout << *outcome.text;
            return EXIT_SUCCESS;
        }
        prepare_process();
        if (outcome.config) {
            configure_log(outcome.config->log_level, outcome.config->log_format);
        }
        for (const std::string& text : outcome.warnings) {
            log(warning, text);
        }
        for (const std::string& error : outcome.errors) {
            std::cerr << "dlms-service: " << error << "\n";
        }
        if (!outcome.config) {
            return EXIT_FAILURE;
        }
        if (outcome.check_only) {
            return check(*outcome.config);
        }
        return run(*outcome.config);
    } catch (const std::exception& error) {
        std::cerr << "dlms-service: " << error.what() << "\n";
        return EXIT_FAILURE;
    }
}
