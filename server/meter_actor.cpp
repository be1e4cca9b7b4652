#include "server/meter_actor.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <asio/co_spawn.hpp>

namespace dlms::service {

namespace {

Instant now() {
    return std::chrono::steady_clock::now();
}

// How long the release of an association may take in all, whatever the meter does.
constexpr std::chrono::seconds release_deadline{90};

}  // namespace

MeterActor::MeterActor(asio::any_io_executor executor, std::string meter_number,
                       std::shared_ptr<const MeterSurroundings> surroundings)
    : executor_(executor),
      meter_number_(std::move(meter_number)),
      surroundings_(std::move(surroundings)),
      last_activity_(std::chrono::system_clock::now()),
      queue_timer_(executor),
      idle_timer_(executor) {}

MeterActor::~MeterActor() = default;

void MeterActor::configure(ConnectRequest request) {
    if (!request.matches(request_)) {
        is_client_current_ = false;
    }
    request_ = std::move(request);
    is_known_ = true;
}

void MeterActor::submit(Call call) {
    if (queue_.size() >= surroundings_->queue) {
        call.give_up(call_failure(error_row("throttled"), "too many calls wait for this meter",
                                  Blame::misuse));
        return;
    }
    last_activity_ = std::chrono::system_clock::now();
    queue_.push_back(std::move(call));
    if (!std::exchange(is_running_, true)) {
        idle_timer_.cancel();
        // An exception is lack of memory; run() itself lets none of a call's out.
        asio::co_spawn(executor_, run(), [self = shared_from_this()](const std::exception_ptr&) {});
    } else {
        watch_queue();
    }
}

void MeterActor::release_when_done(std::function<void()> released) {
    auto done = std::make_shared<std::function<void()>>(std::move(released));
    submit({now() + release_deadline,
            [done](MeterActor& actor) -> asio::awaitable<void> {
                if (actor.client_) {
                    co_await actor.client_->release();
                }
                (*done)();
            },
            [done](const CallFailure&) { (*done)(); }});
}

asio::awaitable<void> MeterActor::run() {
    while (!queue_.empty()) {
        Call call = std::move(queue_.front());
        queue_.pop_front();
        watch_queue();
        try {
            co_await call.work(*this);
        } catch (const std::exception&) {
            // Lack of memory: the call's answer goes with it, as 500.
        }
        last_activity_ = std::chrono::system_clock::now();
        give_up_overdue();
    }
    is_running_ = false;
    watch_idle();
}

asio::awaitable<CallOutcome<client::NativeMeterClient*>> MeterActor::prepare() {
    if (client_ && is_client_current_) {
        co_return client_.get();
    }
    // As in submit(): the request may change while the old association is released.
    auto parameters = meter_parameters(request_, surroundings_->defaults);
    if (!parameters) {
        co_return std::unexpected(std::move(parameters.error()));
    }
    is_client_current_ = true;
    const bool serves = client_ && client_->parameters().same_connection(*parameters);
    if (!serves) {
        if (client_) {
            co_await client_->release();
        }
        use_client(std::move(*parameters));
    }
    co_return client_.get();
}

void MeterActor::use_client(client::MeterParameters parameters) {
    client::ClientEnvironment environment;
    environment.address_filter = surroundings_->address_filter;
    if (surroundings_->trace) {
        auto lines = std::make_shared<transport::HexTrace>(
            [surroundings = surroundings_, meter_number = meter_number_](
                transport::Direction direction, const std::string& hex) {
                surroundings->trace(meter_number, direction, hex);
            });
        environment.trace = [lines](transport::Direction direction, ByteView octets) {
            lines->octets(direction, octets);
        };
    }
    registers_.reset();
    client_ =
        std::make_unique<client::NativeMeterClient>(std::move(parameters), std::move(environment));
    registers_ = std::make_unique<client::RegisterReader>(*client_);
}

std::optional<client::AssociationInfo> MeterActor::association() const {
    return client_ ? client_->association() : std::nullopt;
}

// Wakes at the earliest deadline of what waits.
void MeterActor::watch_queue() {
    const auto earliest = std::ranges::min_element(queue_, {}, &Call::deadline);
    if (earliest == queue_.end()) {
        queue_timer_.cancel();
        return;
    }
    queue_timer_.expires_at(earliest->deadline);
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
    std::deque<Call> overdue;
    for (auto call = queue_.begin(); call != queue_.end();) {
        if (call->deadline <= present) {
            overdue.push_back(std::move(*call));
            call = queue_.erase(call);
        } else {
            ++call;
        }
    }
    for (Call& call : overdue) {
        call.give_up(call_failure(error_row("meter-busy"),
                                  "the meter was busy with earlier calls until the time-out",
                                  Blame::transport));
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
