#pragma once
// Options of the program dlms-simulator.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "simulator/dial_in_connection.hpp"
#include "simulator/line_faults.hpp"
#include "simulator/meter_group.hpp"
#include "simulator/misbehaviour.hpp"
#include "stack/base/line_settings.hpp"
#include "transport/allowed_addresses.hpp"

namespace dlms::simulator {

struct Options {
    // The meters
    std::vector<std::string> scenarios{"hexcell"};
    std::uint32_t copies = 1;  ///< of each scenario, on each line
    std::uint32_t fleet = 1;   ///< lines, each on a port of its own
    std::uint64_t seed = 1;
    std::optional<std::uint32_t> answer_delay;  ///< milliseconds
    bool gateway = false;
    /// What the meters do wrongly; empty: as their scenarios say.
    std::vector<Misdeed> misbehaviour;
    double misbehaving = 100;  ///< percent of the meters

    // The places
    std::vector<std::string> bind{"127.0.0.1"};
    std::optional<std::uint16_t> port;
    std::optional<std::uint16_t> hdlc_port;
    std::optional<std::uint16_t> udp_port;
    std::string pty;
    std::string serial;
    std::optional<std::size_t> max_connections;
    std::string control;  ///< [ADDRESS:]PORT
    std::string dial;     ///< HOST:PORT of the head end
    DialInForm dial_as = DialInForm::hexcell;
    std::uint32_t heartbeat = 120;  ///< seconds
    transport::AllowedAddresses push_to;

    // The lines
    std::optional<std::uint32_t> baud_rate;
    std::uint32_t data_bits = 8;
    std::uint32_t stop_bits = 1;
    std::optional<Parity> parity;
    bool mode_e = false;
    std::optional<std::uint32_t> pace;
    FaultRates faults;

    std::string log_level = "info";

    /// The wrapper's TCP port is opened where it is named, or no other place is.
    bool opens_wrapper() const {
        return port || !(hdlc_port || udp_port || !pty.empty() || !serial.empty() || !dial.empty());
    }
    /// HDLC lines are a port's, a pseudo-terminal's or a serial port's.
    MeterGroup::Reach reach() const {
        return hdlc_port || !pty.empty() || !serial.empty() ? MeterGroup::Reach::hdlc_too
                                                            : MeterGroup::Reach::wrapper_alone;
    }
};

/// Makes the command line's parser fill `options`, which must outlive it.
void declare(CLI::App& app, Options& options);

}  // namespace dlms::simulator
