#pragma once
// ServerLog: what the servers of a simulated meter tell; what is not set is not told.

#include <functional>
#include <string>

#include "simulator/meter_associations.hpp"
#include "transport/trace.hpp"

namespace dlms::simulator {

/// `peer` is address and port, or the path of a line.
struct ServerLog {
    std::function<void(const std::string& peer)> connected;
    /// Above the limit: closed at once, or not answered.
    std::function<void(const std::string& peer)> refused;
    std::function<void(const std::string& peer, const Error& reason)> disconnected;
    /// The first `most_events` of a connection: a peer can cause thousands in a second.
    std::function<void(const std::string& peer, const MeterEvent& event)> event;
    static constexpr std::size_t most_events = 1000;
    /// As a connection ends that had more events: how many were not told.
    std::function<void(const std::string& peer, std::size_t count)> untold;
    /// A push that did not arrive, or was not let go (not_allowed_target).
    std::function<void(const std::string& destination, const Error& reason)> push_failed;
    /// WPDUs in hexadecimal with passwords hidden, or HDLC frames without their information.
    std::function<void(const std::string& peer, transport::Direction, const std::string& text)>
        trace;
};

}  // namespace dlms::simulator
