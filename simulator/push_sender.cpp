#include "simulator/push_sender.hpp"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/post.hpp>

#include "simulator/host_and_port.hpp"
#include "simulator/meter_associations.hpp"
#include "transport/tcp_channel.hpp"

namespace dlms::simulator {
namespace {

using OpenedChannel = Result<std::unique_ptr<transport::Channel>>;

Instant present() {
    return std::chrono::steady_clock::now();
}

asio::awaitable<OpenedChannel> open_channel(PushTransport transport,
                                            transport::TcpEndpoint endpoint,
                                            transport::AddressFilter filter) {
    const Instant deadline = present() + PushSender::connect_time;
    if (transport == PushTransport::udp) {
        co_return co_await transport::connect_udp(endpoint.host, endpoint.port, deadline,
                                                  std::move(filter));
    }
    auto socket = co_await transport::connect_tcp(std::move(endpoint), deadline, std::move(filter));
    if (!socket) {
        co_return std::unexpected(socket.error());
    }
    co_return std::make_unique<transport::TcpChannel>(*std::move(socket));
}

}  // namespace

std::shared_ptr<PushSender> PushSender::start(const asio::any_io_executor& executor, Meter& meter,
                                              const transport::AllowedAddresses& allowed,
                                              const ServerLog& log) {
    const std::shared_ptr<PushSender> sender(new PushSender(executor, meter, allowed, log));
    meter.pushes().set_waker([weak = std::weak_ptr(sender)] {
        if (const std::shared_ptr<PushSender> self = weak.lock()) {
            self->wake();
        }
    });
    sender->wake();
    return sender;
}

PushSender::PushSender(const asio::any_io_executor& executor, Meter& meter,
                       const transport::AllowedAddresses& allowed, const ServerLog& log)
    : executor_(executor), meter_(meter), allowed_(allowed), log_(log), timer_(executor) {}

void PushSender::close() {
    is_closed_ = true;
    meter_.pushes().set_waker(nullptr);
    timer_.cancel();
    for (const auto& [id, call] : calls_) {
        call->cancel();
    }
    calls_.clear();
}

/// Behind what the meter is doing now.
void PushSender::wake() {
    if (std::exchange(is_woken_, true)) {
        return;
    }
    asio::post(executor_, [weak = weak_from_this()] {
        const std::shared_ptr<PushSender> self = weak.lock();
        if (self && !self->is_closed_) {
            self->is_woken_ = false;
            self->serve();
        }
    });
}

void PushSender::serve() {
    for (PushAttempt& attempt : meter_.pushes().take()) {
        send(std::move(attempt));
    }
    arm();
}

void PushSender::arm() {
    const bool is_needed = meter_.has_push_destinations();
    const std::optional<Instant> due = is_needed ? meter_.next_due() : std::nullopt;
    // Without a destination nothing that the meter plans matters here.
    meter_.pushes().set_armed_for(is_needed ? due.value_or(Instant::max()) : Instant::min());
    if (!due) {
        timer_.cancel();
        return;
    }
    timer_.expires_at(*due);
    timer_.async_wait([weak = weak_from_this()](const std::error_code& error) {
        const std::shared_ptr<PushSender> self = weak.lock();
        if (!error && self && !self->is_closed_) {
            MeterAssociations::advance(self->meter_, present());
            self->serve();
        }
    });
}

void PushSender::send(PushAttempt attempt) {
    if (!meter_.is_powered()) {
        return;  // the meter has forgotten it
    }
    if (attempt.transport == PushTransport::hdlc) {
        send_on_lines(attempt);
    } else {
        call(std::move(attempt));
    }
}

void PushSender::send_on_lines(const PushAttempt& attempt) {
    bool is_sent = false;
    for (MeterAssociations* const line : meter_.listeners()) {
        is_sent = line->push(attempt.client, attempt.server, attempt.apdu) || is_sent;
    }
    ended(attempt.id, "HDLC client " + std::to_string(attempt.client.value()),
          is_sent ? Status() : fail(ErrorCode::host_unreachable, Layer::hdlc));
}

void PushSender::call(PushAttempt attempt) {
    const std::optional<transport::TcpEndpoint> endpoint = parse_host_and_port(attempt.destination);
    if (!endpoint) {
        ended(attempt.id, "what is no HOST:PORT", fail(ErrorCode::out_of_range, Layer::transport));
        return;
    }
    const auto filter = [alive = weak_from_this()](const asio::ip::address& address) {
        const std::shared_ptr<PushSender> self = alive.lock();
        return self && self->allowed_.allows(address);
    };
    asio::co_spawn(
        executor_,
        [](std::weak_ptr<PushSender> weak, PushAttempt wanted, transport::TcpEndpoint endpoint_,
           transport::AddressFilter filter_) -> asio::awaitable<void> {
            auto channel =
                co_await open_channel(wanted.transport, std::move(endpoint_), std::move(filter_));
            const std::shared_ptr<PushSender> self = weak.lock();
            if (self && !self->is_closed_) {
                self->called(wanted, std::move(channel));
            }
        }(weak_from_this(), std::move(attempt), *endpoint, filter),
        asio::detached);
}

void PushSender::called(const PushAttempt& attempt, OpenedChannel channel) {
    if (!channel || !meter_.is_powered()) {
        ended(attempt.id, attempt.destination,
              channel ? fail(ErrorCode::cancelled, Layer::transport)
                      : std::unexpected(channel.error()));
        return;
    }
    PushCall::Callbacks callbacks;
    callbacks.is_confirmed = [this, id = attempt.id](ByteView apdu) {
        return meter_.is_push_confirmed(id, apdu, present());
    };
    // It may end at once, so behind this call.
    callbacks.ended = [weak = weak_from_this(), executor = executor_, id = attempt.id,
                       destination = attempt.destination](const Status& status) {
        asio::post(executor, [weak, id, destination, status] {
            const std::shared_ptr<PushSender> self = weak.lock();
            if (self && !self->is_closed_) {
                self->ended(id, destination, status);
            }
        });
    };
    calls_[attempt.id] = PushCall::start(*std::move(channel), attempt, std::move(callbacks));
}

void PushSender::ended(std::uint64_t id, const std::string& destination, const Status& status) {
    calls_.erase(id);
    // Whoever writes a destination could fill the log.
    if (!status && log_.push_failed && ++failures_ <= ServerLog::most_events) {
        log_.push_failed(destination, status.error());
    }
    meter_.push_ended(id, status ? PushOutcome::delivered : PushOutcome::failed, present());
    arm();
}

}  // namespace dlms::simulator
