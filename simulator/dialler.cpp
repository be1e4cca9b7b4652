#include "simulator/dialler.hpp"

#include <algorithm>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>

#include "stack/base/random.hpp"
#include "transport/tcp_channel.hpp"

namespace dlms::simulator {
namespace {

constexpr std::chrono::seconds connect_timeout{30};
constexpr std::chrono::milliseconds shortest_pause{1000};
constexpr std::chrono::milliseconds longest_pause{60'000};

}  // namespace

std::shared_ptr<Dialler> Dialler::start(const asio::any_io_executor& executor, Meter& meter,
                                        Configuration configuration, const ServerLog& log) {
    const std::shared_ptr<Dialler> dialler(
        new Dialler(executor, meter, std::move(configuration), log));
    dialler->call();
    return dialler;
}

Dialler::Dialler(const asio::any_io_executor& executor, Meter& meter, Configuration configuration,
                 const ServerLog& log)
    : executor_(executor),
      meter_(meter),
      configuration_(std::move(configuration)),
      log_(log),
      pause_(executor),
      longest_pause_(shortest_pause) {}

void Dialler::hang_up() {
    if (session_) {
        // A head end that accepts and closes is one that nobody reached.
        longest_pause_ = connection_->answered() > 0 ? shortest_pause : longest_pause_;
        session_.reset();
        call_later();
    }
}

void Dialler::close() {
    is_closed_ = true;
    pause_.cancel();
    session_.reset();
}

void Dialler::call() {
    if (is_calling_ || session_) {
        return;
    }
    if (!meter_.is_powered()) {
        call_later();
        return;
    }
    is_calling_ = true;
    asio::co_spawn(
        executor_,
        [](std::weak_ptr<Dialler> weak, transport::TcpEndpoint head_end) -> asio::awaitable<void> {
            auto socket = co_await transport::connect_tcp(
                std::move(head_end), std::chrono::steady_clock::now() + connect_timeout);
            const std::shared_ptr<Dialler> self = weak.lock();
            if (!self || self->is_closed_) {
                co_return;
            }
            self->is_calling_ = false;
            if (socket) {
                self->answered(std::move(*socket));
            } else {
                self->call_later();
            }
        }(weak_from_this(), configuration_.head_end),
        asio::detached);
}

void Dialler::power_changed() {
    if (!meter_.is_powered()) {
        hang_up();
    } else if (!session_) {
        longest_pause_ = shortest_pause;
        call_later();
    }
}

void Dialler::answered(asio::ip::tcp::socket socket) {
    if (!meter_.is_powered()) {
        call_later();
        return;
    }
    const std::string peer =
        configuration_.head_end.host + ':' + std::to_string(configuration_.head_end.port);
    if (log_.connected) {
        log_.connected(peer);
    }
    auto connection = std::make_unique<DialInConnection>(meter_, configuration_.settings,
                                                         std::chrono::steady_clock::now());
    connection_ = connection.get();
    session_ = std::make_unique<LineSession>(
        std::move(connection), std::make_unique<transport::TcpChannel>(std::move(socket)), peer,
        transport::Framing::wrapper, log_, [weak = weak_from_this()](LineSession&, const Error&) {
            if (const std::shared_ptr<Dialler> self = weak.lock()) {
                self->hang_up();
            }
        });
    session_->start();
}

/// After a pause that grows, and differs from meter to meter: a fleet does not call as one.
void Dialler::call_later() {
    if (is_closed_) {
        return;
    }
    SeededRandom random(configuration_.seed++);
    std::array<Byte, 1> draw{};
    static_cast<void>(random.fill(draw));
    pause_.expires_after(longest_pause_ / 2 + longest_pause_ * draw[0] / 510);
    longest_pause_ =
        meter_.is_powered() ? std::min(2 * longest_pause_, longest_pause) : longest_pause_;
    pause_.async_wait([weak = weak_from_this()](const std::error_code& error) {
        const std::shared_ptr<Dialler> self = weak.lock();
        if (!error && self && !self->is_closed_) {
            self->call();
        }
    });
}

}  // namespace dlms::simulator
