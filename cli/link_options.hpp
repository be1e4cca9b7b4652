#pragma once
// The options of a command that say how a meter is reached: TCP, TLS, UDP, HDLC, a serial port.

#include <expected>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "client/meter_parameters.hpp"

namespace dlms::cli {

class LinkOptions {
public:
    /// Adds the options to a command; must outlive its parsing.
    void add_to(CLI::App& command);

    /// Sets where the meter is and the link to it; the error is a sentence. `place` is HOST[:PORT]
    /// or the path of a serial port.
    std::expected<void, std::string> apply(const std::string& place,
                                           const client::MeterProfile& profile,
                                           client::MeterParameters& parameters) const;

private:
    std::expected<void, std::string> set_place(const std::string& place,
                                               client::MeterParameters& parameters) const;
    std::expected<void, std::string> set_hdlc(const client::MeterProfile& profile,
                                              client::MeterParameters& parameters) const;
    std::expected<void, std::string> set_line(const client::MeterProfile& profile,
                                              client::MeterParameters& parameters) const;
    void set_mode_e(const client::MeterProfile& profile, client::LinkParameters& link) const;
    std::expected<void, std::string> set_gateway(client::MeterParameters& parameters) const;

    bool hdlc_ = false;
    bool udp_ = false;
    bool tls_ = false;
    client::LinkParameters given_;  // TLS files and names, flags
    std::optional<std::uint16_t> physical_;
    std::optional<std::uint8_t> address_octets_;
    std::optional<std::uint16_t> max_information_;
    std::optional<std::uint8_t> window_;
    std::optional<std::uint32_t> baud_rate_;
    std::string format_;
    bool mode_e_ = false;
    std::string device_address_;
    std::string manufacturer_;
    std::string gateway_;
};

/// `HOST`, `HOST:PORT`, `[IPv6]:PORT` or an IPv6 address alone; the error is a sentence.
std::expected<transport::TcpEndpoint, std::string> parse_endpoint(std::string_view text);

/// Whether the text names a serial port and no host.
bool is_serial_port(std::string_view place);

/// Data bits, parity and stop bits as in `8N1`; nothing for another text.
std::optional<LineSettings> parse_format(std::string_view text, std::uint32_t baud_rate);

}  // namespace dlms::cli
