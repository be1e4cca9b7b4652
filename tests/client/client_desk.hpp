#pragma once
// A client at a desk: one client with its own loop, and a way to wait for what it does.

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include "client/native_meter_client.hpp"
#include "tests/support/octets.hpp"

namespace dlms::testing {

inline const cosem::AttributeDescriptor energy{3, {1, 0, 1, 8, 0, 255}, 2};

inline Instant in(Duration time) {
    return std::chrono::steady_clock::now() + time;
}

/// Runs the loop until the work is done.
template <class T>
T wait_for(asio::io_context& io, asio::awaitable<T> work) {
    std::optional<T> result;
    asio::co_spawn(
        io,
        [](asio::awaitable<T> inner, std::optional<T>& out) -> asio::awaitable<void> {
            out.emplace(co_await std::move(inner));
        }(std::move(work), result),
        asio::detached);
    io.restart();
    while (!result && io.run_one() > 0) {
    }
    BOOST_REQUIRE(result);
    return std::move(*result);
}

/// A client of a scripted meter, and a way to wait for what it does.
struct Desk {
    explicit Desk(std::uint16_t port, client::ClientEnvironment environment = {})
        : Desk(parameters(port), std::move(environment)) {}
    explicit Desk(client::MeterParameters parameters, client::ClientEnvironment environment = {})
        : client(std::move(parameters), std::move(environment)) {}

    static client::MeterParameters parameters(std::uint16_t port) {
        client::MeterParameters parameters;
        parameters.endpoint = {"127.0.0.1", port};
        parameters.response_timeout = std::chrono::seconds(10);
        return parameters;
    }

    template <class T>
    T wait(asio::awaitable<T> work) {
        return wait_for(io, std::move(work));
    }
    void release() {
        wait([](client::NativeMeterClient& from) -> asio::awaitable<bool> {
            co_await from.release(in(std::chrono::seconds(20)));
            co_return true;
        }(client));
    }
    client::Outcome<axdr::Data> read(Duration time = std::chrono::seconds(20)) {
        client::ReadRequest request;
        request.attribute = energy;
        return wait(client.read(std::move(request), in(time)));
    }
    client::Outcome<void> write(Duration time = std::chrono::seconds(20)) {
        return wait(client.write(energy, *axdr::Data::parse(testing::octets("1105")), in(time)));
    }

    asio::io_context io;
    client::NativeMeterClient client;
};

inline std::string text(const client::Outcome<axdr::Data>& outcome) {
    return outcome ? to_hex(outcome->encoded()) : std::string(client::code_text(outcome.error()));
}

}  // namespace dlms::testing
