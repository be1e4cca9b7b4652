#pragma once
// FleetControl: what may be asked of a running simulator and done to its meters (docs/simulator.md,
// "Control"): a request's method, path and body in, a status and JSON out. It knows no HTTP.
// Single-threaded: on the thread of the meters.

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "simulator/fleet_changes.hpp"

namespace dlms::simulator {

struct ControlAnswer {
    int status = 200;
    nlohmann::json body;
};

/// A request; the views hold as long as it is answered.
struct ControlRequest {
    std::string_view method;
    std::string_view path;   ///< for example "/meters/17/power"
    std::string_view query;  ///< behind the "?", for example "first=1&count=100"
    std::string_view body;
};

class FleetControl {
public:
    /// All must outlive the control.
    FleetControl(const Fleet& fleet, ListeningPlaces& places, FleetChanges& changes,
                 MeterMaker& maker)
        : fleet_(fleet), places_(places), changes_(changes), maker_(maker) {}

    ControlAnswer answer(const ControlRequest& request, Instant now);

private:
    ControlAnswer answer_fleet(const ControlRequest& request, Instant now);
    ControlAnswer list(std::string_view query) const;
    ControlAnswer statistics() const;
    ControlAnswer add(std::string_view body, Instant now);
    /// What was done to each meter of a range, of a share of it.
    using Deed = std::function<ControlAnswer(std::size_t number)>;
    ControlAnswer to_each(std::pair<std::size_t, std::size_t> numbers, std::string_view query,
                          const char* done, const Deed& deed) const;

    const Fleet& fleet_;
    ListeningPlaces& places_;
    FleetChanges& changes_;
    MeterMaker& maker_;
};

}  // namespace dlms::simulator
