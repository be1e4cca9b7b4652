#include "cli/control_client.hpp"

#include <httplib.h>

namespace dlms::cli {
namespace {

// The control gives up behind 30 s.
constexpr time_t patience = 40;                                // seconds
constexpr std::size_t longest_answer = std::size_t{64} << 20;  // octets

}  // namespace

std::expected<ControlClient::Answer, ControlClient::Failure> ControlClient::ask(
    const std::string& method, const std::string& path, const nlohmann::json& body) const {
    httplib::Client http(control_.host, control_.port);
    http.set_connection_timeout(patience);
    http.set_read_timeout(patience);
    http.set_write_timeout(patience);
    httplib::Request request;
    request.method = method;
    request.path = path;
    if (!token_.empty()) {
        request.set_header("Authorization", "Bearer " + token_);
    }
    if (!body.is_null()) {
        request.body = body.dump();
        request.set_header("Content-Type", "application/json");
    }
    std::string text;
    request.content_receiver = [&text](const char* part, std::size_t size, std::uint64_t,
                                       std::uint64_t) {
        if (size > longest_answer - text.size()) {
            return false;
        }
        text.append(part, size);
        return true;
    };
    const httplib::Result result = http.send(request);
    if (!result) {
        return std::unexpected(
            Failure{Failure::Kind::line, "no answer of the simulator's control at " +
                                             control_.host + ":" + std::to_string(control_.port) +
                                             ": " + httplib::to_string(result.error())});
    }
    Answer answer{result->status, nlohmann::json::parse(text, nullptr, false)};
    if (answer.body.is_discarded()) {
        return std::unexpected(Failure{
            Failure::Kind::protocol, "what answers there is no simulator's control: HTTP status " +
                                         std::to_string(answer.status) + ", and no JSON"});
    }
    return answer;
}

}  // namespace dlms::cli
