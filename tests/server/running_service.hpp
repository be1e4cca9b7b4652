#pragma once
// The service on a free port, and the calls that a head end makes of it.

#include <cstdint>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "server/service.hpp"
#include "tests/server/simulated_peer.hpp"

namespace dlms::service::testing {

[[nodiscard]] ServiceConfig loopback_config();

// Drained at the end.
class RunningService {
public:
    explicit RunningService(const ServiceConfig& config = loopback_config());
    ~RunningService();
    RunningService(const RunningService&) = delete;
    RunningService& operator=(const RunningService&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }

    void drain();

private:
    IoThread thread_;
    std::unique_ptr<Service> service_;
    std::uint16_t port_ = 0;
};

struct Answer {
    int status = 0;
    nlohmann::json body;
    std::string retry_after;
};

Answer post(const RunningService& service, const std::string& path, const nlohmann::json& body,
            const std::string& fields = {});
Answer get(const RunningService& service, const std::string& path, const std::string& fields = {});

// What the backend sends before every read and write.
nlohmann::json connect_body(std::uint16_t port,
                            const nlohmann::json& changes = nlohmann::json::object());
nlohmann::json read_body(const std::string& obis, int class_id = 3, int attribute_id = 2);

}  // namespace dlms::service::testing
