#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>

#include "client/load_profile.hpp"
#include "client/register_reader.hpp"
#include "client/shared_line_client.hpp"
#include "server/call_failure.hpp"
#include "server/keys_request.hpp"
#include "server/meter_setup.hpp"
#include "stack/axdr/data.hpp"
#include "stack/base/time.hpp"

namespace dlms::service {

// What meters of one service share.
struct MeterSurroundings {
    MeterDefaults defaults;
    transport::AddressFilter address_filter;
    // Lines of the byte trace, secrets left out; empty: no trace.
    std::function<void(const std::string& meter_number, transport::Direction,
                       const std::string& hex)>
        trace;
    // Of invocation counters, for all meters of the service.
    std::shared_ptr<client::DurableCounters> counters = std::make_shared<client::ProcessCounters>();
    // Secrets of meters, for all of them; never null.
    std::shared_ptr<client::KeyRecords> keys;
    // Told when a meter's own counter made ours skip numbers.
    std::function<void(const std::string& meter_number, std::uint32_t next)> counter_raised;
    // Told when it would have made ours skip nearly all numbers of a key, and we skip none.
    std::function<void(const std::string& meter_number, std::uint32_t next)> counter_doubted;
    // Told when a connection was closed since its meter sent without end what nobody asked for.
    std::function<void(const std::string& meter_number)> flooded;
    // Gets added what the lines of all meters have brought; never null.
    std::shared_ptr<client::LineTally> tally = std::make_shared<client::LineTally>();
    // Told what has been learnt of a meter, whenever that has changed.
    std::function<void(const std::string& meter_number, const client::LearntLimits& limits)> learnt;
    // Told when a key of a meter has few invocation counters left for us.
    std::function<void(const std::string& meter_number, std::uint32_t left)> counter_low;
    // The lines that meters share; one for all meters of the service.
    std::shared_ptr<client::Lines> lines = std::make_shared<client::Lines>();
    // The connections of meters that call; null: nobody listens for them.
    std::shared_ptr<client::dial_in::CallRegister> calls;
    // An association that nobody has used for so long is released: a meter has few of them.
    std::chrono::seconds release_after{300};
    // Calls that may wait for one meter; releases do not count.
    std::size_t queue = 64;
};

// One meter and all work for it, one call at a time, in the order of arrival. A call whose deadline
// passes while it waits is given up with meter-busy; one too many is given up with throttled. Lives
// on the I/O thread, held by a shared_ptr.
class MeterActor : public std::enable_shared_from_this<MeterActor> {
public:
    // Work for the meter. Exactly one of the two is called; `give_up` at once or at the deadline.
    struct Call {
        Instant deadline;
        std::function<asio::awaitable<void>(MeterActor&)> work;
        std::function<void(CallFailure)> give_up;
    };

    // Work that reads one attribute and nothing else. Such calls that wait one behind the other are
    // read together where the meter takes lists; each has an outcome of its own.
    struct ReadCall {
        Instant deadline;
        cosem::AttributeDescriptor attribute;
        std::function<void(CallOutcome<client::Reading>)> done;  // called once
    };

    // Called whenever nothing is in work or waits any more.
    using WhenIdle = std::function<void(MeterActor&)>;

    MeterActor(asio::any_io_executor executor, std::string meter_number,
               std::shared_ptr<const MeterSurroundings> surroundings, WhenIdle when_idle = {});
    ~MeterActor();
    MeterActor(const MeterActor&) = delete;
    MeterActor& operator=(const MeterActor&) = delete;

    // The parameters for calls from now on. An association made with others is released before the
    // next call. `may_use_kept`: the records' secrets of the meter may go where they lead.
    void configure(ConnectRequest request, bool may_use_kept);

    // Whether parameters may use the kept secrets: they lead where the meter is registered (null:
    // nowhere), where those are used already, or where they were changed. A failure where they may
    // not, and have no association without them.
    [[nodiscard]] CallOutcome<bool> may_use_kept(const ConnectRequest& request,
                                                 const ConnectRequest* registered) const;

    // Whether the present parameters may.
    [[nodiscard]] bool may_use_kept() const { return may_use_kept_; }

    // Where the records of secrets have the password of the present client.
    [[nodiscard]] std::string password_name() const;

    // The records have other secrets of the meter: the next call goes by them.
    void take_new_secrets() { is_client_current_ = false; }

    // Forgets the parameters: calls that come from now on find no meter.
    void forget() { is_known_ = false; }

    // What is known of the meter's limits before it is first connected to.
    void know(client::LearntLimits limits) { *learnt_ = known_limits_ = std::move(limits); }

    void submit(Call call);
    void submit(ReadCall call);

    // Releases the association after all calls that have come so far. Never refused and never given
    // up: `released` is called when it is done, however long the calls before it take.
    void release_when_done(std::function<void()> released);

    // Drops the client and with it the call that waits for its meter, unanswered. Only once the
    // io_context runs no more: that call is part of a ring of ownership that nothing else opens.
    // Its coroutine goes with the io_context.
    void abandon();

    // For calls in work: the client of the present parameters, or why they have none. An
    // association made with others is released first, in half of the time that is left at most.
    asio::awaitable<CallOutcome<client::MeterClient*>> prepare(Instant deadline);
    client::RegisterReader& registers() { return *registers_; }
    client::ProfileReader& profiles() { return *profiles_; }
    // The association's object list as it was read last with the present parameters; empty: not
    // yet.
    std::optional<axdr::Data>& object_list() { return object_list_; }

    // For calls in work: new secrets for the meter, as client/key_life.hpp says. The association
    // is released for it, and the next call makes one with what the meter has then.
    asio::awaitable<CallOutcome<void>> change_secrets(const KeysRequest& request, Instant deadline);

    [[nodiscard]] const std::string& meter_number() const { return meter_number_; }
    [[nodiscard]] const ConnectRequest& request() const { return request_; }
    [[nodiscard]] std::chrono::milliseconds timeout() const {
        return exchange_timeout(request_, surroundings_->defaults);
    }
    [[nodiscard]] bool is_known() const { return is_known_; }
    [[nodiscard]] bool is_connected() const { return client_ && client_->is_connected(); }
    // True while an association lives that was made with the present parameters.
    [[nodiscard]] bool is_current() const { return is_connected() && is_client_current_; }
    [[nodiscard]] std::optional<client::AssociationInfo> association() const;
    [[nodiscard]] bool is_busy() const { return is_running_; }
    [[nodiscard]] std::chrono::system_clock::time_point last_activity() const {
        return last_activity_;
    }

private:
    // What waits: a call, or a release with all who wait for it.
    struct Release {
        std::vector<std::function<void()>> released;
    };
    using Entry = std::variant<Call, ReadCall, Release>;

    // Of a call; a release has none.
    static std::optional<Instant> deadline_of(const Entry& entry);
    void enqueue(Entry entry);
    asio::awaitable<void> run();
    asio::awaitable<void> serve(Entry entry);
    asio::awaitable<void> read_together(ReadCall first);
    // Takes the calls behind `first` that can be read with it.
    std::vector<ReadCall> company_of(ReadCall first);
    bool takes_lists() const;
    // What waits may not be too much; the call is refused then.
    bool has_room() const { return waiting_calls_ < surroundings_->queue; }
    void note_learnt();
    void watch_queue();
    void give_up_overdue();
    void watch_idle();
    void use_client(client::MeterParameters parameters);
    client::ClientEnvironment environment(const client::MeterParameters& parameters) const;
    // The parameters of the request, completed by what is known of the meter's secrets.
    CallOutcome<client::MeterParameters> complete_parameters() const;
    // The meter's secrets were changed where the parameters lead.
    Status keep_place() const;
    client::KeyLife key_life(std::string records_name);
    // After a change of secrets that was cut off: which of them does the meter have? `places` is of
    // another change that waits for it, or null.
    asio::awaitable<CallOutcome<void>> settle_secrets(const KeysRequest* places, Instant deadline);
    asio::awaitable<void> release_client(Instant deadline);

    asio::any_io_executor executor_;
    std::string meter_number_;
    std::shared_ptr<const MeterSurroundings> surroundings_;
    ConnectRequest request_;
    bool may_use_kept_ = false;
    bool is_known_ = false;
    bool is_client_current_ = false;
    bool is_running_ = false;
    std::chrono::system_clock::time_point last_activity_;
    WhenIdle when_idle_;
    std::deque<Entry> queue_;
    std::size_t waiting_calls_ = 0;  // entries of the queue that are calls
    asio::steady_timer queue_timer_;
    asio::steady_timer idle_timer_;
    std::unique_ptr<client::MeterClient> client_;
    client::MeterParameters client_parameters_;  // of client_
    std::unique_ptr<client::RegisterReader> registers_;
    std::unique_ptr<client::ProfileReader> profiles_;
    std::optional<axdr::Data> object_list_;
    std::shared_ptr<client::LearntLimits> learnt_;
    client::LearntLimits known_limits_;  // as they were last told
};

}  // namespace dlms::service
