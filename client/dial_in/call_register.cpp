#include "client/dial_in/call_register.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <asio/redirect_error.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include "transport/flood_budget.hpp"

namespace dlms::client::dial_in {
namespace {

using State = CallInfo::State;

constexpr std::chrono::milliseconds watch_every{500};
/// Frames of a modem that may come in a while; heartbeats come every two minutes.
constexpr unsigned most_frames = 200;
constexpr std::chrono::seconds frames_counted_for{10};
/// Whose call it is may have changed meanwhile.
constexpr std::chrono::seconds resolved_for{60};
constexpr std::chrono::minutes failure_remembered_for{10};
constexpr std::size_t most_failures_remembered = 10'000;
/// Of pushes that come before it is found out whose call it is; the meter sends others again.
constexpr std::size_t most_early_octets = 128 * 1024;

Instant now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

struct CallRegister::Entry {
    std::shared_ptr<Call> call;
    CallInfo info;
    Instant since = now();  // in this state
    Instant resolved_at = Instant::min();
    Instant failed_at = Instant::min();  // the last association over it
    bool is_resolving = false;
    std::string contradiction;  // what it has said against itself
    /// What came while that was being found out.
    std::vector<std::pair<CallStream::Piece::Kind, ByteBuffer>> early;
    std::size_t early_octets = 0;
    unsigned frames = 0;  // of the modem, since frames_from
    Instant frames_from = now();
    transport::FloodBudget unasked;  // of what it sends by itself
};

/// One who waits; its timer ends with the deadline, or is cancelled when it has a channel.
struct CallRegister::Waiter {
    asio::steady_timer timer;
    std::unique_ptr<transport::Channel> channel = nullptr;
};

CallRegister::CallRegister(asio::any_io_executor executor, CallLimits limits, Events events)
    : executor_(std::move(executor)),
      limits_(limits),
      events_(std::move(events)),
      timer_(executor_),
      self_(std::make_shared<CallRegister*>(this)) {}

CallRegister::~CallRegister() {
    close();
}

void CallRegister::close() {
    for (Entry& entry : entries_) {
        entry.call->close();
    }
    entries_.clear();
    by_call_.clear();
    by_id_.clear();
    by_number_.clear();
    of_address_.clear();
    held_ = 0;
    for (const auto& [number, waiter] : waiters_) {
        waiter->timer.cancel();
    }
}

bool CallRegister::has_room(const std::string& address) const {
    const auto same = of_address_.find(address);
    return entries_.size() < limits_.most_calls &&
           (same == of_address_.end() || same->second < limits_.most_of_address);
}

void CallRegister::take_in(std::unique_ptr<transport::Channel> channel,
                           const std::string& address) {
    ++counters_.accepted;
    if (!has_room(address)) {
        ++counters_.too_many;
        channel->close();
        return;
    }
    Entry& entry = entries_.emplace_back();
    entry.call = Call::create(std::move(channel), *this);
    entry.info.id = counters_.accepted;
    entry.info.address = address;
    entry.info.since = std::chrono::system_clock::now();
    by_call_.emplace(entry.call.get(), std::prev(entries_.end()));
    by_id_.emplace(entry.info.id, &entry);
    ++of_address_[address];
    watch();
    entry.call->start();
}

CallInfo CallRegister::info(const Entry& entry) {
    CallInfo info = entry.info;
    info.octets_received = entry.call->octets_received();
    info.last_heard =
        std::chrono::system_clock::now() -
        std::chrono::duration_cast<std::chrono::milliseconds>(now() - entry.call->last_heard());
    return info;
}

std::vector<CallInfo> CallRegister::calls() const {
    std::vector<CallInfo> calls;
    calls.reserve(entries_.size());
    for (const Entry& entry : entries_) {
        calls.push_back(info(entry));
    }
    return calls;
}

std::array<std::size_t, 4> CallRegister::states() const {
    std::array<std::size_t, 4> counts{};
    for (const Entry& entry : entries_) {
        ++counts.at(static_cast<std::size_t>(entry.info.state));
    }
    return counts;
}

bool CallRegister::send(std::uint64_t id, ByteView octets) {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) {
        return false;
    }
    found->second->call->send(octets);
    return true;
}

// What comes from a call.

bool CallRegister::modem_spoke(Call& call, std::string_view maker, const ModemFrame& frame) {
    Entry& entry = *by_call_.at(&call);
    const Instant present = now();
    if (present - entry.frames_from > frames_counted_for) {
        entry.frames = 0;
        entry.frames_from = present;
    }
    if (++entry.frames > most_frames) {
        close_entry(entry, &CallCounters::flooded);
        return false;
    }
    entry.info.signal = frame.signal ? frame.signal : entry.info.signal;
    const bool is_known = !entry.info.serial_number.empty();
    if (!frame.serial_number.empty() && !is_known) {
        ++counters_.log_ins;
        entry.info.maker = maker;
        entry.info.serial_number = frame.serial_number;
        identify(entry);
        return true;
    }
    if (!is_known) {
        ++counters_.ignored_frames;
        return false;
    }
    if (frame.kind == ModemFrame::Kind::heartbeat) {
        ++counters_.heartbeats;
        ++entry.info.heartbeats;
    }
    if (!frame.serial_number.empty() && frame.serial_number != entry.info.serial_number &&
        !frame.is_push) {
        entry.contradiction = "it has said that it is " + entry.info.serial_number +
                              ", and then that it is " + frame.serial_number;
        if (entry.info.state == State::waiting) {
            hold(entry, entry.contradiction);
        }
    } else if (entry.info.state != State::serving && present - entry.resolved_at > resolved_for) {
        identify(entry);
    }
    return true;
}

void CallRegister::meter_spoke(Call& call, CallStream::Piece::Kind kind, ByteView octets) {
    Entry& entry = *by_call_.at(&call);
    if (!entry.unasked.charge(octets.size(), now())) {
        close_entry(entry, &CallCounters::flooded);
        return;
    }
    if (!events_.pushed) {
        return;
    }
    if (entry.info.state != State::identifying || !entry.is_resolving) {
        events_.pushed(info(entry), kind, octets);
    } else if (entry.early_octets + octets.size() <= most_early_octets) {
        entry.early_octets += octets.size();
        entry.early.emplace_back(kind, to_buffer(octets));
    }
}

void CallRegister::damaged_frame(Call& call) {
    Entry& entry = *by_call_.at(&call);
    ++counters_.damaged_frames;
    if (++entry.frames > most_frames) {
        close_entry(entry, &CallCounters::flooded);
    }
}

void CallRegister::given_back(Call& call) {
    Entry& entry = *by_call_.at(&call);
    if (!entry.contradiction.empty()) {
        hold(entry, entry.contradiction);
        return;
    }
    become(entry, State::waiting);
    offer(entry);
}

void CallRegister::ended(Call& call, const Error& error) {
    Entry& entry = *by_call_.at(&call);
    if (error == transport::flooded) {
        ++counters_.flooded;
    } else if (error.layer == Layer::client && error.code == ErrorCode::connection_lost) {
        ++counters_.unclean;
    } else if (error.layer == Layer::client) {
        ++counters_.garbage;
    } else {
        ++counters_.lost;
    }
    remove(entry);
}

// Whose call it is.

void CallRegister::identify(Entry& entry) {
    if (std::exchange(entry.is_resolving, true)) {
        return;
    }
    events_.resolve(
        entry.info.serial_number,
        [self = std::weak_ptr(self_), call = std::weak_ptr(entry.call)](Resolution resolution) {
            const auto alive = self.lock();
            const auto same = call.lock();
            if (!alive || !same) {
                return;
            }
            const auto found = (*alive)->by_call_.find(same.get());
            if (found != (*alive)->by_call_.end()) {
                (*alive)->resolved(*found->second, std::move(resolution));
            }
        });
}

void CallRegister::resolved(Entry& entry, Resolution resolution) {
    entry.is_resolving = false;
    entry.resolved_at = now();
    const std::weak_ptr<Call> call = entry.call;
    settle(entry, std::move(resolution));
    // It may have been closed, or lent, by what came of it.
    const auto same = call.lock();
    const auto found = same ? by_call_.find(same.get()) : by_call_.end();
    if (found == by_call_.end()) {
        return;
    }
    const auto early = std::exchange(found->second->early, {});
    found->second->early_octets = 0;
    for (const auto& [kind, octets] : early) {
        events_.pushed(info(*found->second), kind, octets);
    }
}

void CallRegister::settle(Entry& entry, Resolution resolution) {
    if (entry.info.state == State::serving || !entry.contradiction.empty()) {
        return;
    }
    if (!resolution.meter_number) {
        hold(entry, std::move(resolution.reason));
        return;
    }
    if (entry.info.meter_number == *resolution.meter_number) {
        return;
    }
    forget_number(entry);
    if (!make_room_for_another(*resolution.meter_number)) {
        close_entry(entry, &CallCounters::too_many);
        return;
    }
    const std::string& number = entry.info.meter_number = *resolution.meter_number;
    const auto failure = failed_until_.find({number, entry.info.address});
    if (failure != failed_until_.end() && failure->second > now()) {
        entry.info.failures = 1;
    }
    entry.call->allow_long_apdus();
    const auto others = by_number_.equal_range(number);
    const bool is_used = std::any_of(others.first, others.second, [](const auto& other) {
        return other.second->info.state == State::serving;
    });
    by_number_.emplace(number, &entry);
    become(entry, State::waiting);
    entry.info.reason.clear();
    offer(entry);
    if (is_used && entry.info.failures == 0 && events_.called_again) {
        events_.called_again(std::string(number));
    }
}

void CallRegister::hold(Entry& entry, std::string reason) {
    forget_number(entry);
    entry.info.reason = std::move(reason);
    if (entry.info.state == State::held) {
        return;
    }
    if (held_ >= limits_.most_held) {
        close_entry(entry, &CallCounters::too_many);
        return;
    }
    become(entry, State::held);
}

void CallRegister::become(Entry& entry, State state) {
    if (entry.info.state != state) {
        held_ -= entry.info.state == State::held ? 1U : 0U;
        held_ += state == State::held ? 1U : 0U;
        entry.info.state = state;
        entry.since = now();
    }
}

void CallRegister::forget_number(Entry& entry) {
    const auto [first, last] = by_number_.equal_range(entry.info.meter_number);
    const auto found =
        std::find_if(first, last, [&](const auto& other) { return other.second == &entry; });
    if (found != last) {
        by_number_.erase(found);
    }
    entry.info.meter_number.clear();
}

void CallRegister::look_again(const std::string& meter_number) {
    std::vector<Entry*> changed;
    const auto [first, last] = by_number_.equal_range(meter_number);
    for (auto entry = first; entry != last; ++entry) {
        changed.push_back(entry->second);
    }
    for (Entry& entry : entries_) {
        const bool may_be_its = entry.info.serial_number.ends_with(meter_number);
        if (entry.info.state == State::held && entry.contradiction.empty() && may_be_its) {
            changed.push_back(&entry);
        }
    }
    // One may be closed by what comes of another: they are found again by their calls.
    std::vector<std::weak_ptr<Call>> calls;
    for (const Entry* entry : changed) {
        calls.emplace_back(entry->call);
    }
    for (const auto& weak : calls) {
        const auto call = weak.lock();
        const auto found = call ? by_call_.find(call.get()) : by_call_.end();
        if (found != by_call_.end()) {
            identify(*found->second);
        }
    }
}

/// A number's place may be full: then the call that has failed most, and of those the oldest, goes.
bool CallRegister::make_room_for_another(const std::string& meter_number) {
    const auto [first, last] = by_number_.equal_range(meter_number);
    if (static_cast<std::size_t>(std::distance(first, last)) < limits_.most_of_meter) {
        return true;
    }
    Entry* least = nullptr;
    for (auto other = first; other != last; ++other) {
        Entry& entry = *other->second;
        if (entry.info.state != State::waiting || entry.info.is_proven) {
            continue;
        }
        if (!least || entry.info.failures > least->info.failures ||
            (entry.info.failures == least->info.failures && entry.info.id < least->info.id)) {
            least = &entry;
        }
    }
    if (least) {
        close_entry(*least, &CallCounters::too_many);
    }
    return least != nullptr;
}

// Who uses it.

CallRegister::Entry* CallRegister::best(const std::string& meter_number, Instant begun) const {
    Entry* best = nullptr;
    // The latest that has not failed: what came before may be stale.
    const auto rank = [begun](const Entry& entry) {
        return std::tuple(entry.failed_at < begun, ~entry.info.failures, entry.info.id);
    };
    const auto [first, last] = by_number_.equal_range(meter_number);
    for (auto other = first; other != last; ++other) {
        Entry& entry = *other->second;
        if (entry.info.state == State::waiting && (!best || rank(entry) > rank(*best))) {
            best = &entry;
        }
    }
    return best;
}

std::unique_ptr<transport::Channel> CallRegister::lend(Entry& entry) {
    become(entry, State::serving);
    last_taken_[entry.info.meter_number] = {entry.info.id, entry.info.address};
    return entry.call->lend();
}

void CallRegister::offer(Entry& entry) {
    const auto waiting = waiters_.find(entry.info.meter_number);
    if (waiting != waiters_.end()) {
        Waiter& waiter = *waiting->second;
        waiters_.erase(waiting);
        waiter.channel = lend(entry);
        waiter.timer.cancel();
    }
}

asio::awaitable<Result<std::unique_ptr<transport::Channel>>> CallRegister::take(
    std::string meter_number, Instant begun, Instant deadline) {
    if (Entry* entry = best(meter_number, begun)) {
        co_return lend(*entry);
    }
    Waiter self{asio::steady_timer(co_await asio::this_coro::executor, deadline)};
    waiters_.emplace(meter_number, &self);
    // Also when the coroutine is destroyed while it waits, nobody may find it here.
    struct Leave {
        std::weak_ptr<CallRegister*> of;
        const std::string& number;
        Waiter& self;
        ~Leave() {
            if (const auto alive = of.lock()) {
                auto& waiters = (*alive)->waiters_;
                const auto [first, last] = waiters.equal_range(number);
                const auto found =
                    std::find_if(first, last, [this](auto& one) { return one.second == &self; });
                if (found != last) {
                    waiters.erase(found);
                }
            }
        }
    } leave{self_, meter_number, self};
    std::error_code ignored;
    co_await self.timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!self.channel) {
        co_return std::unexpected(Error{ErrorCode::connect_timeout, Layer::transport, 0});
    }
    co_return std::move(self.channel);
}

void CallRegister::proved(const std::string& meter_number) {
    const auto [first, last] = by_number_.equal_range(meter_number);
    const auto user = std::find_if(
        first, last, [](const auto& other) { return other.second->info.state == State::serving; });
    if (user == last) {
        return;
    }
    Entry& right = *user->second;
    right.info.is_proven = true;
    right.info.failures = 0;
    failed_until_.erase({meter_number, right.info.address});
    std::vector<Entry*> stale;
    for (auto other = first; other != last; ++other) {
        if (other->second->info.state == State::waiting && other->second->info.id < right.info.id) {
            stale.push_back(other->second);
        }
    }
    for (Entry* entry : stale) {
        close_entry(*entry, &CallCounters::replaced);
    }
}

void CallRegister::failed(const std::string& meter_number) {
    const auto taken = last_taken_.find(meter_number);
    if (taken == last_taken_.end()) {
        return;
    }
    if (failed_until_.size() >= most_failures_remembered) {
        std::erase_if(failed_until_, [](const auto& entry) { return entry.second <= now(); });
    }
    if (failed_until_.size() < most_failures_remembered) {
        failed_until_[{meter_number, taken->second.address}] = now() + failure_remembered_for;
    }
    if (const auto found = by_id_.find(taken->second.id); found != by_id_.end()) {
        ++found->second->info.failures;
        found->second->failed_at = now();
    }
}

bool CallRegister::has_untried(const std::string& meter_number, Instant begun) const {
    const Entry* entry = best(meter_number, begun);
    return entry != nullptr && entry->failed_at < begun;
}

// When it is over.

void CallRegister::close_entry(Entry& entry, std::uint64_t CallCounters::* cause) {
    ++(counters_.*cause);
    entry.call->close();
    remove(entry);
}

void CallRegister::remove(Entry& entry) {
    if (events_.ended) {
        events_.ended(entry.info.id);
    }
    forget_number(entry);
    become(entry, State::identifying);  // is held no more
    const auto same = of_address_.find(entry.info.address);
    if (same != of_address_.end() && --same->second == 0) {
        of_address_.erase(same);
    }
    const auto found = by_call_.find(entry.call.get());
    const auto place = found->second;
    by_call_.erase(found);
    by_id_.erase(entry.info.id);
    entries_.erase(place);
}

void CallRegister::watch() {
    if (std::exchange(is_watching_, true)) {
        return;
    }
    timer_.expires_after(watch_every);
    timer_.async_wait([self = std::weak_ptr(self_)](const std::error_code& error) {
        const auto alive = self.lock();
        if (error || !alive) {
            return;
        }
        (*alive)->is_watching_ = false;
        (*alive)->look_at_times();
    });
}

void CallRegister::look_at_times() {
    const Instant present = now();
    for (auto next = entries_.begin(); next != entries_.end();) {
        Entry& entry = *next++;
        const auto in_state = present - entry.since;
        if (entry.info.state == State::identifying && in_state > limits_.identify_within) {
            close_entry(entry, &CallCounters::unidentified);
        } else if (entry.info.state == State::held && in_state > limits_.hold_for) {
            close_entry(entry, &CallCounters::held_too_long);
        } else if (present - entry.call->last_heard() > limits_.silent_for) {
            close_entry(entry, &CallCounters::silent);
        }
    }
    if (!entries_.empty()) {
        watch();
    }
}

}  // namespace dlms::client::dial_in
