#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <system_error>

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>

#include "server/config.hpp"
#include "server/counter_keeping.hpp"
#include "server/head_end.hpp"
#include "server/http_front.hpp"

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
    // A connection was closed since its meter sent without end what nobody asked for.
    std::function<void(const std::string& meter_number)> flooded;
    // Secrets of a meter were changed or kept, or that failed.
    std::function<void(const KeysRequest&, const CallOutcome<void>&)> keys_changed;
    std::function<void(const CertificatesRequest&, const CallOutcome<void>&)> certificates_changed;
};

// The whole service on one io_context with one thread: the REST interface before the head end.
class Service {
public:
    // Destroyed when it is drained, or when the io_context has been stopped for good.
    Service(asio::io_context& io, const ServiceConfig& config, CounterKeeping keeping,
            std::shared_ptr<client::KeyRecords> keys, ServiceEvents events);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    [[nodiscard]] std::error_code start();
    [[nodiscard]] std::uint16_t port() const { return front_->port(); }

    // Accepts no more, lets what is in work finish, releases the associations. Takes as long as the
    // latest deadline of the calls in work asks for, which is 300 s at most, and some seconds for
    // slow clients and for meters that do not answer.
    asio::awaitable<void> drain();

private:
    asio::io_context& io_;
    std::string host_;
    std::uint16_t port_;
    std::unique_ptr<HeadEnd> head_end_;
    std::unique_ptr<HttpFront> front_;
};

}  // namespace dlms::service
