#include "server/meter_actor.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <asio/co_spawn.hpp>

#include "client/meter_profile.hpp"
#include "client/open_link.hpp"
#include "server/meter_secrets.hpp"

namespace dlms::service {

namespace {

Instant now() {
    return std::chrono::steady_clock::now();
}

// How long the release of an association may take, whatever the meter does.
constexpr std::chrono::seconds release_within{10};

// The parameters with the master key that the request names.
CallOutcome<client::MeterParameters> with_master_key(client::MeterParameters parameters,
                                                     const KeysRequest& request) {
    if (!request.master_key) {
        return parameters;
    }
    client::MeterSecurity& security = parameters.security;
    auto master = security::MasterKey::from(request.master_key->reveal());
    if (!master || !master->fits(security.suite)) {
        return std::unexpected(call_failure(error_row("deciphering-failed"),
                                            "master_key does not have the " +
                                                std::to_string(security::key_size(security.suite)) +
                                                " octets of the security suite",
                                            Blame::misuse));
    }
    security.keys.master = std::move(*master);
    return parameters;
}

CallFailure too_many_calls() {
    return call_failure(error_row("throttled"), "too many calls wait for this meter",
                        Blame::misuse);
}

CallFailure overdue_call() {
    return call_failure(error_row("meter-busy"),
                        "the meter was busy with earlier calls until the time-out",
                        Blame::transport);
}

// A value that is long enough to fill answers of its own.
bool goes_alone(const cosem::AttributeDescriptor& attribute) {
    return attribute.class_id == 7 && attribute.attribute_id == 2;
}

// With the status 403: a callers' mistake would get 400.
CallFailure elsewhere_failure() {
    return call_failure(
        error_row("not-allowed-target"),
        "the kept secrets of this meter are used only where it is registered, or where a caller "
        "with scope admin has connected to it with the same address and protection: say its "
        "present secrets, or let such a caller register or connect it",
        Blame::transport);
}

CallFailure secret_failure(const client::SecretFailure& failed) {
    CallFailure failure = call_failure(failed.failure);
    std::string sentence = std::string("while ") + failed.step + ": " + failure.sentence;
    switch (failed.in_force) {
        case client::InForce::former:
            sentence += "; the meter still has the secrets of before";
            break;
        case client::InForce::fresh:
            sentence += "; the meter has the new secrets, which could not be recorded as such";
            break;
        case client::InForce::unknown:
            sentence +=
                "; it is not known which secrets the meter has: the next call tries both, and none "
                "is forgotten";
            break;
        case client::InForce::lost:
            sentence +=
                "; the meter has the secrets of before, or keys that nobody else knows: then it "
                "needs another client, or the maker, to get new ones";
            break;
    }
    failure.sentence = std::move(sentence);
    return failure;
}

}  // namespace

MeterActor::MeterActor(asio::any_io_executor executor, std::string meter_number,
                       std::shared_ptr<const MeterSurroundings> surroundings, WhenIdle when_idle)
    : executor_(executor),
      meter_number_(std::move(meter_number)),
      surroundings_(std::move(surroundings)),
      last_activity_(std::chrono::system_clock::now()),
      when_idle_(std::move(when_idle)),
      queue_timer_(executor),
      idle_timer_(executor),
      learnt_(std::make_shared<client::LearntLimits>()) {}

MeterActor::~MeterActor() = default;

void MeterActor::configure(ConnectRequest request, bool may_use_kept) {
    if (!request.matches(request_) || may_use_kept != may_use_kept_) {
        is_client_current_ = false;
    }
    request_ = std::move(request);
    may_use_kept_ = may_use_kept;
    is_known_ = true;
}

CallOutcome<bool> MeterActor::may_use_kept(const ConnectRequest& request,
                                           const ConnectRequest* registered) const {
    const MeterDefaults& defaults = surroundings_->defaults;
    const ClientSap client = client_of(request, defaults);
    const std::string place = place_of(request, client);
    const auto leads_to = [&](const ConnectRequest& other) {
        return place == place_of(other, client_of(other, defaults));
    };
    if ((registered != nullptr && leads_to(*registered)) ||
        (is_known_ && may_use_kept_ && leads_to(request_))) {
        return true;
    }
    const auto is_kept = is_kept_place(request, client, *surroundings_->keys);
    const auto lacks = lacks_kept_secrets(request, client, *surroundings_->keys);
    if (!is_kept || !lacks) {
        const Error& error = !is_kept ? is_kept.error() : lacks.error();
        return std::unexpected(records_failure(error));
    }
    if (!*is_kept && *lacks) {
        return std::unexpected(elsewhere_failure());
    }
    return *is_kept;
}

void MeterActor::submit(Call call) {
    if (!has_room()) {
        call.give_up(too_many_calls());
        return;
    }
    ++waiting_calls_;
    enqueue(std::move(call));
}

void MeterActor::submit(ReadCall call) {
    if (!has_room()) {
        call.done(std::unexpected(too_many_calls()));
        return;
    }
    ++waiting_calls_;
    enqueue(std::move(call));
}

void MeterActor::release_when_done(std::function<void()> released) {
    // Releases in a row are one, so that the calls between them bound their number.
    if (!queue_.empty()) {
        if (auto* last = std::get_if<Release>(&queue_.back())) {
            last->released.push_back(std::move(released));
            return;
        }
    }
    Release release;
    release.released.push_back(std::move(released));
    enqueue(std::move(release));
}

void MeterActor::abandon() {
    profiles_.reset();
    registers_.reset();
    client_.reset();
    queue_.clear();
    waiting_calls_ = 0;
}

void MeterActor::enqueue(Entry entry) {
    last_activity_ = std::chrono::system_clock::now();
    queue_.push_back(std::move(entry));
    if (!std::exchange(is_running_, true)) {
        idle_timer_.cancel();
        // An exception is lack of memory; run() itself lets none of a call's out.
        asio::co_spawn(executor_, run(), [self = shared_from_this()](const std::exception_ptr&) {});
    } else {
        watch_queue();
    }
}

asio::awaitable<void> MeterActor::run() {
    while (!queue_.empty()) {
        Entry entry = std::move(queue_.front());
        queue_.pop_front();
        waiting_calls_ -= std::holds_alternative<Release>(entry) ? 0U : 1U;
        watch_queue();
        try {
            co_await serve(std::move(entry));
        } catch (const std::exception&) {
            // Lack of memory: the call's answer goes with it, as 500.
        }
        last_activity_ = std::chrono::system_clock::now();
        note_learnt();
        give_up_overdue();
    }
    is_running_ = false;
    watch_idle();
    if (when_idle_) {
        when_idle_(*this);
    }
}

asio::awaitable<void> MeterActor::serve(Entry entry) {
    if (auto* call = std::get_if<Call>(&entry)) {
        co_await call->work(*this);
        co_return;
    }
    if (auto* reading = std::get_if<ReadCall>(&entry)) {
        co_await read_together(std::move(*reading));
        co_return;
    }
    if (client_) {
        co_await client_->release(now() + release_within);
    }
    for (const auto& released : std::get<Release>(entry).released) {
        released();
    }
}

bool MeterActor::takes_lists() const {
    const auto present = association();
    return is_current() && learnt_->largest_list > 1 && present &&
           present->conformance.has(xdlms::ConformanceBit::multiple_references);
}

std::vector<MeterActor::ReadCall> MeterActor::company_of(ReadCall first) {
    constexpr std::size_t most = 16;  // the answers of so many are in memory at once
    std::vector<ReadCall> calls;
    const bool alone = goes_alone(first.attribute) || !takes_lists();
    calls.push_back(std::move(first));
    while (!alone && calls.size() < most && !queue_.empty()) {
        auto* next = std::get_if<ReadCall>(&queue_.front());
        if (next == nullptr || goes_alone(next->attribute)) {
            break;
        }
        calls.push_back(std::move(*next));
        queue_.pop_front();
        --waiting_calls_;
    }
    watch_queue();
    return calls;
}

asio::awaitable<void> MeterActor::read_together(ReadCall first) {
    std::vector<ReadCall> calls = company_of(std::move(first));
    const auto fail_all = [&calls](const CallFailure& failure) {
        for (const ReadCall& call : calls) {
            call.done(std::unexpected(failure));
        }
    };
    // Nobody waits longer than he wants, so the whole ends with the first deadline.
    const Instant deadline = std::ranges::min(calls, {}, &ReadCall::deadline).deadline;
    auto prepared = co_await prepare(deadline);
    if (!prepared) {
        fail_all(prepared.error());
        co_return;
    }
    if (calls.size() == 1) {
        client::ReadRequest request;
        request.attribute = calls.front().attribute;
        auto reading = co_await registers_->read(std::move(request), deadline);
        calls.front().done(reading ? CallOutcome<client::Reading>(std::move(*reading))
                                   : std::unexpected(call_failure(reading.error())));
        co_return;
    }
    // Who asks for the same gets the same.
    std::vector<client::ReadRequest> asked;
    std::vector<std::size_t> places;
    for (const ReadCall& call : calls) {
        const auto found =
            std::ranges::find(asked, call.attribute, &client::ReadRequest::attribute);
        places.push_back(static_cast<std::size_t>(found - asked.begin()));
        if (found == asked.end()) {
            asked.push_back({call.attribute, std::nullopt, axdr::Data()});
        }
    }
    auto readings = co_await registers_->read_list(std::move(asked), deadline);
    if (!readings) {
        fail_all(call_failure(readings.error()));
        co_return;
    }
    for (std::size_t index = 0; index < calls.size(); ++index) {
        const client::Outcome<client::Reading>& reading = (*readings)[places[index]];
        calls[index].done(reading ? CallOutcome<client::Reading>(*reading)
                                  : std::unexpected(call_failure(reading.error())));
    }
}

void MeterActor::note_learnt() {
    if (*learnt_ != known_limits_) {
        known_limits_ = *learnt_;
        if (surroundings_->learnt) {
            surroundings_->learnt(meter_number_, known_limits_);
        }
    }
}

asio::awaitable<CallOutcome<client::MeterClient*>> MeterActor::prepare(Instant deadline) {
    if (client_ && is_client_current_) {
        co_return client_.get();
    }
    auto settled = co_await settle_secrets(nullptr, deadline);
    if (!settled) {
        co_return std::unexpected(std::move(settled.error()));
    }
    // As in submit(): the request may change while the old association is released.
    auto parameters = complete_parameters();
    if (!parameters) {
        co_return std::unexpected(std::move(parameters.error()));
    }
    is_client_current_ = true;
    const bool serves = client_ && client_parameters_.same_connection(*parameters);
    if (!serves) {
        co_await release_client(deadline);
        use_client(std::move(*parameters));
    }
    co_return client_.get();
}

asio::awaitable<void> MeterActor::release_client(Instant deadline) {
    if (client_) {
        // A meter that does not answer the release must leave time for what was asked.
        const Instant present = now();
        co_await client_->release(present + (deadline - present) / 2);
    }
}

CallOutcome<client::MeterParameters> MeterActor::complete_parameters() const {
    if (!may_use_kept_) {
        return meter_parameters(request_, surroundings_->defaults);
    }
    const auto complete = with_kept_secrets(request_, client_of(request_, surroundings_->defaults),
                                            *surroundings_->keys);
    if (!complete) {
        return std::unexpected(records_failure(complete.error()));
    }
    return meter_parameters(*complete, surroundings_->defaults);
}

Status MeterActor::keep_place() const {
    client::MeterSecrets place;
    place.set(client::SecretKind::password,
              as_bytes(place_of(request_, client_of(request_, surroundings_->defaults))));
    return surroundings_->keys->keep(place_records(meter_number_), place);
}

std::string MeterActor::password_name() const {
    return password_records(meter_number_, client_of(request_, surroundings_->defaults));
}

client::KeyLife MeterActor::key_life(std::string records_name) {
    return {*surroundings_->keys, std::move(records_name),
            [this](client::MeterParameters parameters) {
                client::ClientEnvironment lent = environment(parameters);
                return client::make_meter_client(std::move(parameters), std::move(lent));
            }};
}

asio::awaitable<CallOutcome<void>> MeterActor::settle_secrets(const KeysRequest* places,
                                                              Instant deadline) {
    if (!may_use_kept_) {
        // Secrets under way are nothing for others than the meter that they are for.
        co_return places ? CallOutcome<void>(std::unexpected(elsewhere_failure()))
                         : CallOutcome<void>();
    }
    for (const std::string& name : {meter_number_, password_name()}) {
        const auto staged = surroundings_->keys->staged(name);
        if (!staged) {
            co_return std::unexpected(records_failure(staged.error()));
        }
        if (staged->empty()) {
            continue;
        }
        auto parameters = complete_parameters();
        if (parameters && places) {
            parameters = with_master_key(*std::move(parameters), *places);
        }
        if (!parameters) {
            co_return std::unexpected(std::move(parameters.error()));
        }
        co_await release_client(deadline);
        client::KeyLife life = key_life(name);
        const auto settled =
            co_await life.settle(*parameters, places ? &places->change : nullptr, deadline);
        if (!settled) {
            co_return std::unexpected(secret_failure(settled.error()));
        }
    }
    co_return CallOutcome<void>();
}

asio::awaitable<CallOutcome<void>> MeterActor::change_secrets(const KeysRequest& request,
                                                              Instant deadline) {
    auto settled = co_await settle_secrets(&request, deadline);
    if (!settled) {
        co_return settled;
    }
    auto parameters = complete_parameters();
    if (parameters) {
        parameters = with_master_key(*std::move(parameters), request);
    }
    if (!parameters) {
        co_return std::unexpected(std::move(parameters.error()));
    }
    client::SecretChange change{request.change.fresh.clone(), request.change.security_setup,
                                request.change.association};
    if (request.operation == KeysOperation::rotate) {
        SystemRandom random;
        auto drawn = client::draw_keys(request.kinds, parameters->security.suite, random);
        if (!drawn) {
            co_return std::unexpected(call_failure(client::from_error(drawn.error())));
        }
        change.fresh = std::move(*drawn);
    }
    const bool agrees = request.operation == KeysOperation::agree;
    if (const std::string why = agrees ? client::agreement_obstacle(*parameters, request.kinds)
                                       : client::obstacle(*parameters, change);
        !why.empty()) {
        co_return std::unexpected(call_failure(error_row("unsupported"), why, Blame::misuse));
    }
    co_await release_client(deadline);
    is_client_current_ = false;
    const bool is_password = change.fresh.find(client::SecretKind::password) != nullptr;
    client::KeyLife life = key_life(is_password ? password_name() : meter_number_);
    client::KeyLife::SecretOutcome<void> changed;
    if (agrees) {
        changed = co_await life.agree(*parameters, request.kinds, change, deadline);
    } else {
        changed = co_await life.change(*parameters, change, deadline);
    }
    if (!changed) {
        co_return std::unexpected(secret_failure(changed.error()));
    }
    if (const Status kept = keep_place(); !kept) {
        co_return std::unexpected(records_failure(kept.error()));
    }
    co_return CallOutcome<void>();
}

client::ClientEnvironment MeterActor::environment(const client::MeterParameters& parameters) const {
    client::ClientEnvironment environment;
    environment.address_filter = surroundings_->address_filter;
    if (surroundings_->trace) {
        environment.trace =
            transport::traced_lines(client::framing_of(parameters.link),
                                    [surroundings = surroundings_, meter_number = meter_number_](
                                        transport::Direction direction, const std::string& line) {
                                        surroundings->trace(meter_number, direction, line);
                                    });
    }
    environment.lines = surroundings_->lines;
    environment.calls = surroundings_->calls;
    environment.calls = surroundings_->calls;
    environment.learnt = learnt_;
    environment.counters = surroundings_->counters;
    environment.tally = surroundings_->tally;
    if (surroundings_->counter_low) {
        environment.counter_low = [surroundings = surroundings_,
                                   meter_number = meter_number_](std::uint32_t left) {
            surroundings->counter_low(meter_number, left);
        };
    }
    if (surroundings_->counter_raised) {
        environment.counter_raised = [surroundings = surroundings_,
                                      meter_number = meter_number_](std::uint32_t next) {
            surroundings->counter_raised(meter_number, next);
        };
    }
    if (surroundings_->counter_doubted) {
        environment.counter_doubted = [surroundings = surroundings_,
                                       meter_number = meter_number_](std::uint32_t next) {
            surroundings->counter_doubted(meter_number, next);
        };
    }
    if (surroundings_->flooded) {
        environment.flooded = [surroundings = surroundings_, meter_number = meter_number_] {
            surroundings->flooded(meter_number);
        };
    }
    return environment;
}

void MeterActor::use_client(client::MeterParameters parameters) {
    client::ClientEnvironment lent = environment(parameters);
    profiles_.reset();
    registers_.reset();
    object_list_.reset();
    client_parameters_ = parameters.clone();
    client_ = client::make_meter_client(std::move(parameters), std::move(lent));
    registers_ = std::make_unique<client::RegisterReader>(*client_);
    profiles_ = std::make_unique<client::ProfileReader>(
        *client_, *registers_, client::profile_of_brand(request_.brand), *learnt_);
}

std::optional<client::AssociationInfo> MeterActor::association() const {
    return client_ ? client_->association() : std::nullopt;
}

std::optional<Instant> MeterActor::deadline_of(const Entry& entry) {
    if (const auto* call = std::get_if<Call>(&entry)) {
        return call->deadline;
    }
    const auto* reading = std::get_if<ReadCall>(&entry);
    return reading ? std::optional(reading->deadline) : std::nullopt;
}

// Wakes at the earliest deadline of what waits.
void MeterActor::watch_queue() {
    std::optional<Instant> earliest;
    for (const Entry& entry : queue_) {
        if (const auto deadline = deadline_of(entry)) {
            earliest = std::min(earliest.value_or(*deadline), *deadline);
        }
    }
    if (!earliest) {
        queue_timer_.cancel();
        return;
    }
    queue_timer_.expires_at(*earliest);
    queue_timer_.async_wait([weak = weak_from_this()](const asio::error_code& error) {
        const auto self = weak.lock();
        if (!error && self) {
            self->give_up_overdue();
            self->watch_queue();
        }
    });
}

void MeterActor::give_up_overdue() {
    const Instant present = now();
    std::deque<Entry> overdue;
    for (auto entry = queue_.begin(); entry != queue_.end();) {
        const auto deadline = deadline_of(*entry);
        if (deadline && *deadline <= present) {
            overdue.push_back(std::move(*entry));
            entry = queue_.erase(entry);
        } else {
            ++entry;
        }
    }
    waiting_calls_ -= overdue.size();
    for (Entry& entry : overdue) {
        if (auto* call = std::get_if<Call>(&entry)) {
            call->give_up(overdue_call());
        } else if (auto* reading = std::get_if<ReadCall>(&entry)) {
            reading->done(std::unexpected(overdue_call()));
        }
    }
}

void MeterActor::watch_idle() {
    if (!is_connected()) {
        return;
    }
    idle_timer_.expires_after(surroundings_->release_after);
    idle_timer_.async_wait([weak = weak_from_this()](const asio::error_code& error) {
        const auto self = weak.lock();
        if (!error && self && !self->is_running_ && self->is_connected()) {
            self->release_when_done([] {});
        }
    });
}

}  // namespace dlms::service
