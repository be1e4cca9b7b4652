#pragma once
// Peers for the service on loopback, each with a thread of its own: a simulated meter, and a peer
// that follows a script of octets.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
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

// Accepts connections; answers the n-th WPDU that it receives on a connection with the n-th line
// of the script (hex), an empty line being silence; after the script it is silent or closes. Or
// answers what a function makes of each APDU.
class ScriptedPeer {
public:
    enum class Ending { silence, close };
    // The octets for an APDU of the service's; empty: silence. Called on the peer's thread.
    using Answers = std::function<ByteBuffer(ByteView apdu)>;

    explicit ScriptedPeer(std::vector<std::string> script, Ending ending = Ending::silence);
    explicit ScriptedPeer(Answers answers);
    ~ScriptedPeer();

    [[nodiscard]] std::uint16_t port() const { return port_; }

    // Waits until so many APDUs have arrived, on all connections together.
    void wait_for(std::size_t count);
    // How many of them began with that octet.
    [[nodiscard]] std::size_t count(Byte first);

    // Closes all connections and accepts no more: whoever waits for an answer is released.
    void shut();

private:
    class Session;

    void listen();
    void note(ByteView apdu);

    IoThread thread_;
    std::vector<std::string> script_;
    Ending ending_ = Ending::silence;
    Answers answers_;
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<Byte> firsts_;  // of each APDU; guarded by the mutex
    std::vector<std::unique_ptr<Session>> sessions_;
    std::shared_ptr<transport::TcpAcceptor> acceptor_;
    std::uint16_t port_ = 0;
};

// The WPDU with the AARE by which a meter accepts mechanism 0 or 1 with GET and SET, to client 17.
[[nodiscard]] std::string accepting_wpdu();

}  // namespace dlms::service::testing
