#pragma once
// FleetControl: what may be asked of a running simulator and done to its meters (docs/simulator.md,
// "Control"): a request's method, path and body in, a status and JSON out. It knows no HTTP.
// Single-threaded: on the thread of the meters.

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "simulator/listening_places.hpp"

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
    /// Both must outlive the control.
    FleetControl(const Fleet& fleet, ListeningPlaces& places) : fleet_(fleet), places_(places) {}

    ControlAnswer answer(const ControlRequest& request, Instant now);

private:
    ControlAnswer answer_fleet(const ControlRequest& request, Instant now);
    ControlAnswer list(std::string_view query) const;
    ControlAnswer statistics() const;
    std::size_t size() const;

    const Fleet& fleet_;
    ListeningPlaces& places_;
};

}  // namespace dlms::simulator
