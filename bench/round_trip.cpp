// GET round trips on one open association over loopback, against a plain TCP ping-pong of the same
// sizes in the same run. Client and peer are pinned to cores 0 and 1.
//
//     bench_round_trip PATH/dlms-simulator [ROUNDS [EXCHANGES]]
//
// A second ping-pong waits in epoll on both ends, as every program does that serves more than one
// peer: what our own code costs is the difference to that one. The rounds alternate, so that all
// see the same machine; medians are printed.

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
#include <sys/epoll.h>
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

enum class Waits { in_recv, in_epoll };

/// A connected socket, and the epoll that tells when it has something to read.
struct Line {
    int socket = -1;
    int epoll = -1;  // -1 where recv waits

    Line(int connected, Waits waits) : socket(connected) {
        no_delay(socket);
        if (waits == Waits::in_epoll) {
            epoll = epoll_create1(0);
            epoll_event event{};
            event.events = EPOLLIN;
            if (epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event) != 0) {
                give_up("epoll_ctl");
            }
        }
    }
};

bool receive_all(const Line& line, std::span<Byte> space) {
    std::size_t have = 0;
    while (have < space.size()) {
        epoll_event event{};
        if (line.epoll >= 0 && epoll_wait(line.epoll, &event, 1, -1) < 0) {
            return false;
        }
        const ssize_t count = recv(line.socket, space.data() + have, space.size() - have, 0);
        if (count <= 0) {
            return false;
        }
        have += static_cast<std::size_t>(count);
    }
    return true;
}

/// Answers every request of the right size with an answer of the right size, until the peer closes.
[[noreturn]] void pong(int listener, Waits waits) {
    const Line line(accept(listener, nullptr, nullptr), waits);
    std::array<Byte, request_size> request{};
    const std::array<Byte, answer_size> answer{};
    while (receive_all(line, request)) {
        if (send(line.socket, answer.data(), answer.size(), 0) < 0) {
            break;
        }
    }
    _exit(0);
}

Line connect_to_pong(pid_t& process, Waits waits) {
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
        pong(listener, waits);
    }
    const int connected = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(connected, generic, size) != 0) {
        give_up("connect");
    }
    close(listener);
    return Line(connected, waits);
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

void ping(const Line& line, std::size_t exchanges) {
    const std::array<Byte, request_size> request{};
    std::array<Byte, answer_size> answer{};
    for (std::size_t i = 0; i < exchanges; ++i) {
        if (send(line.socket, request.data(), request.size(), 0) < 0 ||
            !receive_all(line, answer)) {
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

/// Figures of something against those of the plain ping-pong in the same round.
struct Compared {
    std::vector<double> rates;
    std::vector<double> ratios;
    std::vector<double> added_cpu;

    void add(const Figures& figures, const Figures& plain) {
        rates.push_back(figures.exchanges_a_second);
        ratios.push_back(figures.exchanges_a_second / plain.exchanges_a_second);
        added_cpu.push_back(figures.cpu_microseconds - plain.cpu_microseconds);
    }
    void print(const char* name) const {
        std::printf("%-18s  %8.0f /s, %.3f of the ping-pong, %.2f us of CPU above it\n", name,
                    median(rates), median(ratios), median(added_cpu));
    }
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: %s PATH/dlms-simulator [ROUNDS [EXCHANGES]]\n", argv[0]);
        return 2;
    }
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 9;
    const std::size_t exchanges = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 20'000;
    pid_t ponger = 0;
    pid_t epoll_ponger = 0;
    const Line plain_line = connect_to_pong(ponger, Waits::in_recv);
    const Line epoll_line = connect_to_pong(epoll_ponger, Waits::in_epoll);
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
    ping(plain_line, 2000);
    ping(epoll_line, 2000);

    std::vector<double> plain_rates;
    Compared by_epoll;
    Compared by_get;
    for (int round = 0; round < rounds; ++round) {
        const Figures plain = measure(exchanges, [&] { ping(plain_line, exchanges); });
        const Figures epoll = measure(exchanges, [&] { ping(epoll_line, exchanges); });
        const Figures get = measure(exchanges, [&] { run_gets(exchanges); });
        plain_rates.push_back(plain.exchanges_a_second);
        by_epoll.add(epoll, plain);
        by_get.add(get, plain);
    }
    std::printf("ping-pong           %8.0f /s\n", median(plain_rates));
    by_epoll.print("ping-pong in epoll");
    by_get.print("GET");
    kill(ponger, SIGTERM);
    kill(epoll_ponger, SIGTERM);
    kill(simulator, SIGTERM);
    for (const pid_t child : {ponger, epoll_ponger, simulator}) {
        waitpid(child, nullptr, 0);
    }
    return 0;
}
