#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include "server/http_front.hpp"

namespace dlms::service::testing {

// An HTTP front on a free loopback port, with its I/O thread.
class RunningFront {
public:
    RunningFront(HttpFrontSettings settings, std::vector<HttpRoute> routes, HttpHooks hooks = {})
        : guard_(io_.get_executor()),
          front_(std::in_place, io_, std::move(settings), std::move(routes), std::move(hooks)) {
        start_error_ = front_->start("127.0.0.1", 0);
        port_ = front_->port();
        thread_ = std::jthread([this] { io_.run(); });
    }

    ~RunningFront() {
        on_io_thread<int>([this] {
            front_.reset();
            return 0;
        });
        io_.stop();
    }

    RunningFront(const RunningFront&) = delete;
    RunningFront& operator=(const RunningFront&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::error_code start_error() const { return start_error_; }

    template <typename Value>
    Value on_io_thread(std::function<Value()> work) {
        std::promise<Value> promise;
        auto value = promise.get_future();
        asio::post(io_, [&] { promise.set_value(work()); });
        return value.get();
    }

    std::size_t connections() {
        return on_io_thread<std::size_t>([this] { return front_->connections(); });
    }
    std::size_t buffered() {
        return on_io_thread<std::size_t>([this] { return front_->buffered(); });
    }
    HttpListenerCounters counters() {
        return on_io_thread<HttpListenerCounters>([this] { return front_->counters(); });
    }
    void drain() {
        on_io_thread<int>([this] {
            front_->drain();
            return 0;
        });
    }

private:
    asio::io_context io_;
    asio::executor_work_guard<asio::io_context::executor_type> guard_;
    std::optional<HttpFront> front_;
    std::error_code start_error_;
    std::uint16_t port_ = 0;
    std::jthread thread_;
};

// Responders that a route has put off, for the test to answer in the order that it likes.
class DeferredAnswers {
public:
    void add(std::string name, Responder responder) {
        const std::scoped_lock lock(mutex_);
        waiting_.emplace_back(std::move(name), std::move(responder));
        arrived_.notify_all();
    }

    // Waits until `count` requests have been put off.
    void wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, [&] { return waiting_.size() >= count; });
    }

    // Takes the responder of the request of that name.
    Responder take(const std::string& name) {
        const std::scoped_lock lock(mutex_);
        for (auto place = waiting_.begin(); place != waiting_.end(); ++place) {
            if (place->first == name) {
                Responder taken = std::move(place->second);
                waiting_.erase(place);
                return taken;
            }
        }
        throw std::logic_error("no request of that name has been put off");
    }

private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<std::pair<std::string, Responder>> waiting_;
};

}  // namespace dlms::service::testing
