#pragma once
// A meter made of octets: it listens on a real socket of the loopback address and plays a script,
// in a thread of its own. Nothing of our stack is in it.

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>

#include "tests/support/octets.hpp"

namespace dlms::testing {

class ScriptedMeter {
public:
    struct Expect {
        std::string hex;  ///< octets that must come next; the play stops when others do
    };
    struct Send {
        std::string hex;
    };
    struct Close {};  ///< closes the connection and waits for the next one
    struct Abort {};  ///< the same, with a reset
    /// Says nothing and waits until the client closes.
    struct Silence {};
    /// Sends the same octets again and again, until the client closes.
    struct Flood {
        std::string hex;
    };
    using Step = std::variant<Expect, Send, Close, Abort, Silence, Flood>;

    explicit ScriptedMeter(std::vector<Step> script)
        : script_(std::move(script)),
          acceptor_(io_, {asio::ip::make_address("127.0.0.1"), 0}),
          thread_([this] { play(); }) {}
    ~ScriptedMeter() { finish(); }

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    std::size_t connections() const { return connections_; }

    /// Waits for the end of the script; what came in place of what was expected, or "".
    std::string finish() {
        if (thread_.joinable()) {
            // A script that still waits for a connection is woken by one.
            asio::ip::tcp::socket wake(io_);
            std::error_code ignored;
            wake.connect(acceptor_.local_endpoint(), ignored);
            wake.close(ignored);
            thread_.join();
        }
        return complaint_;
    }

private:
    void play() {
        asio::ip::tcp::socket socket(io_);
        std::error_code error;
        for (const Step& step : script_) {
            if (!socket.is_open()) {
                acceptor_.accept(socket, error);
                ++connections_;
            }
            if (!error) {
                std::visit([&](const auto& action) { error = perform(action, socket); }, step);
            }
            if (error) {
                complaint_ += complaint_.empty() ? error.message() : "";
                return;
            }
        }
    }
    std::error_code perform(const Expect& step, asio::ip::tcp::socket& socket) {
        const ByteBuffer expected = octets(step.hex);
        ByteBuffer came(expected.size());
        std::error_code error;
        const std::size_t count = asio::read(socket, asio::buffer(came), error);
        came.resize(count);
        if (came != expected) {
            complaint_ = "expected " + to_hex(expected) + " but got " + to_hex(came);
            return error ? error : make_error_code(std::errc::protocol_error);
        }
        return {};
    }
    std::error_code perform(const Send& step, asio::ip::tcp::socket& socket) {
        std::error_code error;
        asio::write(socket, asio::buffer(octets(step.hex)), error);
        return error;
    }
    std::error_code perform(const Close&, asio::ip::tcp::socket& socket) {
        std::error_code ignored;
        socket.close(ignored);
        return {};
    }
    std::error_code perform(const Abort&, asio::ip::tcp::socket& socket) {
        std::error_code ignored;
        socket.set_option(asio::socket_base::linger(true, 0), ignored);
        socket.close(ignored);
        return {};
    }
    std::error_code perform(const Silence&, asio::ip::tcp::socket& socket) {
        Byte octet = 0;
        std::error_code error;
        while (!error) {
            asio::read(socket, asio::buffer(&octet, 1), error);
        }
        socket.close(error);
        return {};
    }

    std::error_code perform(const Flood& step, asio::ip::tcp::socket& socket) {
        const ByteBuffer one = octets(step.hex);
        std::error_code error;
        while (!error) {
            asio::write(socket, asio::buffer(one), error);
        }
        socket.close(error);
        return {};
    }

    std::vector<Step> script_;
    asio::io_context io_;
    asio::ip::tcp::acceptor acceptor_;
    std::atomic<std::size_t> connections_ = 0;
    std::string complaint_;
    std::thread thread_;
};

}  // namespace dlms::testing
