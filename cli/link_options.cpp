#include "cli/link_options.hpp"

#include <algorithm>
#include <charconv>

#include "client/open_link.hpp"
#include "stack/base/hex.hpp"
#include "stack/iec62056_21/message.hpp"

namespace dlms::cli {
namespace {

std::unexpected<std::string> wrong(std::string sentence) {
    return std::unexpected(std::move(sentence));
}

}  // namespace

std::expected<transport::TcpEndpoint, std::string> parse_endpoint(std::string_view text) {
    transport::TcpEndpoint endpoint;
    std::string_view port;
    const std::size_t colon = text.rfind(':');
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        endpoint.host = text.substr(1, end == std::string_view::npos ? 0 : end - 1);
        port = end == std::string_view::npos ? "]" : text.substr(end + 1);
    } else if (colon == std::string_view::npos || text.find(':') != colon) {
        endpoint.host = text;  // a name, or an IPv6 address without a port
    } else {
        endpoint.host = text.substr(0, colon);
        port = text.substr(colon);
    }
    const char* first = port.data() + (port.starts_with(':') ? 1 : 0);
    const char* last = port.data() + port.size();
    const auto end = std::from_chars(first, last, endpoint.port);
    const bool port_is_number = end.ec == std::errc() && end.ptr == last && endpoint.port != 0;
    if (endpoint.host.empty() || (!port.empty() && (!port.starts_with(':') || !port_is_number))) {
        return wrong("'" + std::string(text) +
                     "': expected HOST or HOST:PORT, for example 192.168.1.20:4059 or "
                     "[fd00::20]:4059");
    }
    return endpoint;
}

bool is_serial_port(std::string_view place) {
    return place.starts_with('/') || place.starts_with("./");
}

std::optional<LineSettings> parse_format(std::string_view text, std::uint32_t baud_rate) {
    constexpr std::string_view parities = "NEO";
    if (text.size() != 3 || (text[0] != '7' && text[0] != '8') ||
        parities.find(text[1]) == std::string_view::npos || (text[2] != '1' && text[2] != '2')) {
        return std::nullopt;
    }
    LineSettings settings;
    settings.baud_rate = baud_rate;
    settings.data_bits = static_cast<std::uint8_t>(text[0] - '0');
    settings.parity = static_cast<Parity>(parities.find(text[1]));
    settings.stop_bits = static_cast<std::uint8_t>(text[2] - '0');
    return settings;
}

void LinkOptions::add_to(CLI::App& command) {
    const auto group = "Link";
    auto* hdlc = command.add_flag("--hdlc", hdlc_, "HDLC over TCP in place of the wrapper");
    hdlc->group(group);
    auto* udp = command.add_flag("--udp", udp_, "The wrapper over UDP");
    udp->group(group)->excludes(hdlc);
    auto* tls = command.add_flag("--tls", tls_, "TLS over TCP, below the wrapper or HDLC");
    tls->group(group)->excludes(udp);
    command
        .add_option("--tls-name", given_.tls.server_name,
                    "Name that the meter's certificate must have; the host's if absent")
        ->option_text("NAME")
        ->group(group)
        ->needs(tls);
    command
        .add_option("--tls-ca", given_.tls.ca_file, "CAs to trust (PEM); the system's if absent")
        ->option_text("FILE")
        ->group(group)
        ->needs(tls);
    command.add_option("--tls-cert", given_.tls.certificate_file, "Our certificate (PEM)")
        ->option_text("FILE")
        ->group(group)
        ->needs(tls);
    command.add_option("--tls-key", given_.tls.key_file, "Its key (PEM)")
        ->option_text("FILE")
        ->group(group)
        ->needs(tls);
    command.add_option("--physical", physical_, "HDLC: lower (physical device) address")
        ->option_text("NUMBER")
        ->group(group);
    command.add_option("--address-size", address_octets_, "HDLC: octets of the address, 1, 2 or 4")
        ->check(CLI::IsMember({1, 2, 4}))
        ->option_text("NUMBER")
        ->group(group);
    command
        .add_option("--max-info", max_information_,
                    "HDLC: longest information field to propose, 32 to 2030;\n128, Hexing 512")
        ->check(CLI::Range(32, 2030))
        ->option_text("OCTETS")
        ->group(group);
    command.add_option("--window", window_, "HDLC: window size to propose, 1 to 7")
        ->check(CLI::Range(1, 7))
        ->option_text("FRAMES")
        ->group(group);
    command
        .add_flag("--disconnect-first", given_.hdlc.disconnect_first,
                  "HDLC: DISC before SNRM, for meters that keep a broken session")
        ->group(group);
    command
        .add_option(
            "--baud", baud_rate_,
            "Serial: speed; with --mode-e the highest to agree on,\nand with --hdlc --mode-e the "
            "speed that the line behind the host has")
        ->check(CLI::Range(50, 4'000'000))
        ->option_text("RATE")
        ->group(group);
    command.add_option("--format", format_, "Serial: data bits, parity, stop bits; 8N1 if absent")
        ->option_text("8N1")
        ->group(group);
    command
        .add_option("--rts", given_.rts,
                    "Serial: request to send, on or off; as the system has it if absent")
        ->option_text("on|off")
        ->group(group);
    command.add_option("--dtr", given_.dtr, "Serial: the same for data terminal ready")
        ->option_text("on|off")
        ->group(group);
    command
        .add_flag("--echo", given_.hdlc.expect_echo,
                  "Serial: the line gives back what we send (two wires)")
        ->group(group);
    command
        .add_flag("--mode-e", mode_e_,
                  "Serial, or HDLC over TCP: open with IEC 62056-21 mode E (optical\nhead)")
        ->group(group);
    command
        .add_option("--device-address", device_address_,
                    "Serial: address in the mode E request, for several meters on a line")
        ->option_text("TEXT")
        ->group(group);
    command
        .add_option("--manufacturer", manufacturer_,
                    "With --mode-e: three letters of the maker that must answer; any if absent")
        ->check(CLI::Validator(
            [](const std::string& text) {
                return iec62056_21::is_manufacturer(text)
                           ? std::string()
                           : "expected the three letters of a maker, got " + text;
            },
            ""))
        ->option_text("XXX")
        ->group(group);
    command
        .add_option(
            "--gateway", gateway_,
            "Through a gateway: network id, and the device's address as\nhexadecimal octets")
        ->option_text("NETWORK:HEX")
        ->group(group);
}

std::expected<void, std::string> LinkOptions::set_place(const std::string& place,
                                                        client::MeterParameters& parameters) const {
    if (is_serial_port(place)) {
        if (udp_ || tls_) {
            return wrong("--udp and --tls need a host, and '" + place + "' is a serial port");
        }
        parameters.link.carrier = client::Carrier::serial;
        parameters.link.serial_port = place;
        return {};
    }
    const auto endpoint = parse_endpoint(place);
    if (!endpoint) {
        return std::unexpected(endpoint.error());
    }
    parameters.endpoint = *endpoint;
    parameters.link.carrier = udp_   ? client::Carrier::udp
                              : tls_ ? client::Carrier::tls
                                     : client::Carrier::tcp;
    parameters.link.tls = given_.tls;
    return {};
}

std::expected<void, std::string> LinkOptions::set_hdlc(const client::MeterProfile& profile,
                                                       client::MeterParameters& parameters) const {
    parameters.use_hdlc(profile);
    client::HdlcParameters& hdlc = parameters.link.hdlc;
    parameters.set_hdlc_address(physical_, address_octets_);
    hdlc.max_information = max_information_.value_or(hdlc.max_information);
    hdlc.window = window_.value_or(hdlc.window);
    hdlc.disconnect_first = hdlc.disconnect_first || given_.hdlc.disconnect_first;
    hdlc.expect_echo = given_.hdlc.expect_echo;
    if (!client::hdlc_address(parameters) || parameters.client_sap.value() > 0x7F) {
        return wrong(
            "these addresses do not fit HDLC: --client 0 to 127; a meter has one octet (--server 0 "
            "to 127, no --physical), two (0 to 127 each) or four (0 to 16383 each)");
    }
    return {};
}

std::expected<void, std::string> LinkOptions::set_line(const client::MeterProfile& profile,
                                                       client::MeterParameters& parameters) const {
    parameters.link.rts = given_.rts;
    parameters.link.dtr = given_.dtr;
    LineSettings& line = parameters.link.line_settings;
    line.baud_rate = baud_rate_.value_or(line.baud_rate);
    if (!format_.empty()) {
        const auto settings = parse_format(format_, line.baud_rate);
        if (!settings) {
            return wrong("--format '" + format_ +
                         "': expected data bits 7 or 8, parity N, O or E, stop bits 1 or 2, for "
                         "example 8N1");
        }
        line = *settings;
    }
    if (mode_e_) {
        set_mode_e(profile, parameters.link);
    }
    return {};
}

void LinkOptions::set_mode_e(const client::MeterProfile& profile,
                             client::LinkParameters& link) const {
    client::ModeEParameters& mode_e = link.mode_e.emplace();
    mode_e.device_address = device_address_;
    mode_e.manufacturer = manufacturer_;
    mode_e.starting_baud_rate = profile.hdlc.starting_baud_rate;
    if (link.carrier == client::Carrier::serial) {
        mode_e.max_baud_rate = baud_rate_.value_or(mode_e.max_baud_rate);
        return;
    }
    mode_e.fixed_speed = true;
    mode_e.starting_baud_rate = baud_rate_.value_or(mode_e.starting_baud_rate);
    mode_e.software_parity = format_ != "8N1";
}

std::expected<void, std::string> LinkOptions::set_gateway(
    client::MeterParameters& parameters) const {
    if (gateway_.empty()) {
        return {};
    }
    const std::size_t colon = gateway_.find(':');
    std::uint8_t network = 0;
    const char* end = gateway_.data() + std::min(colon, gateway_.size());
    const auto parsed = std::from_chars(gateway_.data(), end, network);
    const auto device = colon == std::string::npos
                            ? Result<ByteBuffer>(ByteBuffer())
                            : from_hex(std::string_view(gateway_).substr(colon + 1));
    if (parsed.ec != std::errc() || parsed.ptr != end || !device || device->empty() ||
        device->size() > 127) {
        return wrong("--gateway '" + gateway_ +
                     "': expected the network id, 0 to 255, a colon, and the device's address as "
                     "hexadecimal octets, for example 1:0A");
    }
    parameters.link.gateway = client::GatewayAddress{network, *device};
    return {};
}

std::expected<void, std::string> LinkOptions::apply(const std::string& place,
                                                    const client::MeterProfile& profile,
                                                    client::MeterParameters& parameters) const {
    if (auto set = set_place(place, parameters); !set) {
        return set;
    }
    const bool is_serial = parameters.link.carrier == client::Carrier::serial;
    const bool is_line_behind_host = mode_e_ && !is_serial;
    if (is_line_behind_host && !hdlc_) {
        return wrong("--mode-e opens a line for HDLC: with the host '" + place + "' add --hdlc");
    }
    if (is_line_behind_host && !format_.empty() && format_ != "7E1" && format_ != "8N1") {
        return wrong(
            "--format with --hdlc --mode-e is how the opening's characters are sent: 7E1, "
            "or 8N1 without parity");
    }
    if (hdlc_ || is_serial) {
        if (auto set = set_hdlc(profile, parameters); !set) {
            return set;
        }
    } else if (physical_ || address_octets_ || window_ || max_information_) {
        return wrong(
            "--physical, --address-size, --window and --max-info belong to HDLC: add --hdlc");
    }
    if (!is_serial && (given_.rts || given_.dtr)) {
        return wrong("--rts and --dtr belong to a serial port, and '" + place + "' is a host");
    }
    if (is_serial) {
        if (auto set = set_line(profile, parameters); !set) {
            return set;
        }
    } else if (is_line_behind_host) {
        set_mode_e(profile, parameters.link);
    } else if (baud_rate_ || !format_.empty()) {
        return wrong("--baud and --format belong to a serial port or to --mode-e, and '" + place +
                     "' is a host");
    }
    return set_gateway(parameters);
}

}  // namespace dlms::cli
