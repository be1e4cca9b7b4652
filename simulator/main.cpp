// dlms-simulator: a simulated meter on a TCP port, for tests, demonstrations and head ends without
// a meter on the desk.

#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>

#include <CLI/CLI.hpp>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "simulator/meter_server.hpp"

namespace {

using namespace dlms;
using namespace dlms::simulator;

struct Options {
    std::string scenario = "hexcell";
    std::string bind = "127.0.0.1";
    std::uint32_t port = 4059;
    std::uint64_t seed = 1;
    std::optional<std::uint32_t> answer_delay;
    std::optional<std::size_t> max_connections;
    std::string log_level = "info";
};

constexpr std::size_t default_connections = 32;

void declare(CLI::App& app, Options& options) {
    app.add_option("--scenario", options.scenario,
                   "The meter: hexcell, hexing, full, or a file (docs/scenario.md)")
        ->capture_default_str();
    app.add_option("--bind", options.bind, "Address to listen on")->capture_default_str();
    app.add_option("--port", options.port, "TCP port to listen on; 0: any free one")
        ->check(CLI::Range(0u, 65'535u))
        ->capture_default_str();
    app.add_option("--seed", options.seed, "Seed of the living values")->capture_default_str();
    app.add_option("--answer-delay", options.answer_delay,
                   "Milliseconds that the meter takes to answer (default: the scenario's)")
        ->check(CLI::Range(0u, 600'000u));
    app.add_option("--max-connections", options.max_connections,
                   "Connections served at a time (default: the scenario's TCP-UDP setup)")
        ->check(CLI::Range(1u, 100'000u));
    app.add_option("--log-level", options.log_level, "What is logged to standard error")
        ->check(CLI::IsMember({"trace", "debug", "info", "warning", "error", "off"}))
        ->capture_default_str();
    app.set_version_flag("--version", DLMS_VERSION);
}

/// The scenario's text: a built-in one, or a file's.
std::optional<std::string> load(const std::string& name) {
    if (const std::string_view builtin = builtin_scenario(name); !builtin.empty()) {
        return std::string(builtin);
    }
    std::ifstream file(name, std::ios::binary);
    if (!file) {
        return std::nullopt;
    }
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string_view describe(MeterEvent::Kind kind) {
    switch (kind) {
        case MeterEvent::Kind::associated: return "associated";
        case MeterEvent::Kind::released: return "released";
        case MeterEvent::Kind::wrong_password: return "wrong password";
        case MeterEvent::Kind::locked: return "wrong password: client locked";
        case MeterEvent::Kind::unknown_client: return "AARQ of an unknown client: rejected";
        case MeterEvent::Kind::unknown_server: return "WPDU for an unknown server: dropped";
    }
    return "";
}

MeterServerLog make_log() {
    MeterServerLog log;
    log.connected = [](const std::string& peer) { spdlog::info("{} connected", peer); };
    log.refused = [](const std::string& peer) {
        spdlog::warn("{} refused: too many connections", peer);
    };
    log.disconnected = [](const std::string& peer, const Error& reason) {
        spdlog::info("{} closed: {}", peer, dlms::describe(reason));
    };
    log.event = [](const std::string& peer, const MeterEvent& event) {
        spdlog::info("{} client {} server {}: {}", peer, event.client.value(), event.server.value(),
                     describe(event.kind));
    };
    log.untold = [](const std::string& peer, std::size_t count) {
        spdlog::warn("{} caused {} more events, which are not listed", peer, count);
    };
    if (spdlog::should_log(spdlog::level::trace)) {
        log.trace = [](const std::string& peer, transport::Direction direction,
                       const std::string& hex) {
            spdlog::trace("{} {} {}", peer, direction == transport::Direction::sent ? "->" : "<-",
                          hex);
        };
    }
    return log;
}

int complain(const std::string& text) {
    std::cerr << "dlms-simulator: " << text << "\n";
    return EXIT_FAILURE;
}

int serve(const Options& options, Meter& meter) {
    asio::io_context io(1);
    std::error_code error;
    const asio::ip::address address = asio::ip::make_address(options.bind, error);
    if (error) {
        return complain("--bind: not an IP address");
    }
    const std::size_t limit = options.max_connections.value_or(
        meter.simultaneous_connections().value_or(default_connections));
    auto server =
        MeterServer::start(io.get_executor(), {address, static_cast<std::uint16_t>(options.port)},
                           meter, limit, make_log());
    if (!server) {
        return complain("cannot listen on " + options.bind + " port " +
                        std::to_string(options.port) + ": " + dlms::describe(server.error()));
    }
    asio::signal_set signals(io, SIGTERM, SIGINT);
    signals.async_wait([&](const std::error_code& failed, int) {
        if (!failed) {
            (*server)->close();
        }
    });
    std::cout << "listening on " << (*server)->local_endpoint() << " (scenario " << meter.name()
              << ", seed " << options.seed << ", at most " << limit << " connections)" << std::endl;
    io.run();
    spdlog::info("ended");
    return EXIT_SUCCESS;
}

int run(const Options& options) {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>(
        "simulator", std::make_shared<spdlog::sinks::stderr_sink_mt>()));
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
    spdlog::set_level(spdlog::level::from_str(options.log_level));
    const std::optional<std::string> text = load(options.scenario);
    if (!text) {
        return complain("--scenario: neither a built-in meter nor a file that can be read: " +
                        options.scenario);
    }
    auto scenario = parse_scenario(*text);
    if (!scenario) {
        return complain(options.scenario + ": " + scenario.error());
    }
    const auto utc =
        std::chrono::floor<UtcTime>(std::chrono::system_clock::now().time_since_epoch());
    Meter meter(*std::move(scenario), options.seed, std::chrono::steady_clock::now(), utc);
    if (options.answer_delay) {
        meter.set_answer_delay(std::chrono::milliseconds(*options.answer_delay));
    }
    return serve(options, meter);
}

}  // namespace

int main(int count, char** arguments) {
    try {
        Options options;
        CLI::App app("A simulated DLMS/COSEM meter on TCP with the wrapper.", "dlms-simulator");
        declare(app, options);
        CLI11_PARSE(app, count, arguments);
        return run(options);
    } catch (const std::exception& error) {
        return complain(error.what());
    }
}
