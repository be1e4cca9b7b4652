#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include "client/register_reader.hpp"
#include "render/json_clock.hpp"
#include "render/value_json.hpp"
#include "server/call_failure.hpp"
#include "server/meter_pool.hpp"
#include "server/requests.hpp"

namespace dlms::service {

// When a call came, and how long its caller waits if the caller says so.
struct CallLimits {
    Instant arrival;
    std::optional<std::chrono::milliseconds> request_timeout;
};

// How the values of one meter are shown and written.
struct MeterPresentation {
    render::ValueOptions shown;
    render::LocalFromUtc local_from_utc;
};

template <class T>
using Reply = std::move_only_function<void(CallOutcome<T>)>;

// The use cases: connect, read, write and disconnect meters by their numbers. Each call is answered
// once, by its deadline, through its reply. All on the I/O thread.
class HeadEnd {
public:
    struct Settings {
        MeterSurroundings surroundings;
        render::EnergyUnit energy_unit = render::EnergyUnit::kilo;
        std::string time_zone = "UTC";
    };

    HeadEnd(asio::any_io_executor executor, Settings settings);

    // Keeps the parameters whatever comes of it. With those of a live association it changes
    // nothing and is quick.
    void connect(ConnectRequest request, const CallLimits& limits,
                 Reply<client::AssociationInfo> reply);

    // The calls below need a known meter.
    [[nodiscard]] bool knows(const std::string& meter_number) const;
    void read(ReadRequest request, const CallLimits& limits, Reply<client::Reading> reply);

    // Every item has its own outcome, in the order asked; the whole fails only with meter-busy or
    // throttled.
    using Readings = std::vector<CallOutcome<client::Reading>>;
    void read_multiple(ReadMultipleRequest request, const CallLimits& limits,
                       Reply<Readings> reply);

    // Never sent twice. After outcome-unknown the attribute is read back if time allows, and the
    // sentence says what it shows.
    void write(WriteRequest request, const CallLimits& limits, Reply<void> reply);

    // Releases the association and forgets the parameters; a meter that is not known is no mistake.
    void disconnect(const std::string& meter_number, std::function<void()> done);

    [[nodiscard]] MeterPresentation presentation(const std::string& meter_number) const;
    [[nodiscard]] std::vector<std::shared_ptr<const MeterActor>> meters() const {
        return pool_.meters();
    }
    [[nodiscard]] std::size_t connected() const { return pool_.connected(); }

    // For the end of the program.
    void release_all(std::function<void()> done) { pool_.release_all(std::move(done)); }

private:
    MeterPresentation presentation_of(const ConnectRequest& request) const;

    render::EnergyUnit energy_unit_;
    std::string time_zone_;
    MeterPool pool_;
};

}  // namespace dlms::service
