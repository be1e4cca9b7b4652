// dlms-simulator: simulated meters on TCP, UDP and serial lines, for tests, demonstrations and head
// ends without a meter on the desk.

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

#include "simulator/listening_places.hpp"

namespace {

using namespace dlms;
using namespace dlms::simulator;

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
        case MeterEvent::Kind::unknown_server: return "request for an unknown server: dropped";
    }
    return "";
}

ServerLog make_log() {
    ServerLog log;
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
                       const std::string& text) {
            spdlog::trace("{} {} {}", peer, direction == transport::Direction::sent ? "->" : "<-",
                          text);
        };
    }
    return log;
}

int complain(const std::string& text) {
    std::cerr << "dlms-simulator: " << text << "\n";
    return EXIT_FAILURE;
}

int serve(const Options& options, MeterGroup& meters) {
    asio::io_context io(1);
    const ServerLog log = make_log();
    ListeningPlaces places(io.get_executor(), options, meters, log);
    if (const auto opened = places.open(); !opened) {
        return complain(opened.error());
    }
    asio::signal_set signals(io, SIGTERM, SIGINT);
    signals.async_wait([&](const std::error_code& failed, int) {
        if (!failed) {
            places.close();
        }
    });
    for (const std::string& line : places.lines()) {
        std::cout << line << std::endl;
    }
    io.run();
    spdlog::info("ended");
    return EXIT_SUCCESS;
}

/// Adds a meter of a model, the one so many numbers on. Nothing, or what is wrong.
std::optional<std::string> add_meter(const Options& options,
                                     const std::shared_ptr<const MeterModel>& model,
                                     std::uint32_t number, MeterGroup& meters) {
    const auto utc =
        std::chrono::floor<UtcTime>(std::chrono::system_clock::now().time_since_epoch());
    const Instant now = std::chrono::steady_clock::now();
    auto meter = std::make_unique<Meter>(model, options.seed + meters.size(), now, utc);
    meter->renumber(number, now);
    if (options.answer_delay) {
        meter->set_answer_delay(std::chrono::milliseconds(*options.answer_delay));
    }
    if (!meters.add(std::move(meter))) {
        return "no lower HDLC address is left for meter " + std::to_string(meters.size() + 1);
    }
    return std::nullopt;
}

int run(const Options& options) {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>(
        "simulator", std::make_shared<spdlog::sinks::stderr_sink_mt>()));
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
    spdlog::set_level(spdlog::level::from_str(options.log_level));
    MeterGroup meters;
    meters.set_gateway(options.gateway);
    for (const std::string& name : options.scenarios) {
        const std::optional<std::string> text = load(name);
        if (!text) {
            return complain("--scenario: neither a built-in meter nor a file that can be read: " +
                            name);
        }
        auto scenario = parse_scenario(*text);
        if (!scenario) {
            return complain(name + ": " + scenario.error());
        }
        const auto model = std::make_shared<const MeterModel>(*std::move(scenario));
        for (std::uint32_t number = 0; number < options.copies; ++number) {
            if (const auto wrong = add_meter(options, model, number, meters)) {
                return complain(*wrong);
            }
        }
    }
    return serve(options, meters);
}

}  // namespace

int main(int count, char** arguments) {
    try {
        Options options;
        CLI::App app(
            "Simulated DLMS/COSEM meters on TCP, UDP and serial lines. Without options: one meter "
            "on TCP "
            "port 4059 with the wrapper.",
            "dlms-simulator");
        declare(app, options);
        CLI11_PARSE(app, count, arguments);
        return run(options);
    } catch (const std::exception& error) {
        return complain(error.what());
    }
}
