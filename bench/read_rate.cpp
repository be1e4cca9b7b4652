// What the service makes of a read: /read of connected simulated meters over kept connections, one
// meter a client, beside a bare handler behind the same HTTP front that makes one TCP ping-pong of
// the same sizes with another process and answers as many octets.
//
//     bench_read_rate PATH/dlms-service PATH/dlms-simulator [SECONDS]
//
// 1, 8, 64 and 256 clients, each with one request under way; both in turns in the same run.
// Clients, service and meters share the machine's cores.

#include <array>
#include <cstring>
#include <fstream>
#include <functional>
#include <memory>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>

#include "bench/loopback.hpp"
#include "server/http_front.hpp"

namespace {

using namespace dlms;
using namespace dlms::bench;
using Clock = std::chrono::steady_clock;

constexpr std::uint16_t service_port = 21'900;
constexpr std::uint16_t bare_port = 21'901;
constexpr std::uint16_t echo_port = 21'902;
constexpr std::uint16_t meter_port = 23'000;
constexpr std::size_t most_clients = 256;
constexpr std::size_t request_octets = 21;  // of a GET of one attribute in its WPDU
constexpr std::size_t answer_octets = 17;   // of its answer with a double-long-unsigned
constexpr int rounds = 3;

[[noreturn]] void fail_with(const std::string& what) {
    std::fprintf(stderr, "bench_read_rate: %s\n", what.c_str());
    std::exit(1);
}

int connected(std::uint16_t port) {
    const int made = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // The other end may still be starting.
    for (int tries = 0; tries < 500; ++tries) {
        if (connect(made, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
            no_delay(made);
            return made;
        }
        usleep(20'000);
    }
    fail_with("nobody listens on port " + std::to_string(port));
}

pid_t start(const std::function<void()>& work) {
    const pid_t process = fork();
    if (process == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        work();
        _exit(0);
    }
    return process;
}

pid_t start_program(const std::vector<std::string>& words) {
    return start([&words] { execute(words); });
}

/// The other end of the bare handler: so many octets back for so many.
void echo() {
    asio::io_context io(1);
    asio::ip::tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), echo_port});
    struct Line : std::enable_shared_from_this<Line> {
        explicit Line(asio::ip::tcp::socket accepted) : socket(std::move(accepted)) {
            socket.set_option(asio::ip::tcp::no_delay(true));
        }
        void serve() {
            asio::async_read(socket, asio::buffer(request),
                             [self = shared_from_this()](const asio::error_code& error, auto) {
                                 if (!error) {
                                     self->answer();
                                 }
                             });
        }
        void answer() {
            asio::async_write(
                socket, asio::buffer(response),
                [self = shared_from_this()](const asio::error_code&, auto) { self->serve(); });
        }
        asio::ip::tcp::socket socket;
        std::array<char, request_octets> request{};
        std::array<char, answer_octets> response{};
    };
    const std::function<void()> accept = [&] {
        acceptor.async_accept([&](const asio::error_code& error, asio::ip::tcp::socket socket) {
            if (!error) {
                std::make_shared<Line>(std::move(socket))->serve();
            }
            accept();
        });
    };
    accept();
    io.run();
}

/// A handler that does nothing but one ping-pong, behind the service's own HTTP front.
void serve_bare(std::size_t answer_size) {
    using namespace dlms::service;
    asio::io_context io(1);
    struct Line {
        explicit Line(asio::io_context& of) : socket(of) {}
        asio::ip::tcp::socket socket;
        std::array<char, request_octets> request{};
        std::array<char, answer_octets> response{};
    };
    std::vector<std::unique_ptr<Line>> lines;
    for (std::size_t i = 0; i < most_clients; ++i) {
        lines.push_back(std::make_unique<Line>(io));
        lines.back()->socket.connect({asio::ip::address_v4::loopback(), echo_port});
        lines.back()->socket.set_option(asio::ip::tcp::no_delay(true));
    }
    const std::string body(answer_size, 'x');
    const auto handle = [&](const HttpRequest& http, Responder responder) {
        // {"meter_number": "17", ...
        const auto number = static_cast<std::size_t>(std::atoi(http.body.c_str() + 18));
        asio::post(io, [&, number, responder = std::move(responder)]() mutable {
            Line& line = *lines.at(number);
            asio::async_write(
                line.socket, asio::buffer(line.request),
                [&, responder = std::move(responder)](const asio::error_code&, auto) mutable {
                    asio::async_read(line.socket, asio::buffer(line.response),
                                     [&, responder = std::move(responder)](const asio::error_code&,
                                                                           auto) mutable {
                                         HttpAnswer answer;
                                         answer.body = body;
                                         responder.answer(std::move(answer));
                                     });
                });
        });
    };
    HttpFront front(io, {}, {{"POST", "/read", handle}}, {});
    if (front.start("127.0.0.1", bare_port)) {
        fail_with("the bare handler cannot listen");
    }
    io.run();
}

/// One kept HTTP connection with one request under way.
class Client {
public:
    Client(std::uint16_t port, std::string request)
        : socket_(connected(port)), request_(std::move(request)) {}
    ~Client() { close(socket_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    int socket() const { return socket_; }
    void ask() {
        sent_ = Clock::now();
        have_ = 0;
        if (send(socket_, request_.data(), request_.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(request_.size())) {
            fail_with("a request was not sent");
        }
    }
    /// Whether the answer is whole.
    bool receive() {
        const ssize_t count = recv(socket_, buffer_.data() + have_, buffer_.size() - have_, 0);
        if (count <= 0) {
            fail_with("the service closed a connection");
        }
        have_ += static_cast<std::size_t>(count);
        const std::string_view text(buffer_.data(), have_);
        const std::size_t end = text.find("\r\n\r\n");
        if (end == std::string_view::npos) {
            return false;
        }
        const std::size_t length = text.find("Content-Length: ");
        body_ = static_cast<std::size_t>(std::atoi(text.data() + length + 16));
        if (length > end || !text.starts_with("HTTP/1.1 200")) {
            fail_with("the service answered: " + std::string(text));
        }
        return have_ >= end + 4 + body_;
    }
    /// Until the answer; for what is not measured.
    std::string_view call() {
        ask();
        while (!receive()) {
        }
        return {buffer_.data() + have_ - body_, body_};
    }
    Clock::duration latency() const { return Clock::now() - sent_; }
    std::size_t body_size() const { return body_; }

private:
    int socket_;
    std::string request_;
    std::array<char, 8192> buffer_{};
    std::size_t have_ = 0;
    std::size_t body_ = 0;
    Clock::time_point sent_;
};

std::string http(const char* path, const std::string& body) {
    return std::string("POST ") + path +
           " HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string read_request(std::size_t meter) {
    return http("/read", R"({"meter_number": ")" + std::to_string(meter) +
                             R"(", "obis_code": "1-0:1.8.0.255"})");
}

struct Load {
    double rate = 0;
    double p50 = 0;  // ms
    double p99 = 0;
};

Load load(std::uint16_t port, std::size_t clients, double seconds) {
    std::vector<std::unique_ptr<Client>> all;
    const int poll = epoll_create1(0);
    for (std::size_t i = 0; i < clients; ++i) {
        all.push_back(std::make_unique<Client>(port, read_request(i)));
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = i;
        epoll_ctl(poll, EPOLL_CTL_ADD, all.back()->socket(), &event);
    }
    std::vector<double> latencies;
    const auto begin = Clock::now();
    const auto end = begin + std::chrono::duration<double>(seconds);
    for (const auto& client : all) {
        client->ask();
    }
    std::array<epoll_event, 256> events{};
    for (std::size_t under_way = clients; under_way > 0;) {
        const int count = epoll_wait(poll, events.data(), static_cast<int>(events.size()), 10'000);
        if (count <= 0) {
            fail_with("no answer within 10 s");
        }
        const bool is_over = Clock::now() >= end;
        for (const epoll_event& event : std::span(events).first(static_cast<std::size_t>(count))) {
            Client& client = *all[event.data.u64];
            if (!client.receive()) {
                continue;
            }
            latencies.push_back(std::chrono::duration<double>(client.latency()).count() * 1e3);
            if (is_over) {
                --under_way;
            } else {
                client.ask();
            }
        }
    }
    const double taken = std::chrono::duration<double>(Clock::now() - begin).count();
    close(poll);
    std::ranges::sort(latencies);
    const auto at = [&](double part) {
        return latencies[static_cast<std::size_t>(part *
                                                  static_cast<double>(latencies.size() - 1))];
    };
    return {static_cast<double>(latencies.size()) / taken, at(0.5), at(0.99)};
}

constexpr auto scenario = R"({"name": "bench", "logical_devices": [{"sap": 1,
 "name": "BEN0000000000001", "associations": [{"client_sap": 16, "name": "reader",
  "mechanism": "lowest", "conformance": ["get", "selective-access"]}],
 "objects": [{"obis": "1-0:1.8.0.255", "class": 3, "attributes": [
  {"id": 2, "access": "r", "value": {"double-long-unsigned": 1234567}},
  {"id": 3, "access": "r", "value": {"structure": [{"integer": 0}, {"enum": 30}]}}]}]}]})";

}  // namespace

int main(int count, char** arguments) {
    if (count < 3) {
        fail_with("usage: bench_read_rate PATH/dlms-service PATH/dlms-simulator [SECONDS]");
    }
    const double seconds = count > 3 ? std::atof(arguments[3]) : 3;
    std::string file = "/tmp/bench_read_rate_XXXXXX";
    const int descriptor = mkstemp(file.data());
    if (descriptor < 0) {
        give_up("mkstemp");
    }
    close(descriptor);
    std::ofstream(file) << scenario;
    setenv("LOG_LEVEL", "ERROR", 1);
    const pid_t meters =
        start_program({arguments[2], "--scenario", file, "--fleet", std::to_string(most_clients),
                       "--port", std::to_string(meter_port), "--log-level", "off"});
    close(connected(meter_port + most_clients - 1));
    const pid_t service = start_program({arguments[1], "--host", "127.0.0.1", "--port",
                                         std::to_string(service_port), "--env-file", "/dev/null"});
    std::size_t answer_size = 0;
    for (std::size_t i = 0; i < most_clients; ++i) {
        const std::string number = std::to_string(i);
        Client connecting(
            service_port,
            http("/connect", R"({"meter_number": ")" + number +
                                 R"(", "brand": "generic", "ip_address": "127.0.0.1",)"
                                 R"( "client_address": 16, "auth_type": "None",)"
                                 R"( "port": )" +
                                 std::to_string(meter_port + i) + "}"));
        connecting.call();
        Client reading(service_port, read_request(i));
        const std::string_view answer = reading.call();
        if (answer.find("1234.567") == std::string_view::npos) {
            fail_with("a read came to " + std::string(answer));
        }
        answer_size = std::max(answer_size, answer.size());
    }
    const pid_t other = start(echo);
    close(connected(echo_port));
    const pid_t bare = start([answer_size] { serve_bare(answer_size); });
    close(connected(bare_port));
    std::printf(
        "clients      /read            p50      p99     bare handler      p50      p99  ratio\n");
    for (const std::size_t clients :
         {std::size_t{1}, std::size_t{8}, std::size_t{64}, most_clients}) {
        std::vector<std::pair<double, std::pair<Load, Load>>> found;
        for (int round = 0; round < rounds; ++round) {
            const Load ours = load(service_port, clients, seconds);
            const Load theirs = load(bare_port, clients, seconds);
            found.push_back({ours.rate / theirs.rate, {ours, theirs}});
        }
        std::ranges::sort(found, {}, [](const auto& one) { return one.first; });
        const auto& [ratio, both] = found[found.size() / 2];
        std::printf("%7zu %8.0f /s %6.2f ms %6.2f ms %10.0f /s %6.2f ms %6.2f ms  %.2f\n", clients,
                    both.first.rate, both.first.p50, both.first.p99, both.second.rate,
                    both.second.p50, both.second.p99, ratio);
    }
    stop({bare, other, service, meters});
    unlink(file.c_str());
}
