#pragma once
// Peers for the service on loopback, each with a thread of its own: a simulated meter, and a peer
// that follows a script of octets.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>

#include "simulator/meter_connection.hpp"
#include "transport/acceptor.hpp"
#include "transport/driver.hpp"

namespace dlms::service::testing {

// An io_context that a thread runs.
class IoThread {
public:
    IoThread();
    ~IoThread();
    IoThread(const IoThread&) = delete;
    IoThread& operator=(const IoThread&) = delete;

    asio::io_context& io() { return io_; }

    // Runs `work` on the thread and waits for it.
    void run(std::function<void()> work);

private:
    asio::io_context io_;
    asio::executor_work_guard<asio::io_context::executor_type> guard_;
    std::jthread thread_;
};

// A meter of a scenario (JSON text), on a free port.
class SimulatedMeter {
public:
    explicit SimulatedMeter(std::string_view scenario);
    ~SimulatedMeter();

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] int associated() const { return associated_; }
    [[nodiscard]] int released() const { return released_; }

    // Closes every connection without a word, as a modem does.
    void drop_connections();

private:
    class Session;

    void forget_ended();

    IoThread thread_;
    std::atomic<int> associated_ = 0;
    std::atomic<int> released_ = 0;
    std::unique_ptr<simulator::Meter> meter_;
    std::vector<std::unique_ptr<Session>> sessions_;
    std::shared_ptr<transport::TcpAcceptor> acceptor_;
    std::uint16_t port_ = 0;
};

// Accepts connections; answers the n-th octets that it receives on a connection with the n-th line
// of the script (hex), an empty line being silence; after the script it is silent or closes.
class ScriptedPeer {
public:
    enum class Ending { silence, close };

    explicit ScriptedPeer(std::vector<std::string> script, Ending ending = Ending::silence);
    ~ScriptedPeer();

    [[nodiscard]] std::uint16_t port() const { return port_; }
    // How many times octets have arrived, on all connections.
    [[nodiscard]] int arrivals() const { return arrivals_; }

private:
    class Session;

    IoThread thread_;
    std::vector<std::string> script_;
    Ending ending_;
    std::atomic<int> arrivals_ = 0;
    std::vector<std::unique_ptr<Session>> sessions_;
    std::shared_ptr<transport::TcpAcceptor> acceptor_;
    std::uint16_t port_ = 0;
};

// The WPDU with the AARE by which a meter accepts mechanism 0 or 1 with GET and SET, to client 17.
[[nodiscard]] std::string accepting_wpdu();

}  // namespace dlms::service::testing
