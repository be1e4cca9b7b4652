#pragma once
// A TCP relay before a meter that breaks the line at one message of the client's, or forges the
// answer to it.

#include <atomic>
#include <thread>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include "stack/base/bytes.hpp"

namespace dlms::testing {

/// Passes WPDUs one by one: each of the client's, then the meter's answer to it.
class CuttingRelay {
public:
    struct Cut {
        int message = 0;         ///< of the client's, counted from 1; 0: never
        bool delivered = false;  ///< the meter gets it, and its answer is lost
        bool for_good = false;   ///< nobody gets through from then on
        ByteBuffer forged = {};  ///< not empty: takes the place of the meter's answer
        int forged_again = 0;    ///< and of the answer to this message
    };

    CuttingRelay(std::uint16_t meter, Cut cut)
        : meter_(asio::ip::address_v4::loopback(), meter),
          cut_(std::move(cut)),
          acceptor_(io_, {asio::ip::address_v4::loopback(), 0}) {
        asio::co_spawn(io_, accept(), asio::detached);
        thread_ = std::jthread([this] { io_.run(); });
    }
    ~CuttingRelay() {
        io_.stop();
        thread_.join();
    }
    CuttingRelay(const CuttingRelay&) = delete;
    CuttingRelay& operator=(const CuttingRelay&) = delete;

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    bool has_cut() const { return has_cut_; }
    /// Of the client's, that came so far.
    int messages() const { return messages_; }

private:
    using Socket = asio::ip::tcp::socket;

    asio::awaitable<void> accept() {
        for (;;) {
            Socket client = co_await acceptor_.async_accept(asio::use_awaitable);
            if (!has_cut_ || !cut_.for_good) {
                asio::co_spawn(io_, pass(std::move(client)), asio::detached);
            }
        }
    }

    /// The end of either side's stream ends the other's: both sockets go.
    asio::awaitable<void> pass(Socket client) {
        Socket meter(io_);
        co_await meter.async_connect(meter_, asio::use_awaitable);
        for (;;) {
            ByteBuffer message = co_await next_wpdu(client);
            const int number = ++messages_;
            const bool is_cut = number == cut_.message || number == cut_.forged_again;
            has_cut_ = has_cut_ || is_cut;
            if (is_cut && !cut_.delivered && cut_.forged.empty()) {
                co_return;
            }
            co_await asio::async_write(meter, asio::buffer(message), asio::use_awaitable);
            message = co_await next_wpdu(meter);
            if (is_cut && cut_.forged.empty()) {
                co_return;
            }
            if (is_cut) {
                forge(message);
            }
            co_await asio::async_write(client, asio::buffer(message), asio::use_awaitable);
        }
    }

    void forge(ByteBuffer& wpdu) const {
        wpdu.resize(8);
        wpdu[6] = static_cast<Byte>(cut_.forged.size() >> 8);
        wpdu[7] = static_cast<Byte>(cut_.forged.size() & 0xFF);
        wpdu.insert(wpdu.end(), cut_.forged.begin(), cut_.forged.end());
    }

    static asio::awaitable<ByteBuffer> next_wpdu(Socket& from) {
        constexpr std::size_t header = 8;
        ByteBuffer wpdu(header);
        co_await asio::async_read(from, asio::buffer(wpdu), asio::use_awaitable);
        const std::size_t length = static_cast<std::size_t>(wpdu[6]) << 8 | wpdu[7];
        wpdu.resize(header + length);
        co_await asio::async_read(from, asio::buffer(wpdu.data() + header, length),
                                  asio::use_awaitable);
        co_return wpdu;
    }

    asio::io_context io_;
    asio::ip::tcp::endpoint meter_;
    Cut cut_;
    std::atomic<int> messages_ = 0;
    std::atomic<bool> has_cut_ = false;
    asio::ip::tcp::acceptor acceptor_;
    std::jthread thread_;
};

}  // namespace dlms::testing
