#include "conformance/wire.hpp"

#include <array>

#include <asio.hpp>

namespace dlms::conformance {
namespace {

using std::chrono::milliseconds;
constexpr std::size_t read_size = 65536;

/// Runs what was started on the context until it is done or time is up; then it is cancelled.
template <class Socket>
void run_for(asio::io_context& context, Socket& socket, const bool& done, milliseconds patience) {
    context.restart();
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!done && context.run_one_until(end) > 0) {
    }
    if (!done) {
        std::error_code ignored;
        socket.cancel(ignored);
        context.restart();
        context.run();
    }
}

class TcpWire final : public Wire {
public:
    TcpWire() : socket_(context_) {}

    std::string connect(const Place& place, milliseconds patience) {
        std::error_code error;
        asio::ip::tcp::resolver resolver(context_);
        const auto found = resolver.resolve(place.host, std::to_string(place.port), error);
        if (error) {
            return place.host + ": " + error.message();
        }
        bool done = false;
        std::error_code result = asio::error::timed_out;
        asio::async_connect(socket_, found, [&](std::error_code outcome, const auto&) {
            done = true;
            result = outcome;
        });
        run_for(context_, socket_, done, patience);
        if (result) {
            return place.host + ":" + std::to_string(place.port) + ": " + result.message();
        }
        socket_.set_option(asio::ip::tcp::no_delay(true), error);
        return {};
    }
    bool send(ByteView octets, milliseconds patience) override {
        bool done = false;
        asio::async_write(socket_, asio::buffer(octets.data(), octets.size()),
                          [&](std::error_code error, std::size_t) {
                              done = true;
                              is_closed_ = is_closed_ || bool(error);
                          });
        run_for(context_, socket_, done, patience);
        return !is_closed_;
    }
    ByteBuffer receive(milliseconds patience) override {
        bool done = false;
        std::size_t count = 0;
        ByteBuffer space(read_size);
        socket_.async_read_some(asio::buffer(space), [&](std::error_code error, std::size_t size) {
            done = true;
            count = size;
            is_closed_ = is_closed_ || (error && error != asio::error::operation_aborted);
        });
        run_for(context_, socket_, done, patience);
        space.resize(count);
        return space;
    }
    bool is_closed() const override { return is_closed_; }

private:
    asio::io_context context_;
    asio::ip::tcp::socket socket_;
    bool is_closed_ = false;
};

class UdpWire final : public Wire {
public:
    UdpWire() : socket_(context_) {}

    std::string open(const Place& place) {
        std::error_code error;
        asio::ip::udp::resolver resolver(context_);
        const auto found = resolver.resolve(place.host, std::to_string(place.port), error);
        if (!error) {
            asio::connect(socket_, found, error);
        }
        return error ? place.host + ": " + error.message() : std::string();
    }
    bool send(ByteView octets, milliseconds) override {
        std::error_code error;
        socket_.send(asio::buffer(octets.data(), octets.size()), 0, error);
        return !error;
    }
    ByteBuffer receive(milliseconds patience) override {
        bool done = false;
        std::size_t count = 0;
        ByteBuffer space(read_size);
        socket_.async_receive(asio::buffer(space), [&](std::error_code, std::size_t size) {
            done = true;
            count = size;
        });
        run_for(context_, socket_, done, patience);
        space.resize(count);
        return space;
    }
    bool is_closed() const override { return false; }

private:
    asio::io_context context_;
    asio::ip::udp::socket socket_;
};

}  // namespace

std::expected<std::unique_ptr<Wire>, std::string> Wire::connect_tcp(const Place& place,
                                                                    milliseconds patience) {
    auto wire = std::make_unique<TcpWire>();
    if (std::string error = wire->connect(place, patience); !error.empty()) {
        return std::unexpected(std::move(error));
    }
    return wire;
}

std::expected<std::unique_ptr<Wire>, std::string> Wire::open_udp(const Place& place) {
    auto wire = std::make_unique<UdpWire>();
    if (std::string error = wire->open(place); !error.empty()) {
        return std::unexpected(std::move(error));
    }
    return wire;
}

}  // namespace dlms::conformance
