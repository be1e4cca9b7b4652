#pragma once
// ControlClient: requests to the control of a running simulator (docs/simulator.md, "Control").

#include <expected>
#include <string>

#include <nlohmann/json.hpp>

#include "transport/connector.hpp"

namespace dlms::cli {

class ControlClient {
public:
    struct Answer {
        int status = 0;  ///< of HTTP
        nlohmann::json body;
    };
    /// Why there is no answer.
    struct Failure {
        enum class Kind : std::uint8_t {
            line,      ///< no connection, or no answer in time
            protocol,  ///< what came is no answer of a control
        };
        Kind kind;
        std::string sentence;
    };

    /// With an empty token none is sent.
    ControlClient(transport::TcpEndpoint control, std::string token)
        : control_(std::move(control)), token_(std::move(token)) {}

    /// `path` with its query; a null body is none.
    std::expected<Answer, Failure> ask(const std::string& method, const std::string& path,
                                       const nlohmann::json& body) const;

private:
    transport::TcpEndpoint control_;
    std::string token_;
};

}  // namespace dlms::cli
