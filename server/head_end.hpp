#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include "client/register_reader.hpp"
#include "render/json_clock.hpp"
#include "render/value_json.hpp"
#include "server/audit_trail.hpp"
#include "server/call_failure.hpp"
#include "server/certificates_request.hpp"
#include "server/meter_pool.hpp"
#include "server/push_intake.hpp"
#include "server/requests.hpp"

namespace dlms::service {

// When a call came and from whom, and how long its caller waits if the caller says so.
struct CallLimits {
    Instant arrival;
    std::optional<std::chrono::milliseconds> request_timeout;
    AuditCaller caller{};
};

// How the values of one meter are shown and written.
struct MeterPresentation {
    render::ValueOptions shown;
    render::LocalFromUtc local_from_utc;
};

using OperationSink = std::function<void(std::string_view operation, std::string_view result,
                                         std::chrono::steady_clock::duration)>;

template <class T>
using Reply = std::move_only_function<void(CallOutcome<T>)>;

// A meter as the registry has it.
struct RegisteredMeter {
    ConnectRequest request;
    client::LearntLimits learnt;
};

// What a /connect says, and who says it.
struct ConnectCall {
    ConnectRequest request;
    std::optional<RegisteredMeter> registered;  // as the registry has this meter
    bool is_admin = false;                      // may send the meter's kept secrets anywhere
};

// The use cases: connect, read, write and disconnect meters by their numbers. Each call is answered
// once, by its deadline, through its reply. All on the I/O thread.
class HeadEnd {
public:
    struct Settings {
        MeterSurroundings surroundings;
        render::EnergyUnit energy_unit = render::EnergyUnit::kilo;
        std::string time_zone = "UTC";
        // Asks the registry for a meter; `found` is called once, on the I/O thread. May be empty.
        using Found = std::move_only_function<void(std::optional<RegisteredMeter>)>;
        std::function<void(const std::string& meter_number, Found found)> look_up;
        // Told of every change of secrets that was tried, and of how it ended; may be empty.
        std::function<void(const KeysRequest&, const CallOutcome<void>&)> keys_changed;
        // The same for key pairs and certificates of meters.
        std::function<void(const CertificatesRequest&, const CallOutcome<void>&)>
            certificates_changed;
        // Told of every call for a meter as it ends: an operation ("read"), and "success" or an
        // errorCode. May be empty.
        OperationSink operation_done;
        // Where changes of meters are recorded; never null.
        std::shared_ptr<AuditTrail> audit;
    };

    HeadEnd(asio::any_io_executor executor, Settings settings);

    // Keeps the parameters whatever comes of it. With those of a live association it changes
    // nothing and is quick. But parameters that need kept secrets, and lead elsewhere than those
    // may go, are refused and not kept.
    void connect(ConnectCall call, const CallLimits& limits, Reply<client::AssociationInfo> reply);

    // Calls `then` with whether the meter is known, by a /connect or from the registry; at once, or
    // when the registry has been asked. The calls below need a known meter.
    void with_meter(const std::string& meter_number, std::move_only_function<void(bool)> then);
    // The registry has other parameters of the meter, or none any more.
    // `then` is called once they are in force.
    void reload(const std::string& meter_number, std::move_only_function<void()> then);
    void remove(const std::string& meter_number);

    // Any work for one meter, which ends within `most` unless the caller waits for another time.
    template <class T>
    using MeterWork = std::function<asio::awaitable<CallOutcome<T>>(MeterActor&, Instant deadline)>;
    template <class T>
    void work(const std::string& meter_number, Instant deadline, MeterWork<T> work,
              Reply<T> reply) {
        pool_.find(meter_number)
            ->submit(call_of<T>(accepted(deadline), std::move(reply), std::move(work)));
    }
    // Of a call that is a few exchanges with the meter, and of one that may be long.
    [[nodiscard]] Instant short_deadline(const std::string& meter_number,
                                         const CallLimits& limits) const;
    [[nodiscard]] static Instant long_deadline(const CallLimits& limits,
                                               std::chrono::milliseconds most);

    // Where work that changes a meter is recorded; never null.
    [[nodiscard]] const std::shared_ptr<AuditTrail>& audit() const { return audit_; }

    void read(ReadRequest request, const CallLimits& limits, Reply<client::Reading> reply);

    // Every item has its own outcome, in the order asked; the whole fails only with meter-busy or
    // throttled. Here and in read() a value beyond the limits below fails with unsupported: as JSON
    // it takes a hundred times the memory.
    static constexpr std::size_t most_octets_of_reading = 1024 * 1024;   // in A-XDR
    static constexpr std::size_t most_octets_of_call = 4 * 1024 * 1024;  // of all readings together
    using Readings = std::vector<CallOutcome<client::Reading>>;
    void read_multiple(ReadMultipleRequest request, const CallLimits& limits,
                       Reply<Readings> reply);

    // Never sent twice. After outcome-unknown the attribute is read back if time allows, and the
    // sentence says what it shows.
    void write(WriteRequest request, const CallLimits& limits, Reply<void> reply);

    // Changes the meter's secrets, which takes several associations, or keeps what the caller knows
    // of them. `keep` is for any meter; the others need a known one.
    void change_keys(KeysRequest request, const CallLimits& limits, Reply<KeysReport> reply);
    [[nodiscard]] CallOutcome<KeysReport> keys(const std::string& meter_number) const;

    // Key pairs and certificates in the meter's security setup. For a known meter.
    void certificates(CertificatesRequest request, const CallLimits& limits,
                      Reply<CertificatesReport> reply);

    // Forgets the parameters and releases the association once the calls before it are done; a
    // meter that is not known is no mistake. At the deadline `done` is told that the release is
    // still to come.
    enum class Disconnected : std::uint8_t { released, release_pending };
    void disconnect(const std::string& meter_number, const CallLimits& limits,
                    std::function<void(Disconnected)> done);

    [[nodiscard]] MeterPresentation presentation(const std::string& meter_number) const;
    // The name of the profile of the meter's brand.
    [[nodiscard]] std::string_view brand(const std::string& meter_number) const;
    [[nodiscard]] std::vector<std::shared_ptr<const MeterActor>> meters() const {
        return pool_.meters();
    }
    [[nodiscard]] std::size_t connected() const { return pool_.connected(); }

    // The latest deadline of all calls so far: what is in work is answered by then.
    [[nodiscard]] Instant latest_deadline() const { return latest_deadline_; }

    // How a known meter is reached; nothing for one that nobody has named. At once for one that was
    // used, else when the registry has been asked.
    void find_connection_type(const std::string& meter_number,
                              std::function<void(std::optional<ConnectionType>)> found) const;
    // What opens a known meter's pushes and shows their values; `found` gets nothing for one that
    // nobody has named, or whose secrets cannot be read.
    void find_push_meter(const std::string& meter_number,
                         std::move_only_function<void(std::optional<PushMeter>)> found) const;
    // Releases a meter's association, which the next call makes anew.
    void release(const std::string& meter_number);

    // For the end of the program.
    void release_all(std::function<void()> done) { pool_.release_all(std::move(done)); }
    // For an io_context that runs no more; see MeterPool.
    void abandon() { pool_.abandon(); }

private:
    // A call for a meter: `work` answers through the reply, else the actor does.
    template <class T, class Work>
    static MeterActor::Call call_of(Instant deadline, Reply<T> reply, Work work) {
        auto shared = std::make_shared<Reply<T>>(std::move(reply));
        return {
            deadline,
            [shared, deadline, work = std::move(work)](MeterActor& actor) -> asio::awaitable<void> {
                CallOutcome<T> outcome = co_await work(actor, deadline);
                (*shared)(std::move(outcome));
            },
            [shared](CallFailure failure) { (*shared)(std::unexpected(std::move(failure))); }};
    }
    std::optional<PushMeter> push_meter(const ConnectRequest& request, bool may_use_kept) const;
    // A meter that calls may have called before it was known, or is known no more.
    void look_for_calls(const std::string& meter_number);
    bool take_registered(const std::string& meter_number, std::optional<RegisteredMeter> found);
    MeterPresentation presentation_of(const ConnectRequest& request) const;
    void keep_keys(KeysRequest request, const CallLimits& limits, Reply<KeysReport> reply);
    Instant accepted(Instant deadline);
    // The reply, with `operation_done` told before it.
    template <class T>
    Reply<T> watched(std::string_view operation, const CallLimits& limits, Reply<T> reply) const;

    asio::any_io_executor executor_;
    Instant latest_deadline_ = Instant::min();
    render::EnergyUnit energy_unit_;
    std::string time_zone_;
    std::shared_ptr<client::KeyRecords> keys_;
    std::function<void(const KeysRequest&, const CallOutcome<void>&)> keys_changed_;
    std::function<void(const CertificatesRequest&, const CallOutcome<void>&)> certificates_changed_;
    OperationSink operation_done_;
    std::shared_ptr<client::dial_in::CallRegister> calls_;
    MeterDefaults defaults_;
    std::shared_ptr<AuditTrail> audit_;
    decltype(Settings::look_up) look_up_;
    MeterPool pool_;
};

}  // namespace dlms::service
