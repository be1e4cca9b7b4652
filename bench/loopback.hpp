#pragma once
// What the benchmarks over loopback share: processes pinned to cores, sockets of a plain ping-pong,
// the simulator as a child, and clocks.

#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <span>
#include <string>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "stack/base/bytes.hpp"

namespace dlms::bench {

inline void pin(pid_t process, std::size_t core) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    if (sched_setaffinity(process, sizeof cores, &cores) != 0) {
        std::perror("sched_setaffinity");
    }
}

[[noreturn]] inline void give_up(const char* what) {
    std::perror(what);
    std::exit(1);
}

inline void no_delay(int socket) {
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

inline bool receive_all(const Line& line, std::span<Byte> space) {
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

/// A connection to a child, pinned to core 1, that does `serve` on its end.
template <class Serve>
Line connect_to_child(pid_t& process, Waits waits, Serve serve) {
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
        serve(Line(accept(listener, nullptr, nullptr), waits));
        _exit(0);
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

inline double cpu_seconds() {
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

/// Becomes the program of the first word; for a child.
[[noreturn]] inline void execute(std::vector<std::string> words) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);  // a benchmark that gives up leaves nothing behind
    std::vector<char*> pointers;
    for (std::string& word : words) {
        pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    execv(pointers[0], pointers.data());
    give_up(pointers[0]);
}

/// Starts the simulator, pinned to core 1, and returns the port of 127.0.0.1 that it tells.
inline std::uint16_t start_simulator(std::vector<std::string> arguments, pid_t& process) {
    int lines[2];
    if (pipe(lines) != 0) {
        give_up("pipe");
    }
    process = fork();
    if (process == 0) {
        pin(0, 1);
        dup2(lines[1], STDOUT_FILENO);
        execute(std::move(arguments));
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

inline double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

/// Figures of something against those of a plain ping-pong in the same round.
struct Compared {
    std::vector<double> rates;
    std::vector<double> ratios;
    std::vector<double> added_cpu;

    void add(const Figures& figures, const Figures& plain) {
        rates.push_back(figures.exchanges_a_second);
        ratios.push_back(figures.exchanges_a_second / plain.exchanges_a_second);
        added_cpu.push_back(figures.cpu_microseconds - plain.cpu_microseconds);
    }
    void print(const char* name, const char* of = "the ping-pong") const {
        std::printf("%-18s  %8.0f /s, %.3f of %s, %.2f us of CPU above it\n", name, median(rates),
                    median(ratios), of, median(added_cpu));
    }
};

/// Ends children and waits for their end.
inline void stop(std::initializer_list<pid_t> children) {
    for (const pid_t child : children) {
        kill(child, SIGTERM);
        waitpid(child, nullptr, 0);
    }
}

}  // namespace dlms::bench
