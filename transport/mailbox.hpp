#pragma once
// Mailbox: hands one value from a callback to the coroutine that waits for it. Single-threaded.

#include <functional>
#include <optional>

#include <asio/any_io_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>

namespace dlms::transport {

template <class T>
class Mailbox {
public:
    explicit Mailbox(asio::any_io_executor executor) : executor_(std::move(executor)) {}

    /// Drops what was put and not taken.
    void clear() { value_.reset(); }

    /// Gives the value to the waiting coroutine, which goes on after the present call has returned.
    void put(T value) {
        value_ = std::move(value);
        if (waiter_) {
            asio::post(executor_, std::exchange(waiter_, nullptr));
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
    asio::any_io_executor executor_;
    std::optional<T> value_;
    std::move_only_function<void()> waiter_;
};

}  // namespace dlms::transport
