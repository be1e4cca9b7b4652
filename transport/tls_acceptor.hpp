#pragma once
// TlsAcceptor: accepts TLS connections until it is closed.

#include <functional>

#include "transport/acceptor.hpp"
#include "transport/channel.hpp"
#include "transport/tls_context.hpp"

namespace dlms::transport {

class TlsAcceptor : public std::enable_shared_from_this<TlsAcceptor> {
public:
    /// Called for every connection whose handshake succeeded, on the acceptor's executor.
    using Handler =
        std::function<void(std::unique_ptr<Channel>, const asio::ip::tcp::endpoint& peer)>;

    struct Counters {
        std::uint64_t accepted = 0;
        std::uint64_t failed = 0;   ///< no TLS, no certificate that we want, or too slow
        std::uint64_t refused = 0;  ///< closed at once: too many handshakes under way
    };

    static constexpr std::size_t max_handshakes = 64;
    static constexpr std::chrono::seconds handshake_timeout{10};

    /// Listens on an address and port (0: any free one). Errors: those of TcpAcceptor::listen() and
    /// unusable_credentials.
    static Result<std::shared_ptr<TlsAcceptor>> listen(const asio::any_io_executor& executor,
                                                       const asio::ip::tcp::endpoint& endpoint,
                                                       const TlsServerOptions& options,
                                                       Handler handler);

    asio::ip::tcp::endpoint local_endpoint() const { return acceptor_->local_endpoint(); }
    const Counters& counters() const { return counters_; }
    /// Stops to listen; handshakes under way come to nothing.
    void close();

private:
    struct Handshake;

    TlsAcceptor(TlsContext context, Handler handler)
        : context_(std::move(context)), handler_(std::move(handler)) {}
    void shake_hands(asio::ip::tcp::socket socket);
    void ended(Handshake& handshake, std::error_code error);

    TlsContext context_;
    Handler handler_;
    std::shared_ptr<TcpAcceptor> acceptor_;
    std::size_t handshakes_ = 0;
    bool closed_ = false;
    Counters counters_;
};

}  // namespace dlms::transport
