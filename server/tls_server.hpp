#pragma once

#include <expected>
#include <memory>
#include <string>

struct ssl_ctx_st;

namespace dlms::service {

// PEM files for the REST port.
struct TlsServerFiles {
    std::string certificate;  // with its chain; empty: plain HTTP
    std::string key;          // empty: in the same file
    std::string client_ca;    // whose certificates callers must show; empty: none

    friend bool operator==(const TlsServerFiles&, const TlsServerFiles&) = default;
};

// What a TLS server is made of: TLS 1.2 and 1.3, forward secrecy and AEAD only, no renegotiation.
class TlsServerContext {
public:
    // The error is a sentence for people, which names the file.
    static std::expected<std::shared_ptr<const TlsServerContext>, std::string> load(
        const TlsServerFiles& files);

    [[nodiscard]] ssl_ctx_st* native() const { return context_.get(); }

private:
    struct Free {
        void operator()(ssl_ctx_st* context) const;
    };
    explicit TlsServerContext(ssl_ctx_st* context) : context_(context) {}

    std::unique_ptr<ssl_ctx_st, Free> context_;
};

}  // namespace dlms::service
