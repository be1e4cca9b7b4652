#pragma once
// Mailbox: hands values from callbacks to the coroutine that waits for them, in order.
// Single-threaded.

#include <deque>
#include <functional>
#include <utility>

#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/use_awaitable.hpp>

namespace dlms::transport {

template <class T>
class Mailbox {
public:
    /// Drops what was put and not taken.
    void clear() { values_.clear(); }

    /// Keeps a value for the coroutine, which does not go on before wake().
    void put(T value) { values_.push_back(std::move(value)); }

    /// Lets the coroutine go on, inside this call, if it waits and a value is there.
    void wake() {
        if (!values_.empty() && waiter_) {
            std::exchange(waiter_, nullptr)();
        }
    }

    bool is_empty() const { return values_.empty(); }

    /// Waits until wake() is called with a value here; only while it is empty, one coroutine at a
    /// time.
    asio::awaitable<void> wait() {
        return asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
            [this](auto handler) { waiter_ = std::move(handler); }, asio::use_awaitable);
    }

    /// The first value; only while it is not empty.
    T take_first() {
        T value = std::move(values_.front());
        values_.pop_front();
        return value;
    }

    /// Waits until a value was put, and takes it. One coroutine at a time.
    asio::awaitable<T> take() {
        if (values_.empty()) {
            co_await wait();
        }
        co_return take_first();
    }

private:
    std::deque<T> values_;
    std::move_only_function<void()> waiter_;
};

}  // namespace dlms::transport
