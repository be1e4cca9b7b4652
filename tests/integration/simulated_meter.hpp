#pragma once
// A simulated meter on free ports of the loopback interface, with a thread of its own.

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include "simulator/hdlc_line.hpp"
#include "simulator/meter_connection.hpp"
#include "simulator/meter_group.hpp"
#include "simulator/meter_server.hpp"

namespace dlms::testing {

class SimulatedMeter {
public:
    /// `count` meters on its HDLC line; the wrapper leads to the first.
    explicit SimulatedMeter(const std::string& scenario, int count = 1) {
        using namespace simulator;
        for (int i = 0; i < count; ++i) {
            auto parsed = parse_scenario(scenario);
            BOOST_REQUIRE_MESSAGE(parsed.has_value(), parsed.error());
            const auto utc =
                std::chrono::floor<UtcTime>(std::chrono::system_clock::now().time_since_epoch());
            BOOST_REQUIRE(meters_.add(std::make_unique<Meter>(
                *std::move(parsed), 1, std::chrono::steady_clock::now(), utc)));
        }
        wrapper_ = listen(transport::Framing::wrapper,
                          [this](Instant now) -> std::unique_ptr<LineMachine> {
                              return std::make_unique<MeterConnection>(meters_, now);
                          });
        hdlc_ =
            listen(transport::Framing::hdlc, [this](Instant now) -> std::unique_ptr<LineMachine> {
                return std::make_unique<HdlcLine>(meters_, HdlcMedium{}, now);
            });
        thread_ = std::jthread([this] { io_.run(); });
    }
    ~SimulatedMeter() {
        io_.stop();
        thread_.join();
    }
    SimulatedMeter(const SimulatedMeter&) = delete;
    SimulatedMeter& operator=(const SimulatedMeter&) = delete;

    std::uint16_t wrapper_port() const { return wrapper_->local_endpoint().port(); }
    std::uint16_t hdlc_port() const { return hdlc_->local_endpoint().port(); }

private:
    std::unique_ptr<simulator::MeterServer> listen(transport::Framing framing,
                                                   simulator::LineFactory make_line) {
        auto server = simulator::MeterServer::start(
            io_.get_executor(), {.endpoint = {asio::ip::address_v4::loopback(), 0},
                                 .make_line = std::move(make_line),
                                 .framing = framing});
        BOOST_REQUIRE(server.has_value());
        return *std::move(server);
    }

    asio::io_context io_;
    asio::executor_work_guard<asio::io_context::executor_type> guard_{io_.get_executor()};
    simulator::MeterGroup meters_;
    std::unique_ptr<simulator::MeterServer> wrapper_;
    std::unique_ptr<simulator::MeterServer> hdlc_;
    std::jthread thread_;
};

}  // namespace dlms::testing
