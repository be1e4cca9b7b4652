#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <system_error>

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include "server/admission.hpp"
#include "server/config.hpp"
#include "server/counter_keeping.hpp"
#include "server/dial_in.hpp"
#include "server/head_end.hpp"
#include "server/http_front.hpp"
#include "server/meter_register.hpp"
#include "server/metrics.hpp"
#include "server/push_reception.hpp"
#include "server/webhook.hpp"

namespace dlms::service {

// What the service tells its program, so that the program can log it. Called on the I/O thread;
// each may be empty.
struct ServiceEvents {
    std::function<void(const AccessRecord&)> access;
    std::function<void(const std::string& meter_number, transport::Direction,
                       const std::string& hex)>
        trace;
    // A meter's counter object made us skip invocation counters, up to `next`.
    std::function<void(const std::string& meter_number, std::uint32_t next)> counter_raised;
    // A meter's counter object would have made us skip to `next`, nearly all numbers of a key: we
    // skip none.
    std::function<void(const std::string& meter_number, std::uint32_t next)> counter_doubted;
    // A connection was closed since its meter sent without end what nobody asked for.
    std::function<void(const std::string& meter_number)> flooded;
    // A key has few invocation counters left for us: it must be replaced.
    std::function<void(const std::string& meter_number, std::uint32_t left)> counter_low;
    // Secrets of a meter were changed or kept, or that failed.
    std::function<void(const KeysRequest&, const CallOutcome<void>&)> keys_changed;
    std::function<void(const CertificatesRequest&, const CallOutcome<void>&)> certificates_changed;
    AuditTrail::Events audit;
    // A delivery to the webhook has failed, or works again (an empty problem). On another thread.
    std::function<void(const std::string& problem)> webhook_changed;
    // Certificates were read again because they have changed; with an error those of before stay.
    std::function<void(const std::optional<std::string>& error)> tls_reloaded;
};

// What the service keeps beyond its requests: in the data folder, or in memory. The last two may be
// null: without an audit log what is done to meters is told to events.audit only.
struct Keeping {
    CounterKeeping counters;
    std::shared_ptr<client::KeyRecords> keys;
    std::unique_ptr<store::MeterRegistry> registry;
    std::shared_ptr<store::AuditLog> audit = nullptr;
    std::shared_ptr<store::ApiKeyStore> api_keys = nullptr;
    std::shared_ptr<store::NotificationLog> notifications = nullptr;  // null: in memory
};

// The whole service on one io_context with one thread: the REST interface before the head end.
class Service {
public:
    // Destroyed when it is drained, or when the io_context has been stopped for good.
    Service(asio::io_context& io, const ServiceConfig& config, Keeping keeping,
            ServiceEvents events);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    // Reads certificates and API keys again. The error is a sentence for people; with it those of
    // before stay in force. To be called before start() where TLS is configured.
    [[nodiscard]] std::optional<std::string> reload();
    // Listens, for callers of the REST interface and for meters that call. The error is a sentence
    // for people.
    [[nodiscard]] std::optional<std::string> start();
    [[nodiscard]] std::uint16_t port() const { return front_->port(); }
    // Of the port for meters that call; 0: there is none.
    [[nodiscard]] std::uint16_t dial_in_port() const { return dial_in_->port(); }
    [[nodiscard]] std::uint16_t notification_udp_port() const { return pushes_->udp_port(); }

    // False while it starts and while it drains.
    [[nodiscard]] bool is_ready() const { return is_serving_; }
    // API keys that open now.
    [[nodiscard]] std::size_t usable_keys() const { return admission_->usable_keys(); }

    // Waits for the drain delay, accepts no more, lets what is in work finish, releases the
    // associations. Takes as long as the latest deadline of the calls in work asks for, which is
    // 300 s at most, and some seconds for slow clients and for meters that do not answer.
    asio::awaitable<void> drain();

private:
    void refresh_later();
    void look_at_certificates();
    MetricsSnapshot snapshot() const;

    asio::io_context& io_;
    std::string host_;
    std::uint16_t port_;
    std::chrono::seconds drain_delay_;
    bool is_serving_ = false;
    asio::steady_timer refresh_timer_;
    std::function<store::CounterOutlook()> counter_outlook_;
    std::shared_ptr<const client::LineTally> lines_;
    std::shared_ptr<Metrics> metrics_ = std::make_shared<Metrics>();
    std::shared_ptr<Admission> admission_;
    TlsServerFiles tls_files_;
    std::string tls_state_;  // of the files, as they were last read
    std::function<void(const std::optional<std::string>& error)> tls_reloaded_;
    std::unique_ptr<MeterRegister> meters_;
    std::unique_ptr<DialIn> dial_in_;
    std::unique_ptr<HeadEnd> head_end_;
    std::unique_ptr<PushReception> pushes_;
    std::unique_ptr<Webhook> webhook_;  // null: there is none
    std::unique_ptr<HttpFront> front_;
};

}  // namespace dlms::service
