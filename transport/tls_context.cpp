#include "transport/tls_context.hpp"

#include <filesystem>

#include <asio/ssl/error.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "transport/error_mapping.hpp"

namespace dlms::transport {
namespace {

using asio::ssl::context;

/// The first step that fails names no file: which one, the caller's configuration tells.
std::unexpected<Error> unusable() {
    return fail(ErrorCode::unusable_credentials, Layer::transport);
}

std::shared_ptr<context> make_context(context::method method) {
    auto made = std::make_shared<context>(method);
    SSL_CTX_set_min_proto_version(made->native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_options(made->native_handle(), SSL_OP_NO_RENEGOTIATION);
    std::error_code ignored;
    // OpenSSL would ask the terminal for the key's password, and wait.
    made->set_password_callback(
        [](std::size_t, context::password_purpose) { return std::string(); }, ignored);
    return made;
}

/// Our own certificate and key.
bool identify(context& tls, const std::string& certificate_file, const std::string& key_file) {
    std::error_code error;
    tls.use_certificate_chain_file(certificate_file, error);
    if (!error) {
        tls.use_private_key_file(key_file.empty() ? certificate_file : key_file, context::pem,
                                 error);
    }
    return !error && SSL_CTX_check_private_key(tls.native_handle()) == 1;
}

/// Alerts that a peer sends because of our certificate, or because we sent none (RFC 8446 6.2).
bool is_about_our_certificate(int alert) {
    switch (alert) {
        case SSL_AD_BAD_CERTIFICATE:
        case SSL_AD_UNSUPPORTED_CERTIFICATE:
        case SSL_AD_CERTIFICATE_REVOKED:
        case SSL_AD_CERTIFICATE_EXPIRED:
        case SSL_AD_CERTIFICATE_UNKNOWN:
        case SSL_AD_UNKNOWN_CA:
        case SSL_AD_ACCESS_DENIED:
        case TLS13_AD_CERTIFICATE_REQUIRED: return true;
        default: return false;
    }
}

ErrorCode code_of(const std::error_code& error) {
    if (error == asio::ssl::error::stream_truncated) {
        return ErrorCode::connection_lost;
    }
    if (error.category() != asio::error::get_ssl_category()) {
        return to_error(error).code;
    }
    const int reason = ERR_GET_REASON(static_cast<unsigned long>(error.value()));
    if (is_about_our_certificate(reason - SSL_AD_REASON_OFFSET)) {
        return ErrorCode::own_certificate_rejected;
    }
    switch (reason) {
        case SSL_R_WRONG_VERSION_NUMBER:
        case SSL_R_HTTP_REQUEST:
        case SSL_R_BAD_RECORD_TYPE:
        case SSL_R_PACKET_LENGTH_TOO_LONG: return ErrorCode::tls_not_spoken;
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_NO_SHARED_CIPHER:
        case SSL_R_NO_SUITABLE_GROUPS:
        case SSL_R_NO_PROTOCOLS_AVAILABLE:
        case SSL_AD_REASON_OFFSET + SSL_AD_PROTOCOL_VERSION:
        case SSL_AD_REASON_OFFSET + SSL_AD_HANDSHAKE_FAILURE:
        case SSL_AD_REASON_OFFSET + SSL_AD_INSUFFICIENT_SECURITY:
            return ErrorCode::tls_no_common_terms;
        default: return ErrorCode::tls_failed;
    }
}

ErrorCode code_of(long verify_result) {
    switch (verify_result) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID: return ErrorCode::certificate_expired;
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH: return ErrorCode::certificate_name_mismatch;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_CERT_UNTRUSTED: return ErrorCode::certificate_untrusted;
        default: return ErrorCode::certificate_rejected;
    }
}

}  // namespace

Result<TlsContext> TlsContext::for_client(const TlsOptions& options) {
    const std::shared_ptr<context> tls = make_context(context::tls_client);
    std::error_code error;
    if (options.ca_file.empty()) {
        tls->set_default_verify_paths(error);
    } else {
        tls->load_verify_file(options.ca_file, error);
    }
    if (error || (!options.certificate_file.empty() &&
                  !identify(*tls, options.certificate_file, options.key_file))) {
        return unusable();
    }
    tls->set_verify_mode(asio::ssl::verify_peer, error);
    return TlsContext(tls);
}

Result<std::shared_ptr<const TlsContext>> TlsContext::remembered(const TlsOptions& options) {
    std::string files;
    for (const std::string& file : {options.ca_file, options.certificate_file, options.key_file}) {
        std::error_code ignored;
        const auto written = std::filesystem::last_write_time(file, ignored);
        files += file + '\n' + std::to_string(written.time_since_epoch().count()) + '\n';
    }
    TlsMemory nothing;
    TlsMemory& memory = options.memory ? *options.memory : nothing;
    if (!memory.context || memory.files != files) {
        const Result<TlsContext> made = for_client(options);
        if (!made) {
            return std::unexpected(made.error());
        }
        memory = {std::make_shared<TlsContext>(*made), std::move(files)};
    }
    return memory.context;
}

Result<TlsContext> TlsContext::for_server(const TlsServerOptions& options) {
    const std::shared_ptr<context> tls = make_context(context::tls_server);
    if (!identify(*tls, options.certificate_file, options.key_file)) {
        return unusable();
    }
    if (!options.client_ca_file.empty()) {
        std::error_code error;
        tls->load_verify_file(options.client_ca_file, error);
        STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(options.client_ca_file.c_str());
        if (error || names == nullptr) {
            return unusable();
        }
        SSL_CTX_set_client_CA_list(tls->native_handle(), names);  // takes the names
        tls->set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert,
                             error);
    }
    return TlsContext(tls);
}

Error to_tls_error(const std::error_code& error) {
    return Error{code_of(error), Layer::transport, 0};
}

Error to_certificate_error(long verify_result) {
    return Error{code_of(verify_result), Layer::transport, 0};
}

}  // namespace dlms::transport
