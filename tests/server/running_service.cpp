#include "tests/server/running_service.hpp"

#include <future>

#include <asio/co_spawn.hpp>
#include <boost/test/unit_test.hpp>

#include "server/audit_keeping.hpp"
#include "server/key_keeping.hpp"
#include "server/registry_keeping.hpp"
#include "tests/server/http_client.hpp"

namespace dlms::service::testing {

using nlohmann::json;

ServiceConfig loopback_config() {
    ServiceConfig config;
    config.host = "127.0.0.1";
    config.port = 0;
    config.http_threads = 2;
    return config;
}

RunningService::RunningService(const ServiceConfig& config) {
    thread_.run([&] {
        service_ = std::make_unique<Service>(
            thread_.io(), config,
            Keeping{*keep_counters(config.data_dir), *keep_keys(config),
                    std::move(*keep_registry(config.data_dir)), *keep_audit(config.data_dir),
                    *keep_api_keys(config.data_dir)},
            ServiceEvents{});
        BOOST_REQUIRE(!service_->start());
        port_ = service_->port();
    });
}

RunningService::~RunningService() {
    drain();
    thread_.run([this] { service_.reset(); });
}

void RunningService::drain() {
    std::promise<void> drained;
    auto finished = drained.get_future();
    asio::co_spawn(thread_.io(), service_->drain(),
                   [&](const std::exception_ptr&) { drained.set_value(); });
    finished.get();
}

Answer post(const RunningService& service, const std::string& path, const json& body,
            const std::string& fields) {
    HttpClient client(service.port());
    const auto answer =
        client.call("POST", path, body.dump(), "Content-Type: application/json\r\n" + fields);
    BOOST_REQUIRE(answer);
    return {answer->status, json::parse(answer->body), answer->header("Retry-After")};
}

Answer get(const RunningService& service, const std::string& path, const std::string& fields) {
    HttpClient client(service.port());
    const auto answer = client.call("GET", path, {}, fields);
    BOOST_REQUIRE(answer);
    return {answer->status, json::parse(answer->body), {}};
}

// What the backend sends before every read and write.
json connect_body(std::uint16_t port, const json& changes) {
    json body{{"meter_number", "202"},
              {"brand", "hexcell"},
              {"connection_type", "tcp"},
              {"ip_address", "127.0.0.1"},
              {"port", port},
              {"server_address", 1},
              {"client_address", 17},
              {"auth_type", "Low"},
              {"password", "00000000"},
              {"timeout", 5000}};
    body.update(changes);
    return body;
}

json read_body(const std::string& obis, int class_id, int attribute_id) {
    return {{"meter_number", "202"},
            {"obis_code", obis},
            {"class_id", class_id},
            {"attribute_id", attribute_id}};
}

}  // namespace dlms::service::testing
