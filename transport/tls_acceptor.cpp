#include "transport/tls_acceptor.hpp"

#include <optional>

#include "transport/tls_channel.hpp"
#include "transport/watchdog.hpp"

namespace dlms::transport {

/// One connection on its way to be accepted.
struct TlsAcceptor::Handshake {
    std::unique_ptr<TlsChannel::Stream> stream;
    std::optional<Watchdog> watchdog;
};

Result<std::shared_ptr<TlsAcceptor>> TlsAcceptor::listen(const asio::any_io_executor& executor,
                                                         const asio::ip::tcp::endpoint& endpoint,
                                                         const TlsServerOptions& options,
                                                         Handler handler) {
    Result<TlsContext> context = TlsContext::for_server(options);
    if (!context) {
        return std::unexpected(context.error());
    }
    std::shared_ptr<TlsAcceptor> self(new TlsAcceptor(*std::move(context), std::move(handler)));
    auto acceptor = TcpAcceptor::listen(
        executor, endpoint,
        [weak = std::weak_ptr<TlsAcceptor>(self)](asio::ip::tcp::socket socket) {
            if (const auto alive = weak.lock()) {
                alive->shake_hands(std::move(socket));
            }
        });
    if (!acceptor) {
        return std::unexpected(acceptor.error());
    }
    self->acceptor_ = *std::move(acceptor);
    return self;
}

void TlsAcceptor::close() {
    closed_ = true;
    acceptor_->close();
}

void TlsAcceptor::shake_hands(asio::ip::tcp::socket socket) {
    if (handshakes_ >= max_handshakes) {
        ++counters_.refused;
        return;
    }
    ++handshakes_;
    const auto handshake = std::make_shared<Handshake>();
    handshake->stream = std::make_unique<TlsChannel::Stream>(std::move(socket), context_.native());
    handshake->watchdog.emplace(handshake->stream->get_executor(),
                                std::chrono::steady_clock::now() + handshake_timeout,
                                [weak = std::weak_ptr<Handshake>(handshake)] {
                                    const auto alive = weak.lock();
                                    if (alive && alive->stream) {
                                        std::error_code ignored;
                                        alive->stream->next_layer().close(ignored);
                                    }
                                });
    handshake->stream->async_handshake(
        asio::ssl::stream_base::server,
        [self = shared_from_this(), handshake](std::error_code error) {
            self->ended(*handshake, error);
        });
}

void TlsAcceptor::ended(Handshake& handshake, std::error_code error) {
    --handshakes_;
    handshake.watchdog.reset();
    if (closed_) {
        return;
    }
    const asio::ip::tcp::endpoint peer =
        error ? asio::ip::tcp::endpoint() : handshake.stream->next_layer().remote_endpoint(error);
    if (error) {
        ++counters_.failed;
        return;
    }
    ++counters_.accepted;
    handler_(std::make_unique<TlsChannel>(std::move(handshake.stream)), peer);
}

}  // namespace dlms::transport
