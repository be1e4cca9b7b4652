// GET round trips on one open association over loopback, against a plain TCP ping-pong of the same
// sizes in the same run. Client and peer are pinned to cores 0 and 1.
//
//     bench_round_trip PATH/dlms-simulator [ROUNDS [EXCHANGES]]
//
// The rounds alternate between the two, so that both see the same machine; medians are printed.

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>

#include "client/native_meter_client.hpp"
#include "stack/cosem/obis_code.hpp"

namespace {

using namespace dlms;
using namespace dlms::cosem::literals;

constexpr std::size_t request_size = 8 + 13;  // WPDU header and get-request-normal
constexpr std::size_t answer_size = 8 + 9;    // WPDU header and get-response of a double-long

void pin(pid_t process, std::size_t core) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    if (sched_setaffinity(process, sizeof cores, &cores) != 0) {
        std::perror("sched_setaffinity");
    }
}

[[noreturn]] void give_up(const char* what) {
    std::perror(what);
    std::exit(1);
}

void no_delay(int socket) {
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool receive_all(int socket, std::span<Byte> space) {
    std::size_t have = 0;
    while (have < space.size()) {
        const ssize_t count = recv(socket, space.data() + have, space.size() - have, 0);
        if (count <= 0) {
            return false;
        }
        have += static_cast<std::size_t>(count);
    }
    return true;
}

/// Answers every request of the right size with an answer of the right size, until the peer closes.
[[noreturn]] void pong(int listener) {
    const int socket = accept(listener, nullptr, nullptr);
    no_delay(socket);
    std::array<Byte, request_size> request{};
    const std::array<Byte, answer_size> answer{};
    while (receive_all(socket, request)) {
        if (send(socket, answer.data(), answer.size(), 0) < 0) {
            break;
        }
    }
    _exit(0);
}

int connect_to_pong(pid_t& process) {
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener, generic, size) != 0 || listen(listener, 1) != 0) {
        give_up("listen");
    }
    getsockname(listener, generic, &size);
    process = fork();
    if (process == 0) {
        pin(0, 1);
        pong(listener);
    }
    const int connected = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(connected, generic, size) != 0) {
        give_up("connect");
    }
    close(listener);
    no_delay(connected);
    return connected;
}

struct Figures {
    double exchanges_a_second = 0;
    double cpu_microseconds = 0;  // of the client, an exchange
};

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

template <class Work>
Figures measure(std::size_t exchanges, Work work) {
    const double cpu = cpu_seconds();
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    return {static_cast<double>(exchanges) / wall.count(),
            (cpu_seconds() - cpu) * 1e6 / static_cast<double>(exchanges)};
}

void ping(int socket, std::size_t exchanges) {
    const std::array<Byte, request_size> request{};
    std::array<Byte, answer_size> answer{};
    for (std::size_t i = 0; i < exchanges; ++i) {
        if (send(socket, request.data(), request.size(), 0) < 0 || !receive_all(socket, answer)) {
            give_up("ping-pong");
        }
    }
}

asio::awaitable<void> gets(client::NativeMeterClient& meter, std::size_t exchanges) {
    for (std::size_t i = 0; i < exchanges; ++i) {
        client::ReadRequest request;
        request.attribute = {3, "1-0:1.8.0.255"_obis, 2};
        const Instant deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        const auto value = co_await meter.read(std::move(request), deadline);
        if (!value || value->encoded().size() != 5) {
            std::fprintf(stderr, "GET failed: %s\n",
                         value ? "another size" : client::describe(value.error()).c_str());
            std::exit(1);
        }
    }
}

/// Starts the simulator on a free port, pinned to core 1, and returns the port it tells.
std::uint16_t start_simulator(const char* path, pid_t& process) {
    int lines[2];
    if (pipe(lines) != 0) {
        give_up("pipe");
    }
    process = fork();
    if (process == 0) {
        pin(0, 1);
        dup2(lines[1], STDOUT_FILENO);
        execl(path, path, "--scenario", "hexcell", "--port", "0", "--bind", "127.0.0.1", nullptr);
        give_up(path);
    }
    close(lines[1]);
    std::string text;
    char character = 0;
    while (read(lines[0], &character, 1) == 1 && character != '\n') {
        text += character;
    }
    const std::size_t colon = text.find("127.0.0.1:");
    if (colon == std::string::npos) {
        std::fprintf(stderr, "the simulator said: %s\n", text.c_str());
        std::exit(1);
    }
    return static_cast<std::uint16_t>(std::atoi(text.c_str() + colon + 10));
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: %s PATH/dlms-simulator [ROUNDS [EXCHANGES]]\n", argv[0]);
        return 2;
    }
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 9;
    const std::size_t exchanges = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 20'000;
    pid_t ponger = 0;
    const int socket = connect_to_pong(ponger);
    pid_t simulator = 0;
    const std::uint16_t port = start_simulator(argv[1], simulator);
    pin(0, 0);

    asio::io_context io(1);
    client::MeterParameters parameters(client::profile_of_brand("hexcell"));
    parameters.endpoint = {"127.0.0.1", port};
    client::NativeMeterClient meter(std::move(parameters));
    const auto run_gets = [&](std::size_t count) {
        asio::co_spawn(
            io,
            [](client::NativeMeterClient& client, std::size_t n,
               asio::io_context& context) -> asio::awaitable<void> {
                co_await gets(client, n);
                context.stop();
            }(meter, count, io),
            asio::detached);
        io.run();
        io.restart();
    };
    run_gets(2000);
    ping(socket, 2000);

    std::vector<double> ratios;
    std::vector<double> plain_rates;
    std::vector<double> get_rates;
    std::vector<double> added_cpu;
    for (int round = 0; round < rounds; ++round) {
        const Figures plain = measure(exchanges, [&] { ping(socket, exchanges); });
        const Figures get = measure(exchanges, [&] { run_gets(exchanges); });
        plain_rates.push_back(plain.exchanges_a_second);
        get_rates.push_back(get.exchanges_a_second);
        ratios.push_back(get.exchanges_a_second / plain.exchanges_a_second);
        added_cpu.push_back(get.cpu_microseconds - plain.cpu_microseconds);
    }
    std::printf(
        "ping-pong  %8.0f /s\nGET        %8.0f /s\nratio      %8.3f\n"
        "CPU a GET above the ping-pong  %.2f us\n",
        median(plain_rates), median(get_rates), median(ratios), median(added_cpu));
    close(socket);
    kill(simulator, SIGTERM);
    waitpid(simulator, nullptr, 0);
    waitpid(ponger, nullptr, 0);
    return 0;
}
