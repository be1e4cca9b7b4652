#include "transport/acceptor.hpp"

#include <asio/error.hpp>

#include "transport/error_mapping.hpp"

namespace dlms::transport {

Result<std::shared_ptr<TcpAcceptor>> TcpAcceptor::listen(const asio::any_io_executor& executor,
                                                         const asio::ip::tcp::endpoint& endpoint,
                                                         Handler handler) {
    asio::ip::tcp::acceptor acceptor(executor);
    std::error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) {
        acceptor.set_option(asio::ip::tcp::acceptor::reuse_address(true), error);
    }
    if (!error) {
        acceptor.bind(endpoint, error);
    }
    if (!error) {
        acceptor.listen(asio::socket_base::max_listen_connections, error);
    }
    if (error == asio::error::address_in_use) {
        return fail(ErrorCode::connect_refused, Layer::transport);
    }
    if (error) {
        return fail(ErrorCode::host_unreachable, Layer::transport);
    }
    std::shared_ptr<TcpAcceptor> self(new TcpAcceptor(std::move(acceptor), std::move(handler)));
    self->accept();
    return self;
}

TcpAcceptor::TcpAcceptor(asio::ip::tcp::acceptor acceptor, Handler handler)
    : acceptor_(std::move(acceptor)),
      pause_(acceptor_.get_executor()),
      handler_(std::move(handler)) {}

asio::ip::tcp::endpoint TcpAcceptor::local_endpoint() const {
    std::error_code ignored;
    return acceptor_.local_endpoint(ignored);
}

void TcpAcceptor::close() {
    std::error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
}

void TcpAcceptor::accept() {
    acceptor_.async_accept(
        [self = shared_from_this()](std::error_code error, asio::ip::tcp::socket socket) {
            if (!self->acceptor_.is_open()) {
                return;
            }
            if (error) {
                self->accept_later();  // out of descriptors: a tight loop would not free any
                return;
            }
            self->handler_(std::move(socket));
            self->accept();
        });
}

void TcpAcceptor::accept_later() {
    pause_.expires_after(std::chrono::milliseconds(50));
    pause_.async_wait([self = shared_from_this()](std::error_code error) {
        if (!error && self->acceptor_.is_open()) {
            self->accept();
        }
    });
}

}  // namespace dlms::transport
