#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include <asio/io_context.hpp>

#include "server/http_listener.hpp"
#include "server/http_message.hpp"
#include "server/responder.hpp"

namespace dlms::service {

struct HttpFrontSettings {
    std::size_t workers = 4;   // threads that parse and route; none ever waits for a meter
    std::size_t queue = 1024;  // whole requests that may wait for a worker; beyond: 503
    std::size_t most_connections = 4096;
    // Octets of requests that all connections together may hold; beyond: 503.
    std::size_t most_buffered = 64 * 1024 * 1024;
    HttpLimits limits;
    HttpDeadlines deadlines;
};

// Called on a worker, several at a time. It answers at once, or moves the responder away and
// returns: the request is then deferred and the answer goes out when the responder is completed.
using HttpHandler = std::function<void(const HttpRequest&, Responder)>;

// `pattern` is a path; "/meters/:meter_number" has a path parameter. GET answers HEAD too.
struct HttpRoute {
    std::string method;
    std::string pattern;
    HttpHandler handler;
};

// What applies to every request, whatever its route. Called on workers; each may be empty.
struct HttpHooks {
    // An answer here is the answer: a wrong key, a CORS preflight. Fills in who calls.
    std::function<std::optional<HttpAnswer>(HttpRequest&)> admit;
    // Header fields for the answer, whoever makes it.
    std::function<NamedTexts(const HttpRequest&)> answer_headers;
    // What the route allows: an answer here is the answer. `route` is its index in the list.
    std::function<std::optional<HttpAnswer>(const HttpRequest&, std::size_t route)> authorize;
    // One line of the access log; called on the I/O thread.
    std::function<void(const AccessRecord&)> access;
};

// The HTTP side of the service: whole requests are read on Asio, parsed and routed by cpp-httplib
// on a few workers, and answered from Asio, so that neither a slow client nor a slow meter holds a
// thread. Unknown paths get 404, other methods 405, and every error is {"detail": ...}.
class HttpFront {
public:
    HttpFront(asio::io_context& io, HttpFrontSettings settings, std::vector<HttpRoute> routes,
              HttpHooks hooks);
    // Ends the workers; answers still owed are dropped. The io_context must outlive the front.
    ~HttpFront();
    HttpFront(const HttpFront&) = delete;
    HttpFront& operator=(const HttpFront&) = delete;

    [[nodiscard]] std::error_code start(const std::string& address, std::uint16_t port);
    [[nodiscard]] std::uint16_t port() const { return listener_->port(); }

    // On the I/O thread: accepts no more and lets what is in work finish; done when connections()
    // is 0.
    void drain() { listener_->drain(); }
    [[nodiscard]] std::size_t connections() const { return listener_->connections(); }
    [[nodiscard]] std::size_t buffered() const { return share_->buffered; }
    // Whole requests that wait for a worker. Any thread.
    [[nodiscard]] std::size_t queued() const;
    // For connections from now on; null: plain HTTP. On the I/O thread.
    void use_tls(std::shared_ptr<const TlsServerContext> tls) { share_->tls = std::move(tls); }
    [[nodiscard]] std::uint64_t octets_received() const { return share_->octets_received; }
    [[nodiscard]] std::uint64_t octets_sent() const { return share_->octets_sent; }
    [[nodiscard]] std::uint64_t failed_handshakes() const { return share_->failed_handshakes; }
    [[nodiscard]] const HttpListenerCounters& counters() const { return listener_->counters(); }

private:
    class Workers;

    std::shared_ptr<HttpConnectionShare> share_;
    std::unique_ptr<Workers> workers_;
    std::unique_ptr<HttpListener> listener_;
};

}  // namespace dlms::service
