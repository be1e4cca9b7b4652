#include "server/tls_server.hpp"

#include <string_view>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace dlms::service {

namespace {

std::string reason() {
    const unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    const char* text = code != 0 ? ERR_reason_error_string(code) : nullptr;
    return text != nullptr ? text : "no reason given";
}

// Nobody is there to type it.
int no_passphrase(char*, int, int, void*) {
    return 0;
}

int choose_http(SSL*, const unsigned char** chosen, unsigned char* size,
                const unsigned char* offered, unsigned int offered_size, void*) {
    static constexpr unsigned char ours[] = "\x08http/1.1";
    unsigned char* selected = nullptr;
    if (SSL_select_next_proto(&selected, size, ours, sizeof ours - 1, offered, offered_size) !=
        OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_NOACK;
    }
    *chosen = selected;
    return SSL_TLSEXT_ERR_OK;
}

void set_rules(SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
    SSL_CTX_set_options(
        context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    SSL_CTX_set_alpn_select_cb(context, choose_http, nullptr);
    static constexpr std::string_view sessions = "dlms-service";
    SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(sessions.data()),
                                   static_cast<unsigned int>(sessions.size()));
}

}  // namespace

void TlsServerContext::Free::operator()(ssl_ctx_st* context) const {
    SSL_CTX_free(context);
}

std::expected<std::shared_ptr<const TlsServerContext>, std::string> TlsServerContext::load(
    const TlsServerFiles& files) {
    ERR_clear_error();
    const std::shared_ptr<TlsServerContext> made(
        new TlsServerContext(SSL_CTX_new(TLS_server_method())));
    SSL_CTX* const context = made->native();
    if (context == nullptr) {
        return std::unexpected("TLS cannot be set up: " + reason());
    }
    set_rules(context);
    if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1) {
        return std::unexpected("TLS_CERT_FILE " + files.certificate +
                               " gives no certificate: " + reason());
    }
    const std::string& key = files.key.empty() ? files.certificate : files.key;
    if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
        return std::unexpected(
            "TLS_KEY_FILE " + key +
            " gives no key for the certificate (in PEM, without a passphrase): " + reason());
    }
    if (!files.client_ca.empty()) {
        // The context owns the names, where there are any.
        STACK_OF(X509_NAME)* const names = SSL_load_client_CA_file(files.client_ca.c_str());
        SSL_CTX_set_client_CA_list(context, names);
        if (names == nullptr || SSL_CTX_load_verify_file(context, files.client_ca.c_str()) != 1) {
            return std::unexpected("TLS_CLIENT_CA_FILE " + files.client_ca +
                                   " gives no certificates: " + reason());
        }
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }
    return made;
}

}  // namespace dlms::service
