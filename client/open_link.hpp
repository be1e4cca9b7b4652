#pragma once
// From a meter's parameters to the channel and the session that they ask for.

#include <memory>

#include <asio/awaitable.hpp>

#include "client/meter_parameters.hpp"
#include "client/meter_session.hpp"
#include "stack/hdlc/address.hpp"
#include "stack/iec62056_21/mode_e_client.hpp"
#include "transport/channel.hpp"
#include "transport/trace.hpp"

namespace dlms::client {

/// Opens the channel: connects, or opens the serial port; not for Carrier::dial_in. Errors: those
/// of transport/connector.hpp, tls_connector.hpp and serial_channel.hpp.
asio::awaitable<Result<std::unique_ptr<transport::Channel>>> open_channel(
    const MeterParameters& parameters, Instant deadline, transport::AddressFilter filter);

/// How the line is opened before HDLC, or for a data readout.
iec62056_21::ModeEClientConfiguration opening_configuration(const ModeEParameters& mode_e);

/// What names the line that others may use too, for example "serial /dev/ttyUSB0"; empty for a
/// channel that is the meter's own (the wrapper, a connection that it has made).
std::string line_name(const MeterParameters& parameters);

/// What the octets on the meter's line are, for a trace.
transport::Framing framing_of(const LinkParameters& link);

/// The association over its link, secured by `security`. Errors: out_of_range for addresses that
/// HDLC cannot carry.
Result<std::unique_ptr<MeterSession>> make_session(const MeterParameters& parameters,
                                                   association::SecurityTerms security,
                                                   MeterSession::Sinks sinks);

/// The meter's address on an HDLC line. Errors: out_of_range for parts that do not fit the form
/// asked for, or any.
Result<hdlc::Address> hdlc_address(const MeterParameters& parameters);

}  // namespace dlms::client
