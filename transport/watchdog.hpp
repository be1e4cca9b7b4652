#pragma once
// Watchdog: cancels an operation of Asio when its time is over.

#include <memory>

#include <asio/steady_timer.hpp>

#include "stack/base/time.hpp"

namespace dlms::transport {

class Watchdog {
public:
    /// Calls `cancel`, once, at the deadline, unless the watchdog is gone by then. What it touches
    /// must be shared with it: the operation that it cancels may end later.
    template <class Cancel>
    Watchdog(const asio::any_io_executor& executor, Instant deadline, Cancel cancel)
        : timer_(executor), fired_(std::make_shared<bool>(false)) {
        timer_.expires_at(deadline);
        timer_.async_wait([fired = fired_, cancel](std::error_code error) {
            if (!error) {
                *fired = true;
                cancel();
            }
        });
    }
    bool fired() const { return *fired_; }

private:
    asio::steady_timer timer_;
    std::shared_ptr<bool> fired_;
};

}  // namespace dlms::transport
