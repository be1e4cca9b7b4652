#include "simulator/listening_places.hpp"

#include <sstream>

#include "simulator/datagram_connection.hpp"
#include "simulator/hdlc_line.hpp"
#include "simulator/host_and_port.hpp"
#include "simulator/meter_connection.hpp"
#include "simulator/misbehaving_line.hpp"
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

/// How an error names what could not be opened.
std::string kind_text(const std::string& kind) {
    return kind.starts_with("UDP") ? "UDP " : "";
}

}  // namespace

ListeningPlaces::ListeningPlaces(asio::any_io_executor executor, const Options& options,
                                 const Fleet& fleet, const ServerLog& log)
    : executor_(std::move(executor)),
      options_(options),
      fleet_(fleet),
      first_(*fleet.front()),
      log_(log),
      tcp_(fleet.size()),
      diallers_(fleet.size()),
      push_senders_(fleet.size()) {}

std::expected<void, std::string> ListeningPlaces::open() {
    const bool names_line = !options_.pty.empty() || !options_.serial.empty();
    if (names_line && fleet_.size() > 1) {
        return std::unexpected("--fleet: a fleet listens on ports, not on --pty or --serial");
    }
    Opened opened = read_addresses();
    if (opened && options_.opens_wrapper()) {
        opened = open_wrapper();
    }
    if (opened && options_.hdlc_port) {
        opened = open_hdlc();
    }
    if (opened && options_.udp_port) {
        opened = open_udp();
    }
    if (opened && !options_.pty.empty()) {
        opened = open_line(options_.pty, true);
    }
    if (opened && !options_.serial.empty()) {
        opened = open_line(options_.serial, false);
    }
    if (opened && !options_.dial.empty()) {
        opened = dial();
    }
    for (std::size_t line = 0; opened && line < fleet_.size(); ++line) {
        serve_pushes(line);
    }
    return opened;
}

void ListeningPlaces::close() {
    for (auto& line : tcp_) {
        line.clear();
    }
    udp_.clear();
    serial_.clear();
    for (auto& line : push_senders_) {
        close_all(line);
    }
    for (auto& line : diallers_) {
        close_all(line);
    }
}

ListeningPlaces::Opened ListeningPlaces::read_addresses() {
    for (const std::string& text : options_.bind) {
        std::error_code error;
        addresses_.push_back(asio::ip::make_address(text, error));
        if (error) {
            return std::unexpected("--bind: not an IP address: " + text);
        }
    }
    return {};
}

/// From the first port on, on the first address, then on the next ones; nothing behind the last
/// port of the last address.
std::optional<ListeningPlaces::Where> ListeningPlaces::place_of(std::size_t group,
                                                                std::uint16_t first) const {
    constexpr std::size_t last_port = 65'535;
    if (first == 0) {
        return group == 0 ? std::optional(Where{addresses_.front(), 0}) : std::nullopt;
    }
    const std::size_t ports = last_port - first + 1;
    const std::size_t address = group / ports;
    if (address >= addresses_.size()) {
        return std::nullopt;
    }
    return Where{addresses_[address], static_cast<std::uint16_t>(first + group % ports)};
}

ListeningPlaces::Opened ListeningPlaces::open_ports(std::uint16_t first, const std::string& kind,
                                                    const std::string& more,
                                                    const OpenOne& open_one) {
    std::string begin;
    std::string end;
    for (std::size_t group = 0; group < fleet_.size(); ++group) {
        const std::optional<Where> where = place_of(group, first);
        if (!where) {
            return std::unexpected(
                first == 0 ? std::string("--fleet: name the first port; 0 cannot be counted up")
                           : "--fleet: no port is left for line " + std::to_string(group + 1) +
                                 " of " + std::to_string(fleet_.size()) +
                                 ": begin at a lower port, give --bind several addresses, or put "
                                 "several meters on each port (--multi-drop)");
        }
        const Result<std::uint16_t> port = open_one(group, *where);
        if (!port) {
            return cannot_listen(
                where->address.to_string() + ' ' + kind_text(kind) + "port " +
                    std::to_string(where->port) +
                    (fleet_.size() > 1 ? " (" + std::to_string(group) + " lines listen)" : ""),
                port.error());
        }
        end = text_of(asio::ip::tcp::endpoint(where->address, *port));
        begin = group == 0 ? end : begin;
    }
    const bool is_fleet = fleet_.size() > 1;
    add_line(is_fleet ? begin + " to " + end : begin,
             is_fleet ? std::to_string(fleet_.size()) + " ports, " + kind : kind, more);
    return {};
}

std::size_t ListeningPlaces::connection_limit() const {
    return options_.max_connections.value_or(
        first_[0].simultaneous_connections().value_or(default_connections));
}

std::string ListeningPlaces::meters_text() const {
    std::size_t meters = 0;
    for (const std::unique_ptr<MeterGroup>& group : fleet_) {
        meters += group->size();
    }
    std::string text = "scenario " + first_[0].name();
    if (meters > 1) {
        text += " and " + std::to_string(meters - 1) + " more";
    }
    return text + ", seed " + std::to_string(options_.seed);
}

void ListeningPlaces::add_line(const std::string& place, const std::string& kind,
                               const std::string& more) {
    lines_.push_back("listening on " + place + " (" + kind + meters_text() + ", " + more + ")");
}

Result<std::uint16_t> ListeningPlaces::serve_tcp(std::size_t line, const Where& where,
                                                 transport::Framing framing,
                                                 LineFactory make_line) {
    auto server = MeterServer::start(executor_,
                                     {.endpoint = {where.address, where.port},
                                      .make_line = std::move(make_line),
                                      .framing = framing,
                                      .max_connections = connection_limit()},
                                     log_);
    if (!server) {
        return std::unexpected(server.error());
    }
    tcp_[line].push_back(*std::move(server));
    return tcp_[line].back()->local_endpoint().port();
}

std::string ListeningPlaces::connections_text() const {
    return "at most " + std::to_string(connection_limit()) + " connections";
}

Result<std::uint16_t> ListeningPlaces::serve_wrapper(std::size_t line, const Where& where) {
    return serve_tcp(line, where, transport::Framing::wrapper,
                     [&meters = *fleet_[line]](Instant now) -> std::unique_ptr<LineMachine> {
                         return std::make_unique<MisbehavingLine>(
                             std::make_unique<MeterConnection>(meters, now), meters,
                             MisbehavingLine::Units::wpdus);
                     });
}

Result<std::uint16_t> ListeningPlaces::serve_hdlc(std::size_t line, const Where& where) {
    MeterGroup& meters = *fleet_[line];
    if (const auto tried = make_line(meters, std::chrono::steady_clock::now(), Place::tcp);
        !tried) {
        return std::unexpected(tried.error());
    }
    return serve_tcp(line, where, transport::Framing::hdlc, [this, &meters](Instant now) {
        return *make_line(meters, now, Place::tcp);  // as good as the one tried
    });
}

std::size_t ListeningPlaces::peer_limit() const {
    return options_.max_connections.value_or(UdpServer::Configuration().max_peers);
}

Result<std::uint16_t> ListeningPlaces::serve_udp(std::size_t line, const Where& where) {
    MeterGroup& meters = *fleet_[line];
    UdpServer::Configuration configuration;
    configuration.endpoint = {where.address, where.port};
    configuration.max_peers = peer_limit();
    configuration.make_line = [this, &meters](Instant now) -> std::unique_ptr<LineMachine> {
        auto peer = std::make_unique<DatagramConnection>(meters, now);
        if (!options_.faults.any()) {
            return peer;
        }
        return std::make_unique<FaultyDatagrams>(std::move(peer), options_.faults,
                                                 options_.seed + lines_made_++);
    };
    auto server = UdpServer::start(executor_, std::move(configuration), log_);
    if (!server) {
        return std::unexpected(server.error());
    }
    udp_.resize(fleet_.size());
    udp_[line] = *std::move(server);
    return udp_[line]->local_endpoint().port();
}

ListeningPlaces::Opened ListeningPlaces::open_wrapper() {
    return open_ports(
        options_.port.value_or(default_port), "", connections_text(),
        [this](std::size_t line, const Where& where) { return serve_wrapper(line, where); });
}

ListeningPlaces::Opened ListeningPlaces::open_hdlc() {
    return open_ports(
        *options_.hdlc_port, opening_text() + "HDLC, ",
        addresses_text(first_) + ", " + connections_text(),
        [this](std::size_t line, const Where& where) { return serve_hdlc(line, where); });
}

ListeningPlaces::Opened ListeningPlaces::open_udp() {
    return open_ports(
        *options_.udp_port, "UDP, ", "at most " + std::to_string(peer_limit()) + " peers",
        [this](std::size_t line, const Where& where) { return serve_udp(line, where); });
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
    if (const auto tried = make_line(first_, std::chrono::steady_clock::now(), place); !tried) {
        return cannot_listen(path, tried.error());
    }
    configuration.make_line = [this, place](Instant now) {
        return *make_line(first_, now, place);  // as good as the one tried
    };
    auto server = SerialServer::start(executor_, std::move(configuration), log_);
    if (!server) {
        return cannot_listen(path, server.error());
    }
    add_line(path, opening_text() + "HDLC, ", addresses_text(first_));
    serial_.push_back(*std::move(server));
    return {};
}

ListeningPlaces::Opened ListeningPlaces::dial() {
    const std::optional<transport::TcpEndpoint> head_end = parse_host_and_port(options_.dial);
    if (!head_end) {
        return std::unexpected("--dial: HOST:PORT is expected");
    }
    call_.head_end = *head_end;
    call_.settings = {options_.dial_as, std::chrono::seconds(options_.heartbeat)};
    call_.seed = options_.seed;
    for (std::size_t line = 0; line < fleet_.size(); ++line) {
        dial_from(line);
    }
    lines_.push_back("dialling " + options_.dial + " (" + meters_text() + ", heartbeats every " +
                     std::to_string(options_.heartbeat) + " s)");
    return {};
}

LineSettings ListeningPlaces::serial_settings() const {
    if (options_.mode_e) {
        return iec62056_21::ModeELine(false).text_settings(first_[0].mode_e().start_baud_rate);
    }
    LineSettings line;
    line.baud_rate = options_.baud_rate.value_or(first_[0].hdlc_settings().baud_rate);
    line.data_bits = static_cast<std::uint8_t>(options_.data_bits);
    line.parity = options_.parity.value_or(Parity::none);
    line.stop_bits = static_cast<std::uint8_t>(options_.stop_bits);
    return line;
}

std::string ListeningPlaces::opening_text() const {
    return options_.mode_e ? "mode E, " : "";
}

std::unique_ptr<LineMachine> ListeningPlaces::make_hdlc_line(MeterGroup& meters, Instant now,
                                                             Place place) {
    HdlcMedium medium{.is_serial = place != Place::tcp};
    if (options_.pace) {
        medium.octet_time = std::chrono::seconds(10) / *options_.pace + PacedLine::slice;
    }
    std::unique_ptr<LineMachine> line = std::make_unique<HdlcLine>(meters, medium, now);
    if (options_.faults.any()) {
        line = std::make_unique<FaultyHdlcLine>(std::move(line), options_.faults,
                                                options_.seed + lines_made_++);
    }
    return std::make_unique<MisbehavingLine>(std::move(line), meters,
                                             MisbehavingLine::Units::frames);
}

Result<std::unique_ptr<LineMachine>> ListeningPlaces::make_line(MeterGroup& meters, Instant now,
                                                                Place place) {
    std::unique_ptr<LineMachine> line = make_hdlc_line(meters, now, place);
    // Mode E stands between the line, which may be paced, and HDLC.
    if (options_.mode_e) {
        const std::chrono::seconds inactivity = meters[0].hdlc_settings().inactivity_timeout;
        // A converter behind TCP hands on eight bits, of which the meter's parity is one.
        const bool shows_parity = place == Place::tcp && options_.parity != Parity::none;
        auto opening = ModeEMeter::create(
            meters[0].mode_e(), inactivity.count() > 0 ? inactivity : default_inactivity,
            std::move(line),
            [&meter = meters[0]](Instant at) {
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
