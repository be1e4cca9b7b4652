#include "simulator/control_server.hpp"

#include <atomic>
#include <future>
#include <thread>

#include <asio/ip/address.hpp>
#include <asio/post.hpp>
#include <httplib.h>

#include "stack/base/secret.hpp"

namespace dlms::simulator {
namespace {

constexpr std::size_t longest_body = 1 << 20;
constexpr std::size_t threads = 32;
constexpr std::chrono::seconds read_timeout{2};
constexpr std::chrono::seconds body_timeout{10};
constexpr std::chrono::seconds patience{30};
constexpr std::chrono::milliseconds look_again{50};

bool is_loopback(const std::string& address) {
    std::error_code error;
    const auto parsed = asio::ip::make_address(address, error);
    return !error && parsed.is_loopback();
}

std::string query_of(const std::string& target) {
    const std::size_t mark = target.find('?');
    return mark == target.npos ? std::string() : target.substr(mark + 1);
}

}  // namespace

class ControlServer::Front {
public:
    Front(Configuration configuration, asio::any_io_executor meters, FleetControl& control)
        : configuration_(std::move(configuration)), meters_(std::move(meters)), control_(control) {}

    std::optional<std::string> listen() {
        server_.new_task_queue = [] { return new httplib::ThreadPool(threads); };
        server_.set_keep_alive_max_count(10'000);
        server_.set_keep_alive_timeout(1);
        server_.set_read_timeout(read_timeout);
        server_.set_tcp_nodelay(true);
        // Before a body is read: nobody without a token holds a thread by sending one.
        server_.set_pre_routing_handler(
            [this](const httplib::Request& request, httplib::Response& response) {
                if (is_allowed(request)) {
                    return httplib::Server::HandlerResponse::Unhandled;
                }
                put(response, {401, {{"error", "a token is expected"}}});
                return httplib::Server::HandlerResponse::Handled;
            });
        // What the library refuses by itself.
        server_.set_error_handler([](const httplib::Request&, httplib::Response& response) {
            if (response.body.empty()) {
                put(response, {response.status, {{"error", "this cannot be answered"}}});
            }
        });
        const auto handle = [this](const httplib::Request& request, httplib::Response& response) {
            put(response, ask(request, {}));
        };
        const auto handle_body = [this](const httplib::Request& request,
                                        httplib::Response& response,
                                        const httplib::ContentReader& content) {
            put(response, ask_with_body(request, content));
        };
        constexpr const char* any_path = R"((?:.|\n|\r)*)";
        server_.Get(any_path, handle);
        server_.Put(any_path, handle_body);
        server_.Post(any_path, handle_body);
        server_.Patch(any_path, handle_body);
        server_.Delete(any_path, handle);
        const int bound = configuration_.port == 0
                              ? server_.bind_to_any_port(configuration_.address)
                          : server_.bind_to_port(configuration_.address, configuration_.port)
                              ? configuration_.port
                              : -1;
        if (bound <= 0) {
            return "cannot listen on " + configuration_.address + " port " +
                   std::to_string(configuration_.port) + " for --control";
        }
        port_ = static_cast<std::uint16_t>(bound);
        thread_ = std::thread([this] { server_.listen_after_bind(); });
        server_.wait_until_ready();
        return std::nullopt;
    }

    std::uint16_t port() const { return port_; }

    void stop() {
        stops_ = true;
        server_.stop();
        if (thread_.joinable()) {
            thread_.join();
        }
    }

private:
    static void put(httplib::Response& response, const ControlAnswer& answer) {
        response.status = answer.status;
        response.set_content(
            answer.body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n',
            "application/json");
    }

    bool is_allowed(const httplib::Request& request) const {
        return configuration_.token.empty() ||
               equal_in_constant_time(as_bytes(request.get_header_value("Authorization")),
                                      as_bytes("Bearer " + configuration_.token));
    }

    ControlAnswer ask_with_body(const httplib::Request& request,
                                const httplib::ContentReader& content) {
        std::string body;
        const auto give_up = std::chrono::steady_clock::now() + body_timeout;
        const bool is_whole = content([&](const char* part, std::size_t size) {
            if (stops_ || std::chrono::steady_clock::now() > give_up ||
                size > longest_body - body.size()) {
                return false;
            }
            body.append(part, size);
            return true;
        });
        if (!is_whole) {
            return {413,
                    {{"error", "a body of at most " + std::to_string(longest_body) +
                                   " octets is expected, within " +
                                   std::to_string(body_timeout.count()) + " s"}}};
        }
        return ask(request, std::move(body));
    }

    ControlAnswer ask(const httplib::Request& request, std::string body) {
        // The work may outlive the wait: it owns all that it touches but the control, which lives
        // as long as the meters' thread runs work.
        struct Work {
            std::string method;
            std::string path;
            std::string query;
            std::string body;
            std::promise<ControlAnswer> result;
        };
        const auto work = std::make_shared<Work>();
        work->method = request.method;
        work->path = request.path;
        work->query = query_of(request.target);
        work->body = std::move(body);
        std::future<ControlAnswer> result = work->result.get_future();
        asio::post(meters_, [work, &control = control_] {
            // Nothing that is asked here may end the meters.
            try {
                work->result.set_value(
                    control.answer({work->method, work->path, work->query, work->body},
                                   std::chrono::steady_clock::now()));
            } catch (const std::exception& error) {
                work->result.set_value({500, {{"error", error.what()}}});
            }
        });
        const auto give_up = std::chrono::steady_clock::now() + patience;
        while (!stops_ && std::chrono::steady_clock::now() < give_up) {
            if (result.wait_for(look_again) == std::future_status::ready) {
                return result.get();
            }
        }
        return {503, {{"error", "the meters do not answer"}}};
    }

    Configuration configuration_;
    asio::any_io_executor meters_;
    FleetControl& control_;
    httplib::Server server_;
    std::uint16_t port_ = 0;
    std::atomic<bool> stops_ = false;
    std::thread thread_;
};

ControlServer::ControlServer(std::unique_ptr<Front> front) : front_(std::move(front)) {}

ControlServer::~ControlServer() {
    stop();
}

std::expected<std::unique_ptr<ControlServer>, std::string> ControlServer::start(
    Configuration configuration, asio::any_io_executor meters, FleetControl& control) {
    if (!is_loopback(configuration.address) && configuration.token.empty()) {
        return std::unexpected("--control: " + configuration.address +
                               " can be reached from other machines: set "
                               "DLMS_SIMULATOR_CONTROL_TOKEN");
    }
    auto front = std::make_unique<Front>(std::move(configuration), std::move(meters), control);
    if (auto wrong = front->listen()) {
        return std::unexpected(*std::move(wrong));
    }
    return std::unique_ptr<ControlServer>(new ControlServer(std::move(front)));
}

std::uint16_t ControlServer::port() const {
    return front_->port();
}

void ControlServer::stop() {
    front_->stop();
}

}  // namespace dlms::simulator
