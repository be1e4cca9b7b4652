#pragma once
// What tests of channels share: a session that records, a loop that runs until something holds, and
// pseudo-terminals made by hand.

#include <cstdlib>
#include <deque>
#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <string>
#include <termios.h>
#include <unistd.h>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include "stack/base/hex.hpp"
#include "tests/support/temporary_folder.hpp"
#include "transport/driver.hpp"

namespace dlms::testing {

/// Runs until `done` holds; the test program's own time-out ends what never comes.
template <class Done>
void run_until(asio::io_context& io, Done done) {
    io.restart();
    while (!done() && io.run_one() > 0) {
    }
    BOOST_REQUIRE(done());
}

/// What a coroutine comes to.
template <class T>
T result_of(asio::io_context& io, asio::awaitable<T> work) {
    std::optional<T> result;
    asio::co_spawn(io, std::move(work),
                   [&](std::exception_ptr, T value) { result = std::move(value); });
    run_until(io, [&] { return result.has_value(); });
    return std::move(*result);
}

/// Sends what it is told, and records what comes.
class RecordingSession final : public transport::Session {
public:
    std::deque<ByteBuffer> to_send;
    std::deque<LineSettings> to_change;  // each when to_send is empty
    std::vector<std::string> received;   // one for each call
    std::optional<ErrorCode> lost;
    std::function<void()> on_received;
    std::function<void()> on_change;  // a change was asked for

    ByteBuffer all_received() const {
        std::string all;
        for (const std::string& part : received) {
            all += part;
        }
        return from_hex(all).value();
    }

    void receive(ByteView bytes, Instant) override {
        received.push_back(to_hex(bytes));
        if (on_received) {
            on_received();
        }
    }
    void handle_timeout(Instant) override {}
    void connection_lost(const Error& error) override { lost = error.code; }
    std::optional<ByteView> poll_transmit() override {
        if (to_send.empty()) {
            return std::nullopt;
        }
        sending_ = std::move(to_send.front());
        to_send.pop_front();
        return ByteView(sending_);
    }
    std::optional<LineSettings> poll_line_settings() override {
        if (to_change.empty()) {
            return std::nullopt;
        }
        const LineSettings next = to_change.front();
        to_change.pop_front();
        if (on_change) {
            on_change();
        }
        return next;
    }
    std::optional<Instant> poll_timeout() override { return std::nullopt; }
    std::optional<Error> failure() override { return std::nullopt; }

private:
    ByteBuffer sending_;
};

/// A pseudo-terminal made by hand: the near end is the test's, which so plays the device.
class HandMadePty {
public:
    HandMadePty() : near_end_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
        BOOST_REQUIRE(near_end_ >= 0);
        BOOST_REQUIRE(::grantpt(near_end_) == 0);
        BOOST_REQUIRE(::unlockpt(near_end_) == 0);
        char name[64] = {};
        BOOST_REQUIRE(::ptsname_r(near_end_, name, sizeof name) == 0);
        path_ = name;
    }
    ~HandMadePty() { unplug(); }
    HandMadePty(const HandMadePty&) = delete;
    HandMadePty& operator=(const HandMadePty&) = delete;

    const std::string& path() const { return path_; }
    /// The device goes away.
    void unplug() {
        if (near_end_ >= 0) {
            ::close(near_end_);
        }
        near_end_ = -1;
    }
    void send(std::string_view hex) {
        const ByteBuffer octets = from_hex(hex).value();
        BOOST_REQUIRE(::write(near_end_, octets.data(), octets.size()) ==
                      static_cast<ssize_t>(octets.size()));
    }
    /// Waits for so many octets.
    std::string receive(std::size_t count) {
        ByteBuffer octets(count);
        std::size_t have = 0;
        while (have < count) {
            const ssize_t got = ::read(near_end_, octets.data() + have, count - have);
            BOOST_REQUIRE(got > 0);
            have += static_cast<std::size_t>(got);
        }
        return to_hex(octets);
    }
    /// The far end's settings, which Linux shows at the near end too.
    termios settings() const {
        termios settings{};
        BOOST_REQUIRE(::tcgetattr(near_end_, &settings) == 0);
        return settings;
    }

private:
    int near_end_;
    std::string path_;
};

}  // namespace dlms::testing
