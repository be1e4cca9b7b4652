#pragma once
// Meters on an HDLC line behind a TCP port: the meter's end of the link is our own station, what is
// said on it are octets from a table.

#include <map>
#include <memory>
#include <vector>

#include "stack/hdlc/server_station.hpp"
#include "tests/client/client_desk.hpp"
#include "transport/acceptor.hpp"
#include "transport/driver.hpp"

namespace dlms::testing {

class HdlcMeter {
public:
    /// Answers as hexadecimal, by the request's, a GET with invoke-id 1; a request that is not
    /// there stays unanswered.
    using Answers = std::map<std::string, std::string>;

    HdlcMeter(asio::io_context& io, hdlc::ServerStationConfiguration configuration)
        : configuration_(std::move(configuration)) {
        auto acceptor = transport::TcpAcceptor::listen(
            io.get_executor(), {asio::ip::make_address("127.0.0.1"), 0},
            [this](asio::ip::tcp::socket socket) {
                connections_.push_back(
                    std::make_unique<Connection>(*this, std::move(socket), configuration_));
                connections_.back()->driver->start();
            });
        BOOST_REQUIRE(acceptor.has_value());
        acceptor_ = *acceptor;
    }
    ~HdlcMeter() {
        acceptor_->close();
        for (const auto& connection : connections_) {
            connection->driver->close();
        }
    }
    HdlcMeter(const HdlcMeter&) = delete;
    HdlcMeter& operator=(const HdlcMeter&) = delete;

    std::uint16_t port() const { return acceptor_->local_endpoint().port(); }
    std::size_t connections() const { return connections_.size(); }
    /// What the meter of this address answers.
    Answers& of(std::uint16_t lower) { return answers_[lower]; }
    /// Sent in a UI frame before the next answer.
    std::string push;

private:
    struct Connection final : transport::Session {
        Connection(HdlcMeter& of, asio::ip::tcp::socket socket,
                   const hdlc::ServerStationConfiguration& configuration)
            : meter(of),
              station(configuration),
              driver(transport::Driver::create(std::move(socket), *this)) {}

        void receive(ByteView bytes, Instant now) override {
            station.receive(bytes, now);
            answer_all(now);
        }
        void handle_timeout(Instant now) override {
            station.handle_timeout(now);
            answer_all(now);
        }
        void connection_lost(const Error&) override {}
        std::optional<ByteView> poll_transmit() override { return station.poll_transmit(); }
        std::optional<Instant> poll_timeout() override { return station.poll_timeout(); }
        std::optional<Error> failure() override { return std::nullopt; }

        void answer_all(Instant now) {
            while (const auto event = station.poll_event()) {
                const auto* request = std::get_if<hdlc::ApduReceived>(&event->what);
                if (request == nullptr) {
                    continue;
                }
                if (!meter.push.empty()) {
                    const ByteBuffer push = octets(std::exchange(meter.push, {}));
                    BOOST_TEST(station.send_unnumbered(event->link, push, now).has_value());
                }
                answer(event->link, ByteBuffer(request->apdu.begin(), request->apdu.end()), now);
            }
        }

        void answer(const hdlc::LinkAddresses& link, ByteBuffer request, Instant now) {
            const Byte invoke_id = request.at(2);
            const bool is_get = request.at(0) == 0xC0;
            if (is_get) {
                request[2] = 0xC1;
            }
            const Answers& answers = meter.of(link.server.lower);
            const auto found = answers.find(to_hex(request));
            if (found == answers.end()) {
                return;
            }
            ByteBuffer apdu = octets(found->second);
            if (is_get) {
                apdu[2] = invoke_id;
            }
            BOOST_TEST(station.send(link, apdu, now).has_value());
        }

        HdlcMeter& meter;
        hdlc::ServerStation station;
        std::shared_ptr<transport::Driver> driver;
    };

    hdlc::ServerStationConfiguration configuration_;
    std::map<std::uint16_t, Answers> answers_;
    std::shared_ptr<transport::TcpAcceptor> acceptor_;
    std::vector<std::unique_ptr<Connection>> connections_;
};

}  // namespace dlms::testing
