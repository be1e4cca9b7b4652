#pragma once
// A meter that answers each APDU with what a function makes of it, over the TCP wrapper on a real
// socket of the loopback address, in a thread of its own. Nothing of our stack is in it.

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>

#include "tests/support/octets.hpp"

namespace dlms::testing {

class AnsweringMeter {
public:
    /// Empty: silence. Called on the meter's thread.
    using Answers = std::function<ByteBuffer(ByteView apdu)>;

    explicit AnsweringMeter(Answers answers)
        : answers_(std::move(answers)),
          acceptor_(io_, {asio::ip::make_address("127.0.0.1"), 0}),
          thread_([this] { serve(); }) {}
    ~AnsweringMeter() {
        {
            const std::scoped_lock lock(mutex_);
            ending_ = true;
        }
        asio::ip::tcp::socket wake(io_);
        std::error_code ignored;
        wake.connect(acceptor_.local_endpoint(), ignored);
        wake.close(ignored);
        thread_.join();
    }

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    /// Every APDU that came, as hexadecimal text.
    std::vector<std::string> asked() {
        const std::scoped_lock lock(mutex_);
        return asked_;
    }

private:
    // One connection after the other.
    void serve() {
        for (;;) {
            asio::ip::tcp::socket socket(io_);
            std::error_code error;
            acceptor_.accept(socket, error);
            {
                const std::scoped_lock lock(mutex_);
                if (ending_) {
                    return;
                }
            }
            while (!error) {
                error = answer(socket);
            }
        }
    }
    std::error_code answer(asio::ip::tcp::socket& socket) {
        ByteBuffer head(8);
        std::error_code error;
        asio::read(socket, asio::buffer(head), error);
        ByteBuffer apdu(error ? 0 : std::size_t{head[6]} << 8U | head[7]);
        if (!error) {
            asio::read(socket, asio::buffer(apdu), error);
        }
        if (error) {
            return error;
        }
        {
            const std::scoped_lock lock(mutex_);
            asked_.push_back(to_hex(apdu));
        }
        const ByteBuffer reply = answers_(apdu);
        if (reply.empty()) {
            return error;
        }
        ByteBuffer sent{0,
                        1,
                        head[4],
                        head[5],
                        head[2],
                        head[3],
                        static_cast<Byte>(reply.size() >> 8U),
                        static_cast<Byte>(reply.size())};
        sent.insert(sent.end(), reply.begin(), reply.end());
        asio::write(socket, asio::buffer(sent), error);
        return error;
    }

    Answers answers_;
    asio::io_context io_;
    asio::ip::tcp::acceptor acceptor_;
    std::mutex mutex_;
    std::vector<std::string> asked_;
    bool ending_ = false;
    std::thread thread_;
};

}  // namespace dlms::testing
