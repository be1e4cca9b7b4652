#include "tests/server/simulated_peer.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <stdexcept>
#include <utility>

#include <asio/post.hpp>

#include "simulator/scenario.hpp"
#include "stack/base/hex.hpp"

namespace dlms::service::testing {

namespace {

asio::ip::tcp::endpoint loopback() {
    return {asio::ip::address_v4::loopback(), 0};
}

simulator::Scenario scenario_of(std::string_view text) {
    auto scenario = simulator::parse_scenario(text);
    if (!scenario) {
        throw std::invalid_argument(scenario.error());
    }
    return std::move(*scenario);
}

simulator::UtcTime utc_now() {
    return simulator::UtcTime{std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now().time_since_epoch())};
}

}  // namespace

IoThread::IoThread() : guard_(io_.get_executor()), thread_([this] { io_.run(); }) {}

IoThread::~IoThread() {
    io_.stop();
}

void IoThread::run(std::function<void()> work) {
    std::promise<void> done;
    auto finished = done.get_future();
    asio::post(io_, [&] {
        work();
        done.set_value();
    });
    finished.get();
}

class SimulatedMeter::Session : public transport::Session {
public:
    Session(SimulatedMeter& owner, asio::ip::tcp::socket socket)
        : owner_(owner), connection_(*owner.meter_, std::chrono::steady_clock::now()) {
        driver_ = transport::Driver::create(std::move(socket), *this);
        driver_->start();
    }
    ~Session() override { close(); }

    void close() { driver_->close(); }
    [[nodiscard]] bool is_open() const { return driver_->is_open(); }

    void receive(ByteView bytes, Instant now) override {
        connection_.receive(bytes, now);
        count_events();
    }
    void handle_timeout(Instant now) override {
        connection_.handle_timeout(now);
        count_events();
    }
    void connection_lost(const Error&) override { connection_.link_lost(); }
    std::optional<ByteView> poll_transmit() override { return connection_.poll_transmit(); }
    std::optional<Instant> poll_timeout() override { return connection_.poll_timeout(); }
    std::optional<Error> failure() override { return connection_.failure(); }

private:
    void count_events() {
        while (const auto event = connection_.poll_event()) {
            owner_.associated_ += event->kind == simulator::MeterEvent::Kind::associated ? 1 : 0;
            owner_.released_ += event->kind == simulator::MeterEvent::Kind::released ? 1 : 0;
        }
    }

    SimulatedMeter& owner_;
    simulator::MeterConnection connection_;
    std::shared_ptr<transport::Driver> driver_;
};

SimulatedMeter::SimulatedMeter(std::string_view scenario)
    : meter_(std::make_unique<simulator::Meter>(scenario_of(scenario), 1,
                                                std::chrono::steady_clock::now(), utc_now())) {
    thread_.run([this] {
        acceptor_ =
            transport::TcpAcceptor::listen(
                thread_.io().get_executor(), loopback(),
                [this](asio::ip::tcp::socket socket) {
                    forget_ended();
                    sessions_.push_back(std::make_unique<Session>(*this, std::move(socket)));
                })
                .value();
        port_ = acceptor_->local_endpoint().port();
    });
}

SimulatedMeter::~SimulatedMeter() {
    thread_.run([this] {
        acceptor_->close();
        sessions_.clear();
    });
}

void SimulatedMeter::drop_connections() {
    thread_.run([this] { sessions_.clear(); });
}

void SimulatedMeter::forget_ended() {
    std::erase_if(sessions_, [](const auto& session) { return !session->is_open(); });
}

class ScriptedPeer::Session : public transport::Session {
public:
    Session(ScriptedPeer& owner, asio::ip::tcp::socket socket) : owner_(owner) {
        driver_ = transport::Driver::create(std::move(socket), *this);
        driver_->start();
    }
    ~Session() override { driver_->close(); }

    void receive(ByteView octets, Instant) override {
        received_.insert(received_.end(), octets.begin(), octets.end());
        constexpr std::size_t header = 8;
        while (received_.size() >= header) {
            const std::size_t size = header + 256U * received_[6] + received_[7];
            if (received_.size() < size) {
                return;
            }
            take(ByteView(received_).subspan(header, size - header));
            received_.erase(received_.begin(),
                            received_.begin() + static_cast<std::ptrdiff_t>(size));
        }
    }
    void handle_timeout(Instant) override {}
    void connection_lost(const Error&) override {}
    std::optional<ByteView> poll_transmit() override {
        if (answer_.empty()) {
            return std::nullopt;
        }
        sent_ = std::exchange(answer_, {});
        return sent_;
    }
    std::optional<Instant> poll_timeout() override { return std::nullopt; }
    std::optional<Error> failure() override { return failure_; }

private:
    void take(ByteView apdu) {
        if (owner_.answers_) {
            append(owner_.answers_(apdu));
        } else if (step_ < owner_.script_.size()) {
            append(from_hex(owner_.script_[step_++]).value());
        } else if (owner_.ending_ == Ending::close) {
            failure_ = Error{ErrorCode::connection_lost, Layer::transport};
        }
        owner_.note(apdu);
    }
    void append(const ByteBuffer& octets) {
        answer_.insert(answer_.end(), octets.begin(), octets.end());
    }

    ScriptedPeer& owner_;
    std::size_t step_ = 0;
    ByteBuffer received_;
    ByteBuffer answer_;
    ByteBuffer sent_;
    std::optional<Error> failure_;
    std::shared_ptr<transport::Driver> driver_;
};

ScriptedPeer::ScriptedPeer(std::vector<std::string> script, Ending ending)
    : script_(std::move(script)), ending_(ending) {
    listen();
}

ScriptedPeer::ScriptedPeer(Answers answers) : answers_(std::move(answers)) {
    listen();
}

ScriptedPeer::~ScriptedPeer() {
    shut();
}

void ScriptedPeer::listen() {
    thread_.run([this] {
        acceptor_ =
            transport::TcpAcceptor::listen(
                thread_.io().get_executor(), loopback(),
                [this](asio::ip::tcp::socket socket) {
                    sessions_.push_back(std::make_unique<Session>(*this, std::move(socket)));
                })
                .value();
        port_ = acceptor_->local_endpoint().port();
    });
}

void ScriptedPeer::note(ByteView apdu) {
    const std::scoped_lock lock(mutex_);
    firsts_.push_back(apdu.empty() ? Byte{0} : apdu[0]);
    arrived_.notify_all();
}

void ScriptedPeer::wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return firsts_.size() >= count; });
}

std::size_t ScriptedPeer::count(Byte first) {
    const std::scoped_lock lock(mutex_);
    return static_cast<std::size_t>(std::ranges::count(firsts_, first));
}

void ScriptedPeer::shut() {
    thread_.run([this] {
        acceptor_->close();
        sessions_.clear();
    });
}

std::string accepting_wpdu() {
    return "0001 0001 0011 002B"
           "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040000101804000007";
}

}  // namespace dlms::service::testing
