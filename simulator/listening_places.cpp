#include "simulator/listening_places.hpp"

#include <sstream>

#include "simulator/datagram_connection.hpp"
#include "simulator/hdlc_line.hpp"
#include "simulator/meter_connection.hpp"
#include "simulator/mode_e_meter.hpp"
#include "simulator/paced_line.hpp"
#include "simulator/readout.hpp"
#include "transport/pty_channel.hpp"
#include "transport/serial_channel.hpp"

namespace dlms::simulator {
namespace {

constexpr std::size_t default_connections = 32;
constexpr std::uint16_t default_port = 4059;
/// After the mode E opening, where the HDLC setup knows no inactivity.
constexpr std::chrono::seconds default_inactivity{120};

template <class Endpoint>
std::string text_of(const Endpoint& endpoint) {
    std::ostringstream text;
    text << endpoint;
    return text.str();
}

std::unexpected<std::string> cannot_listen(const std::string& place, const Error& error) {
    return std::unexpected("cannot listen on " + place + ": " + dlms::describe(error));
}

std::string address_text(const HdlcSettings& settings) {
    return settings.address_octets == 1 ? std::to_string(settings.address_octets) + " octet"
                                        : std::to_string(settings.address_octets) + " octets";
}

/// "HDLC addresses of 2 octets, lower 16 to 18"
std::string addresses_text(const MeterGroup& meters) {
    const HdlcSettings first = meters[0].hdlc_settings();
    const HdlcSettings last = meters[meters.size() - 1].hdlc_settings();
    std::string text = "HDLC addresses of " + address_text(first);
    if (first.address_octets > 1) {
        text += ", lower " + std::to_string(first.lower_address);
    }
    return meters.size() > 1 ? text + " to " + std::to_string(last.lower_address) : text;
}

}  // namespace

ListeningPlaces::ListeningPlaces(asio::any_io_executor executor, const Options& options,
                                 MeterGroup& meters, const ServerLog& log)
    : executor_(std::move(executor)), options_(options), meters_(meters), log_(log) {}

std::expected<void, std::string> ListeningPlaces::open() {
    std::error_code error;
    const asio::ip::address address = asio::ip::make_address(options_.bind, error);
    if (error) {
        return std::unexpected("--bind: not an IP address");
    }
    const bool names_another = options_.hdlc_port || options_.udp_port || !options_.pty.empty() ||
                               !options_.serial.empty();
    Opened opened;
    if (options_.port || !names_another) {
        opened = open_wrapper(address);
    }
    if (opened && options_.hdlc_port) {
        opened = open_hdlc(address);
    }
    if (opened && options_.udp_port) {
        opened = open_udp(address);
    }
    if (opened && !options_.pty.empty()) {
        opened = open_line(options_.pty, true);
    }
    if (opened && !options_.serial.empty()) {
        opened = open_line(options_.serial, false);
    }
    return opened;
}

void ListeningPlaces::close() {
    tcp_.clear();
    udp_.reset();
    serial_.clear();
}

std::size_t ListeningPlaces::connection_limit() const {
    return options_.max_connections.value_or(
        meters_[0].simultaneous_connections().value_or(default_connections));
}

std::string ListeningPlaces::meters_text() const {
    std::string text = "scenario " + meters_[0].name();
    if (meters_.size() > 1) {
        text += " and " + std::to_string(meters_.size() - 1) + " more";
    }
    return text + ", seed " + std::to_string(options_.seed);
}

void ListeningPlaces::add_line(const std::string& place, const std::string& kind,
                               const std::string& more) {
    lines_.push_back("listening on " + place + " (" + kind + meters_text() + ", " + more + ")");
}

ListeningPlaces::Opened ListeningPlaces::open_wrapper(const asio::ip::address& address) {
    const std::uint16_t port = options_.port.value_or(default_port);
    const std::size_t limit = connection_limit();
    auto server =
        MeterServer::start(executor_,
                           {.endpoint = {address, port},
                            .make_line = [this](Instant now) -> std::unique_ptr<LineMachine> {
                                return std::make_unique<MeterConnection>(meters_, now);
                            },
                            .framing = transport::Framing::wrapper,
                            .max_connections = limit},
                           log_);
    if (!server) {
        return cannot_listen(options_.bind + " port " + std::to_string(port), server.error());
    }
    add_line(text_of((*server)->local_endpoint()), "",
             "at most " + std::to_string(limit) + " connections");
    tcp_.push_back(*std::move(server));
    return {};
}

ListeningPlaces::Opened ListeningPlaces::open_hdlc(const asio::ip::address& address) {
    const std::size_t limit = connection_limit();
    if (const auto tried = make_line(std::chrono::steady_clock::now(), Place::tcp); !tried) {
        return cannot_listen(options_.bind + " port " + std::to_string(*options_.hdlc_port),
                             tried.error());
    }
    auto server =
        MeterServer::start(executor_,
                           {.endpoint = {address, *options_.hdlc_port},
                            .make_line =
                                [this](Instant now) {
                                    return *make_line(now, Place::tcp);  // as good as the one tried
                                },
                            .framing = transport::Framing::hdlc,
                            .max_connections = limit},
                           log_);
    if (!server) {
        return cannot_listen(options_.bind + " port " + std::to_string(*options_.hdlc_port),
                             server.error());
    }
    add_line(text_of((*server)->local_endpoint()), opening_text() + "HDLC, ",
             addresses_text(meters_) + ", at most " + std::to_string(limit) + " connections");
    tcp_.push_back(*std::move(server));
    return {};
}

ListeningPlaces::Opened ListeningPlaces::open_udp(const asio::ip::address& address) {
    UdpServer::Configuration configuration;
    configuration.endpoint = {address, *options_.udp_port};
    configuration.max_peers = options_.max_connections.value_or(configuration.max_peers);
    configuration.make_line = [this](Instant now) -> std::unique_ptr<LineMachine> {
        auto line = std::make_unique<DatagramConnection>(meters_, now);
        if (!options_.faults.any()) {
            return line;
        }
        return std::make_unique<FaultyDatagrams>(std::move(line), options_.faults,
                                                 options_.seed + lines_made_++);
    };
    const std::size_t limit = configuration.max_peers;
    auto server = UdpServer::start(executor_, std::move(configuration), log_);
    if (!server) {
        return cannot_listen(options_.bind + " UDP port " + std::to_string(*options_.udp_port),
                             server.error());
    }
    add_line(text_of((*server)->local_endpoint()), "UDP, ",
             "at most " + std::to_string(limit) + " peers");
    udp_ = *std::move(server);
    return {};
}

ListeningPlaces::Opened ListeningPlaces::open_line(const std::string& path, bool is_pty) {
    SerialServer::Configuration configuration;
    configuration.name = path;
    configuration.open = [this, path, is_pty] {
        if (is_pty) {
            return transport::open_pty(executor_, path);
        }
        transport::SerialEndpoint endpoint;
        endpoint.path = path;
        endpoint.line = serial_settings();
        return transport::open_serial(executor_, endpoint);
    };
    const Place place = is_pty ? Place::pty : Place::serial;
    if (const auto tried = make_line(std::chrono::steady_clock::now(), place); !tried) {
        return cannot_listen(path, tried.error());
    }
    configuration.make_line = [this, place](Instant now) {
        return *make_line(now, place);  // as good as the one tried
    };
    auto server = SerialServer::start(executor_, std::move(configuration), log_);
    if (!server) {
        return cannot_listen(path, server.error());
    }
    add_line(path, opening_text() + "HDLC, ", addresses_text(meters_));
    serial_.push_back(*std::move(server));
    return {};
}

LineSettings ListeningPlaces::serial_settings() const {
    if (options_.mode_e) {
        return iec62056_21::ModeELine(false).text_settings(meters_[0].mode_e().start_baud_rate);
    }
    LineSettings line;
    line.baud_rate = options_.baud_rate.value_or(meters_[0].hdlc_settings().baud_rate);
    line.data_bits = static_cast<std::uint8_t>(options_.data_bits);
    line.parity = options_.parity.value_or(Parity::none);
    line.stop_bits = static_cast<std::uint8_t>(options_.stop_bits);
    return line;
}

std::string ListeningPlaces::opening_text() const {
    return options_.mode_e ? "mode E, " : "";
}

std::unique_ptr<LineMachine> ListeningPlaces::make_hdlc_line(Instant now, Place place) {
    HdlcMedium medium{.is_serial = place != Place::tcp};
    if (options_.pace) {
        medium.octet_time = std::chrono::seconds(10) / *options_.pace + PacedLine::slice;
    }
    std::unique_ptr<LineMachine> line = std::make_unique<HdlcLine>(meters_, medium, now);
    if (options_.faults.any()) {
        line = std::make_unique<FaultyHdlcLine>(std::move(line), options_.faults,
                                                options_.seed + lines_made_++);
    }
    return line;
}

Result<std::unique_ptr<LineMachine>> ListeningPlaces::make_line(Instant now, Place place) {
    std::unique_ptr<LineMachine> line = make_hdlc_line(now, place);
    // Mode E stands between the line, which may be paced, and HDLC.
    if (options_.mode_e) {
        const std::chrono::seconds inactivity = meters_[0].hdlc_settings().inactivity_timeout;
        // A converter behind TCP hands on eight bits, of which the meter's parity is one.
        const bool shows_parity = place == Place::tcp && options_.parity != Parity::none;
        auto opening = ModeEMeter::create(
            meters_[0].mode_e(), inactivity.count() > 0 ? inactivity : default_inactivity,
            std::move(line),
            [&meter = meters_[0]](Instant at) {
                return data_block(meter.own_devices().front(), at);
            },
            shows_parity);
        if (!opening) {
            return std::unexpected(opening.error());
        }
        line = *std::move(opening);
    }
    if (place != Place::serial && options_.pace) {
        line = std::make_unique<PacedLine>(std::move(line), *options_.pace);
    }
    return line;
}

}  // namespace dlms::simulator
