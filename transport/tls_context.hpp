#pragma once
// TlsContext: whom we trust, and who we are, for TLS 1.2 and newer. Made once, used for any number
// of connections.

#include <memory>
#include <string>

#include <asio/ssl/context.hpp>

#include "stack/base/result.hpp"
#include "transport/tls_options.hpp"

namespace dlms::transport {

/// The side that is called.
struct TlsServerOptions {
    std::string certificate_file;  ///< with its chain
    std::string key_file;          ///< empty: it stands in certificate_file
    std::string client_ca_file;    ///< CAs of clients, who must have a certificate then; or empty
};

class TlsContext {
public:
    /// Reads the files. Errors: unusable_credentials for a file that cannot be read, is not PEM, or
    /// is a key that does not fit its certificate or is encrypted.
    static Result<TlsContext> for_client(const TlsOptions& options);
    /// The same, but the files are read again only when one of them has changed.
    static Result<std::shared_ptr<const TlsContext>> remembered(const TlsOptions& options);
    static Result<TlsContext> for_server(const TlsServerOptions& options);

    asio::ssl::context& native() const { return *context_; }

private:
    explicit TlsContext(std::shared_ptr<asio::ssl::context> context)
        : context_(std::move(context)) {}

    std::shared_ptr<asio::ssl::context> context_;
};

/// What OpenSSL says about a connection, as ours: the alerts of a peer that refuses our
/// certificate, a stream that ends, no TLS at all, no terms in common, and the rest as tls_failed.
Error to_tls_error(const std::error_code& error);

/// Why the peer's certificate was not accepted, from OpenSSL's result of its verification.
Error to_certificate_error(long verify_result);

}  // namespace dlms::transport
