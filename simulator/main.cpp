// dlms-simulator: simulated meters on TCP, UDP and serial lines, for tests, demonstrations and head
// ends without a meter on the desk.

#include <charconv>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

#include <CLI/CLI.hpp>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "simulator/control_server.hpp"
#include "simulator/fleet_changes.hpp"
#include "simulator/listening_places.hpp"
#include "simulator/meter_maker.hpp"
#include "simulator/open_files.hpp"
#include "transport/core_dumps.hpp"

namespace {

using namespace dlms;
using namespace dlms::simulator;

std::string_view describe(MeterEvent::Kind kind) {
    switch (kind) {
        case MeterEvent::Kind::associated: return "associated";
        case MeterEvent::Kind::released: return "released";
        case MeterEvent::Kind::wrong_password: return "wrong password";
        case MeterEvent::Kind::locked: return "wrong password: client locked";
        case MeterEvent::Kind::unknown_client: return "AARQ of an unknown client: rejected";
        case MeterEvent::Kind::unknown_server: return "request for an unknown server: dropped";
        case MeterEvent::Kind::refused: return "protected APDU refused";
        case MeterEvent::Kind::misbehaved: return "misbehaves: ";
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
    log.push_failed = [](const std::string& destination, const Error& reason) {
        spdlog::warn("push to {} failed: {}", destination, dlms::describe(reason));
    };
    log.event = [](const std::string& peer, const MeterEvent& event) {
        spdlog::info("{} client {} server {}: {}{}", peer, event.client.value(),
                     event.server.value(), describe(event.kind), event.deed);
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

/// Starts the control, if the options ask for it.
std::expected<std::unique_ptr<ControlServer>, std::string> start_control(
    const Options& options, const asio::any_io_executor& executor, FleetControl& control) {
    if (options.control.empty()) {
        return nullptr;
    }
    ControlServer::Configuration configuration;
    const std::size_t colon = options.control.rfind(':');
    const std::string port = options.control.substr(colon == std::string::npos ? 0 : colon + 1);
    if (colon != std::string::npos) {
        configuration.address = options.control.substr(0, colon);
    }
    const auto [end, error] =
        std::from_chars(port.data(), port.data() + port.size(), configuration.port);
    if (error != std::errc() || end != port.data() + port.size()) {
        return std::unexpected("--control: [ADDRESS:]PORT is expected");
    }
    if (const char* const token = std::getenv("DLMS_SIMULATOR_CONTROL_TOKEN")) {
        configuration.token = token;
    }
    return ControlServer::start(std::move(configuration), executor, control);
}

int serve(const Options& options, Fleet& fleet, MeterMaker& maker) {
    asio::io_context io(1);
    const ServerLog log = make_log();
    ListeningPlaces places(io.get_executor(), options, fleet, log);
    if (const auto opened = places.open(); !opened) {
        return complain(opened.error());
    }
    FleetChanges changes(fleet, places, maker, io.get_executor());
    FleetControl control(fleet, places, changes, maker);
    const auto control_server = start_control(options, io.get_executor(), control);
    if (!control_server) {
        return complain(control_server.error());
    }
    asio::signal_set signals(io, SIGTERM, SIGINT);
    signals.async_wait([&](const std::error_code& failed, int) {
        if (!failed) {
            places.close();
            io.stop();  // also where a call to a head end is not answered yet
        }
    });
    for (const std::string& line : places.lines()) {
        std::cout << line << std::endl;
    }
    if (*control_server) {
        std::cout << "control on port " << (*control_server)->port() << std::endl;
    }
    io.run();
    if (*control_server) {
        (*control_server)->stop();
    }
    spdlog::info("ended");
    return EXIT_SUCCESS;
}

/// A line on a terminal that tells how far the start is.
class Progress {
public:
    explicit Progress(std::size_t meters) : meters_(meters), shown_(isatty(STDERR_FILENO) != 0) {}
    ~Progress() {
        if (shown_ && made_ >= step) {
            std::cerr << "\r\x1b[K" << std::flush;
        }
    }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void made_one() {
        if (++made_ % step == 0 && shown_) {
            std::cerr << '\r' << made_ << " of " << meters_ << " meters" << std::flush;
        }
    }

private:
    static constexpr std::size_t step = 1000;

    std::size_t meters_;
    std::size_t made_ = 0;
    bool shown_;
};

/// Makes the meters of all lines. Nothing, or what is wrong.
std::optional<std::string> fill(Fleet& fleet, const Options& options, const MeterMaker& maker,
                                const std::vector<MeterMaker::Model>& models) {
    const Instant now = std::chrono::steady_clock::now();
    const std::size_t on_a_line = models.size() * options.copies;
    Progress progress(options.fleet * on_a_line);
    Chance misbehaves(options.seed);
    for (std::uint32_t line = 0; line < options.fleet; ++line) {
        auto group = std::make_unique<MeterGroup>(options.reach());
        group->set_gateway(options.gateway);
        for (const MeterMaker::Model& model : models) {
            for (std::uint32_t copy = 0; copy < options.copies; ++copy) {
                const std::uint64_t place = line * on_a_line + group->size();
                auto meter = maker.make(model, place, line * options.copies + copy, now);
                if (!options.misbehaviour.empty() && misbehaves.happens(options.misbehaving)) {
                    meter->set_misbehaviour(options.misbehaviour);
                }
                const auto added = group->add(std::move(meter));
                if (!added) {
                    return added.error() + " for meter " + std::to_string(group->size() + 1);
                }
                progress.made_one();
            }
        }
        fleet.push_back(std::move(group));
    }
    return std::nullopt;
}

/// Sockets for every line's ports, for a connection to each, and for every call. Nothing, or what
/// is wrong.
std::optional<std::string> make_room(const Options& options, std::size_t models) {
    constexpr std::size_t others = 64;
    const std::size_t tcp = options.fleet * (std::size_t{options.hdlc_port.has_value()} +
                                             std::size_t{options.opens_wrapper()});
    const std::size_t calls =
        options.dial.empty() ? 0 : options.fleet * models * std::size_t{options.copies};
    const std::size_t needed = tcp + (options.udp_port ? options.fleet : 0) + calls + others;
    const std::size_t wanted = needed + tcp;
    // As many meters may come while these run.
    constexpr std::size_t to_come = 2 * 10'000;
    const std::size_t allowed =
        raise_open_files(options.control.empty() ? wanted : wanted + to_come);
    if (allowed < needed) {
        return "--fleet: " + std::to_string(needed) + " open files are needed, and " +
               std::to_string(allowed) +
               " are allowed: raise the limit (ulimit -Hn), or put several meters on each port "
               "(--multi-drop)";
    }
    if (allowed < wanted) {
        spdlog::warn("{} open files are allowed: that leaves room for {} connections to {} ports",
                     allowed, allowed - needed, tcp);
    }
    return std::nullopt;
}

int run(const Options& options) {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>(
        "simulator", std::make_shared<spdlog::sinks::stderr_sink_mt>()));
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
    spdlog::set_level(spdlog::level::from_str(options.log_level));
    MeterMaker maker(options);
    std::vector<MeterMaker::Model> models;
    for (const std::string& name : options.scenarios) {
        auto model = maker.load(name);
        if (!model) {
            return complain(model.error());
        }
        models.push_back(*std::move(model));
    }
    if (const auto wrong = make_room(options, models.size())) {
        return complain(*wrong);
    }
    Fleet fleet;
    if (const auto wrong = fill(fleet, options, maker, models)) {
        return complain(*wrong);
    }
    return serve(options, fleet, maker);
}

}  // namespace

int main(int count, char** arguments) {
    // The keys of its meters may be somebody's real ones.
    dlms::transport::forbid_core_dumps();
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
