#include "transport/tls_connector.hpp"

#include <asio/redirect_error.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <openssl/ssl.h>

#include "transport/tls_channel.hpp"
#include "transport/watchdog.hpp"

namespace dlms::transport {
namespace {

/// Has the peer's certificate compared with the name, and says the name to the peer.
bool expect_name(SSL* connection, std::string name) {
    std::error_code no_address;
    asio::ip::make_address(name, no_address);
    if (!no_address) {
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), name.c_str()) == 1;
    }
    SSL_set_hostflags(connection, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    // What the macro SSL_set_tlsext_host_name() does, without its cast.
    return SSL_set1_host(connection, name.c_str()) == 1 &&
           SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                    name.data()) == 1;
}

Error handshake_error(SSL* connection, const std::error_code& error) {
    const long verified = SSL_get_verify_result(connection);
    if (verified != X509_V_OK) {
        return to_certificate_error(verified);
    }
    const Error reason = to_tls_error(error);
    // In TLS 1.2 a peer that wants a certificate of ours says no more than that the handshake has
    // failed, when everything else is agreed on.
    if (reason.code == ErrorCode::tls_no_common_terms &&
        SSL_get_pending_cipher(connection) != nullptr) {
        const unsigned char* types = nullptr;
        const bool wanted_certificate = SSL_get0_certificate_types(connection, &types) > 0;
        return Error{
            wanted_certificate ? ErrorCode::own_certificate_rejected : ErrorCode::tls_failed,
            Layer::transport, 0};
    }
    // A peer that hangs up in the middle of a handshake does not speak TLS, or not with us.
    return reason.code == ErrorCode::connection_lost
               ? Error{ErrorCode::tls_failed, Layer::transport, 0}
               : reason;
}

}  // namespace

asio::awaitable<Result<std::unique_ptr<Channel>>> connect_tls(TcpEndpoint endpoint,
                                                              TlsOptions options, Instant deadline,
                                                              AddressFilter filter) {
    const auto context = TlsContext::remembered(options);
    if (!context) {
        co_return std::unexpected(context.error());
    }
    const std::string name = options.server_name.empty() ? endpoint.host : options.server_name;
    auto socket = co_await connect_tcp(std::move(endpoint), deadline, std::move(filter));
    if (!socket) {
        co_return std::unexpected(socket.error());
    }
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    // The cancelled operation may end after this call has, so what it touches is shared.
    const auto shared = std::make_shared<std::unique_ptr<TlsChannel::Stream>>(
        std::make_unique<TlsChannel::Stream>(std::move(*socket), (*context)->native()));
    TlsChannel::Stream& stream = **shared;
    if (!expect_name(stream.native_handle(), name)) {
        co_return fail(ErrorCode::unusable_credentials, Layer::transport);
    }
    const Watchdog watchdog(executor, deadline, [shared] {
        if (*shared) {
            std::error_code ignored;
            (*shared)->next_layer().close(ignored);
        }
    });
    std::error_code error;
    co_await stream.async_handshake(asio::ssl::stream_base::client,
                                    asio::redirect_error(asio::use_awaitable, error));
    if (watchdog.fired()) {
        co_return fail(ErrorCode::connect_timeout, Layer::transport);
    }
    if (error) {
        co_return std::unexpected(handshake_error(stream.native_handle(), error));
    }
    co_return std::make_unique<TlsChannel>(std::move(*shared));
}

}  // namespace dlms::transport
