#pragma once
// The readout of a meter that speaks IEC 62056-21 modes A, B or C only: its data block as lines of
// OBIS codes and values.

#include <string>
#include <vector>

#include <asio/awaitable.hpp>

#include "client/failure.hpp"
#include "client/meter_parameters.hpp"
#include "transport/trace.hpp"

namespace dlms::client {

struct Readout {
    struct Line {
        std::string address;  ///< as the meter sends it, for example "1.8.0" or "1-0:1.8.0*255"
        std::string value;
        std::string unit;  ///< empty where there is none
    };

    std::string manufacturer;    ///< three letters
    std::string identification;  ///< the maker's text
    std::vector<Line> lines;     ///< a data set of several values has several lines
};

/// Reads the data block through the serial port of `parameters`, or the line behind its host, in
/// the mode that its `mode_e` opens with. Fails with unsupported where the meter sends none, and as
/// the port and the opening do.
asio::awaitable<Outcome<Readout>> read_out(const MeterParameters& parameters,
                                           transport::TraceSink trace, Instant deadline);

}  // namespace dlms::client
