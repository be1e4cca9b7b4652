#pragma once
// Mailbox: hands one value from a callback to the coroutine that waits for it. Single-threaded.

#include <functional>
#include <optional>
#include <utility>

#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/use_awaitable.hpp>

namespace dlms::transport {

template <class T>
class Mailbox {
public:
    /// Drops what was put and not taken.
    void clear() { value_.reset(); }

    /// Keeps a value for the coroutine, which does not go on before wake().
    void put(T value) { value_ = std::move(value); }

    /// Lets the coroutine go on, inside this call, if it waits and a value is there.
    void wake() {
        if (value_ && waiter_) {
            std::exchange(waiter_, nullptr)();
        }
    }

    /// Waits until a value was put, and takes it. One coroutine at a time.
    asio::awaitable<T> take() {
        if (!value_) {
            co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
                [this](auto handler) { waiter_ = std::move(handler); }, asio::use_awaitable);
        }
        T value = std::move(*value_);
        value_.reset();
        co_return value;
    }

private:
    std::optional<T> value_;
    std::move_only_function<void()> waiter_;
};

}  // namespace dlms::transport
