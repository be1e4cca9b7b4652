#include "server/http_socket.hpp"

#include <utility>

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace dlms::service {

void HttpSocket::Free::operator()(ssl_st* ssl) const {
    SSL_free(ssl);
}

HttpSocket::HttpSocket(asio::ip::tcp::socket socket, std::shared_ptr<const TlsServerContext> tls)
    : socket_(std::move(socket)), context_(std::move(tls)) {
    asio::error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    if (context_) {
        tls_.reset(SSL_new(context_->native()));
        is_broken_ = tls_ == nullptr || SSL_set_fd(tls_.get(), socket_.native_handle()) != 1;
        if (!is_broken_) {
            SSL_set_accept_state(tls_.get());
        }
    }
}

HttpSocket::~HttpSocket() = default;

// What came of a call that returned `result`, which is no success.
void HttpSocket::take_result(int result, asio::error_code& error) {
    const int why = SSL_get_error(tls_.get(), result);
    ERR_clear_error();
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) {
        wait_for_ = why == SSL_ERROR_WANT_READ ? asio::socket_base::wait_read
                                               : asio::socket_base::wait_write;
        error = asio::error::would_block;
        return;
    }
    is_broken_ = why != SSL_ERROR_ZERO_RETURN;
    error = why == SSL_ERROR_ZERO_RETURN
                ? asio::error::make_error_code(asio::error::eof)
                : asio::error::make_error_code(asio::error::connection_reset);
}

void HttpSocket::handshake(asio::error_code& error) {
    error.clear();
    if (!context_) {
        return;
    }
    if (is_broken_) {
        error = asio::error::connection_reset;
        return;
    }
    ERR_clear_error();
    const int result = SSL_do_handshake(tls_.get());
    if (result != 1) {
        take_result(result, error);
    }
}

std::size_t HttpSocket::read_some(std::span<char> target, asio::error_code& error) {
    error.clear();
    if (!context_) {
        const std::size_t size =
            socket_.read_some(asio::buffer(target.data(), target.size()), error);
        wait_for_ = asio::socket_base::wait_read;
        return size;
    }
    if (is_broken_ || !socket_.is_open()) {
        error = asio::error::connection_reset;
        return 0;
    }
    ERR_clear_error();
    std::size_t size = 0;
    const int result = SSL_read_ex(tls_.get(), target.data(), target.size(), &size);
    if (result != 1) {
        take_result(result, error);
        return 0;
    }
    return size;
}

std::size_t HttpSocket::write_some(std::string_view source, asio::error_code& error) {
    error.clear();
    if (!context_) {
        const std::size_t size =
            socket_.write_some(asio::buffer(source.data(), source.size()), error);
        wait_for_ = asio::socket_base::wait_write;
        return size;
    }
    if (is_broken_ || !socket_.is_open()) {
        error = asio::error::connection_reset;
        return 0;
    }
    ERR_clear_error();
    std::size_t size = 0;
    const int result = SSL_write_ex(tls_.get(), source.data(), source.size(), &size);
    if (result != 1) {
        take_result(result, error);
        return 0;
    }
    return size;
}

asio::awaitable<void> HttpSocket::wait(asio::error_code& error) {
    co_await socket_.async_wait(wait_for_, asio::redirect_error(asio::use_awaitable, error));
}

void HttpSocket::shutdown() {
    if (tls_ && !is_broken_) {
        ERR_clear_error();
        SSL_shutdown(tls_.get());
        ERR_clear_error();
    }
    asio::error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

}  // namespace dlms::service
