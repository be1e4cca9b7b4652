// How many GETs one core of the simulator serves: 1, 10, 100 and 1,000 associations, each with a
// meter of its own and one request under way, plain and ciphered; and how long it takes to answer a
// month of 15-minute rows from a generated year.
//
//     bench_gets PATH/dlms-simulator [SECONDS]
//
// All requests are made ready before the clock starts. Beside the rate stands what the simulator's
// processor time alone would allow (GETs a second of its core), which other work on the machine
// changes little.

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "stack/axdr/data_builder.hpp"
#include "stack/base/hex.hpp"
#include "stack/cosem/date_time.hpp"
#include "stack/cosem/profile_selection.hpp"
#include "stack/security/aes_gcm.hpp"

namespace {

using namespace dlms;
using Clock = std::chrono::steady_clock;

constexpr std::uint16_t first_port = 22'000;
constexpr std::uint16_t client = 16;
constexpr std::size_t header_size = 8;
constexpr auto key = "000102030405060708090A0B0C0D0E0F";
constexpr auto title = "4D4D4D0000000001";

[[noreturn]] void fail_with(const std::string& what) {
    std::fprintf(stderr, "bench_gets: %s\n", what.c_str());
    std::exit(1);
}

void check(bool good, const char* what) {
    if (!good) {
        fail_with(what);
    }
}

ByteBuffer octets(const std::string& hex) {
    return from_hex(hex).value();
}

ByteBuffer wpdu(ByteView apdu, std::uint16_t from = client) {
    ByteBuffer whole{0,
                     1,
                     0,
                     static_cast<Byte>(from),
                     0,
                     1,
                     static_cast<Byte>(apdu.size() >> 8),
                     static_cast<Byte>(apdu.size())};
    whole.insert(whole.end(), apdu.begin(), apdu.end());
    return whole;
}

const ByteBuffer get_energy = octets("C001C100030100010800FF0200");
const ByteBuffer initiate = octets("01000000065F1F0400001E1DFFFF");

/// glo- with this tag: authenticated encryption under the key.
ByteBuffer ciphered(Byte tag, ByteView plain, std::uint32_t counter) {
    static security::AesGcm cipher = security::AesGcm::create(octets(key)).value();
    static const auto originator = security::SystemTitle::from_hex(title).value();
    const ByteBuffer control_and_key = octets(std::string("30") + key);
    ByteBuffer apdu{tag,
                    static_cast<Byte>(5 + plain.size() + security::gcm_tag_size),
                    0x30,
                    static_cast<Byte>(counter >> 24),
                    static_cast<Byte>(counter >> 16),
                    static_cast<Byte>(counter >> 8),
                    static_cast<Byte>(counter)};
    const std::size_t begin = apdu.size();
    apdu.resize(begin + plain.size() + security::gcm_tag_size);
    const std::span<Byte> body(apdu.begin() + static_cast<std::ptrdiff_t>(begin), apdu.end());
    check(cipher
              .seal(security::make_iv(originator, security::InvocationCounter(counter)),
                    {control_and_key}, plain, body.first(plain.size()),
                    body.last(security::gcm_tag_size))
              .has_value(),
          "sealing");
    return apdu;
}

/// A tag, a length of one octet, and what it holds.
ByteBuffer enclosed(Byte tag, ByteView content) {
    ByteBuffer whole{tag, static_cast<Byte>(content.size())};
    whole.insert(whole.end(), content.begin(), content.end());
    return whole;
}

ByteBuffer joined(std::initializer_list<ByteBuffer> parts) {
    ByteBuffer whole;
    for (const ByteBuffer& part : parts) {
        whole.insert(whole.end(), part.begin(), part.end());
    }
    return whole;
}

ByteBuffer aarq(bool is_ciphered) {
    const ByteBuffer context =
        octets(is_ciphered ? "A109060760857405080103" : "A109060760857405080101");
    const ByteBuffer information =
        enclosed(0xBE, enclosed(0x04, is_ciphered ? ciphered(0x21, initiate, 1) : initiate));
    return enclosed(
        0x60, is_ciphered ? joined({context, octets(std::string("A60A0408") + title), information})
                          : joined({context, information}));
}

/// The simulator as a process, with so many meters on ports of their own.
class Simulator {
public:
    Simulator(const std::string& program, std::vector<std::string> arguments) {
        std::array<int, 2> ends{};
        check(pipe(ends.data()) == 0, "pipe");
        process_ = fork();
        check(process_ >= 0, "fork");
        if (process_ == 0) {
            dup2(ends[1], STDOUT_FILENO);
            close(ends[0]);
            close(ends[1]);
            arguments.insert(arguments.begin(), program);
            std::vector<char*> pointers;
            for (std::string& argument : arguments) {
                pointers.push_back(argument.data());
            }
            pointers.push_back(nullptr);
            execv(program.c_str(), pointers.data());
            _exit(127);
        }
        close(ends[1]);
        char octet = 0;
        bool listens = false;
        while (!listens && read(ends[0], &octet, 1) == 1) {
            listens = octet == '\n';
        }
        output_ = ends[0];
        check(listens, "the simulator did not start");
    }
    ~Simulator() {
        kill(process_, SIGTERM);
        waitpid(process_, nullptr, 0);
        close(output_);
    }
    Simulator(const Simulator&) = delete;
    Simulator& operator=(const Simulator&) = delete;

    /// Seconds of the processor.
    double processor() const {
        std::ifstream file("/proc/" + std::to_string(process_) + "/stat");
        std::string text((std::istreambuf_iterator<char>(file)), {});
        text = text.substr(text.rfind(')') + 2);
        std::array<unsigned long, 2> times{};
        check(std::sscanf(text.c_str(), "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
                          &times[0], &times[1]) == 2,
              "/proc/PID/stat");
        return static_cast<double>(times[0] + times[1]) / static_cast<double>(sysconf(_SC_CLK_TCK));
    }

private:
    pid_t process_ = -1;
    int output_ = -1;
};

/// One association, and what has come of an answer.
class Line {
public:
    explicit Line(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const int on = 1;
        setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        sockaddr generic{};
        std::memcpy(&generic, &address, sizeof address);
        check(connect(socket_, &generic, sizeof address) == 0, "connecting");
    }
    ~Line() { close(socket_); }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    int socket() const { return socket_; }
    void send(ByteView octets) const {
        check(::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL) ==
                  static_cast<ssize_t>(octets.size()),
              "sending");
    }
    /// The APDU of an answer that is whole; empty: more must come. Valid until the next call.
    ByteView receive() {
        if (is_taken_) {
            size_ = 0;
            is_taken_ = false;
        }
        const ssize_t count = recv(socket_, buffer_.data() + size_, buffer_.size() - size_, 0);
        check(count > 0, "the meter closed the connection");
        size_ += static_cast<std::size_t>(count);
        const std::size_t wanted = size_ < header_size
                                       ? header_size + 1
                                       : header_size + (std::size_t{buffer_[6]} << 8 | buffer_[7]);
        check(size_ <= wanted, "more than an answer came");
        is_taken_ = size_ == wanted;
        return is_taken_ ? ByteView(buffer_).subspan(header_size, size_ - header_size) : ByteView();
    }
    /// The answer to what was sent.
    ByteView await() {
        for (;;) {
            if (const ByteView apdu = receive(); !apdu.empty()) {
                return apdu;
            }
        }
    }
    void associate(ByteView request) {
        send(request);
        const ByteView answer = await();
        const ByteBuffer accepted = octets("A203020100");
        check(answer[0] == 0x61 && std::ranges::search(answer, accepted).begin() != answer.end(),
              "the meter refused the association");
    }

    std::size_t asked = 0;

private:
    int socket_;
    ByteBuffer buffer_ = ByteBuffer(header_size + 0xFFFF);
    std::size_t size_ = 0;
    bool is_taken_ = false;
};

/// A meter with a register, for a client without or with ciphering.
std::string scenario(bool is_ciphered) {
    const std::string security =
        is_ciphered ? R"("security": {"system_title": "4D4D4D0000BC614E", "unicast_key": ")" +
                          std::string(key) + R"(", "authentication_key": ")" + key + R"("}, )"
                    : "";
    const std::string level = is_ciphered ? R"("security": "authenticated_encryption", )" : "";
    return R"({"name": "bench", "logical_devices": [{"sap": 1, "name": "BEN0000000000001", )" +
           security +
           R"("associations": [{"client_sap": 16, "name": "reader", "mechanism": "lowest", )" +
           level +
           R"("conformance": ["get", "selective-access", "block-transfer-with-get-or-read"]}],
 "objects": [{"obis": "1-0:1.8.0.255", "class": 3, "attributes": [
  {"id": 2, "access": "r", "value": {"double-long-unsigned": 1234567}}]}]}]})";
}

void measure(const std::string& program, const std::string& file, bool is_ciphered,
             std::size_t associations, double seconds) {
    const Simulator simulator(
        program, {"--scenario", file, "--fleet", std::to_string(associations), "--port",
                  std::to_string(first_port), "--log-level", "off"});
    // Every meter has the same keys, and sees the same counters from 1 on.
    const std::size_t most = is_ciphered ? 400'000 : 1;
    std::vector<ByteBuffer> requests;
    for (std::size_t i = 0; i < most; ++i) {
        requests.push_back(wpdu(is_ciphered
                                    ? ciphered(0xC8, get_energy, static_cast<std::uint32_t>(i + 2))
                                    : get_energy));
    }
    const ByteBuffer opening = wpdu(aarq(is_ciphered));
    std::vector<std::unique_ptr<Line>> lines;
    const int poll = epoll_create1(0);
    for (std::size_t i = 0; i < associations; ++i) {
        lines.push_back(std::make_unique<Line>(static_cast<std::uint16_t>(first_port + i)));
        lines.back()->associate(opening);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = i;
        check(epoll_ctl(poll, EPOLL_CTL_ADD, lines.back()->socket(), &event) == 0, "epoll");
    }
    const auto ask = [&](Line& line) {
        check(!is_ciphered || line.asked < requests.size(), "no request is left: fewer SECONDS");
        line.send(requests[is_ciphered ? line.asked : 0]);
        ++line.asked;
    };
    const double processor = simulator.processor();
    const auto begin = Clock::now();
    const auto end = begin + std::chrono::duration<double>(seconds);
    for (const auto& line : lines) {
        ask(*line);
    }
    std::size_t answers = 0;
    std::array<epoll_event, 256> events{};
    // In the end every answer is waited for, so that each request is counted.
    for (std::size_t under_way = lines.size(); under_way > 0;) {
        const int count = epoll_wait(poll, events.data(), static_cast<int>(events.size()), 10'000);
        check(count > 0, "no answer within 10 s");
        const bool is_over = Clock::now() >= end;
        for (const epoll_event& event : std::span(events).first(static_cast<std::size_t>(count))) {
            Line& line = *lines[event.data.u64];
            const ByteView apdu = line.receive();
            if (apdu.empty()) {
                continue;
            }
            check(is_ciphered ? apdu[0] == 0xCC : apdu[0] == 0xC4 && apdu.size() == 9,
                  "the answer is no GET response");
            ++answers;
            if (is_over) {
                --under_way;
            } else {
                ask(line);
            }
        }
    }
    const double taken = std::chrono::duration<double>(Clock::now() - begin).count();
    const double worked = std::max(simulator.processor() - processor, 0.01);
    close(poll);
    std::printf("%5zu %s: %8.0f GETs/s, %8.0f a second of the simulator's core (%.2f us each)\n",
                associations, is_ciphered ? "ciphered" : "plain   ",
                static_cast<double>(answers) / taken, static_cast<double>(answers) / worked,
                worked / static_cast<double>(answers) * 1e6);
}

ByteBuffer month_request() {
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
    constexpr std::int64_t month = 30 * 86'400;
    const auto bound = [](std::int64_t seconds) {
        axdr::DataBuilder builder;
        builder.octet_string(cosem::encode(cosem::date_time_from_local(seconds, 0, 0)));
        return builder.finish().value();
    };
    const axdr::Data from = bound(now - month - 3600);
    const axdr::Data to = bound(now - 3600);
    cosem::RangeDescriptor range;
    range.restricting_object = {8, cosem::ObisCode(0, 0, 1, 0, 0, 255), 2, 0};
    range.from = from.view();
    range.to = to.view();
    const axdr::Data parameters = cosem::to_data(range).value();
    ByteBuffer request = octets("C001C100070100630100FF020101");
    request.insert(request.end(), parameters.encoded().begin(), parameters.encoded().end());
    return request;
}

void measure_month(const std::string& program) {
    constexpr std::uint16_t reader = 1;
    const Simulator simulator(program, {"--scenario", "standard", "--port",
                                        std::to_string(first_port), "--log-level", "off"});
    Line line(first_port);
    const ByteBuffer opening = joined({octets("A109060760857405080101"
                                              "8A0207808B0760857405080201"
                                              "AC0A80083030303030303030"),
                                       enclosed(0xBE, enclosed(0x04, initiate))});
    line.associate(wpdu(enclosed(0x60, opening), reader));
    constexpr int rounds = 10;
    double best = 1e9;
    std::size_t size = 0;
    for (int i = 0; i < rounds; ++i) {
        const auto begin = Clock::now();
        line.send(wpdu(month_request(), reader));
        size = 0;
        for (;;) {
            const ByteView answer = line.await();
            check(answer.size() > 4 && answer[0] == 0xC4, "the answer is no GET response");
            size += answer.size();
            if (answer[1] != 2 || answer[3] != 0) {
                check(answer[3] == (answer[1] == 2 ? 1 : 0), "the meter refused the month");
                break;
            }
            ByteBuffer next = octets("C002C1");
            next.insert(next.end(), answer.begin() + 4, answer.begin() + 8);
            line.send(wpdu(next, reader));
        }
        best = std::min(best, std::chrono::duration<double>(Clock::now() - begin).count());
    }
    check(size > 2880 * 10, "a month has 2,880 rows");
    std::printf("a month of 15-minute rows from a generated year: %.1f ms, %zu octets\n",
                best * 1e3, size);
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 2) {
        fail_with("usage: bench_gets PATH/dlms-simulator [SECONDS]");
    }
    const std::string program = arguments[1];
    const double seconds = count > 2 ? std::atof(arguments[2]) : 2;
    for (const bool is_ciphered : {false, true}) {
        std::string file = "/tmp/bench_gets_XXXXXX";
        const int descriptor = mkstemp(file.data());
        check(descriptor >= 0, "a temporary file");
        const std::string text = scenario(is_ciphered);
        check(write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()),
              "writing");
        close(descriptor);
        for (const std::size_t associations :
             {std::size_t{1}, std::size_t{10}, std::size_t{100}, std::size_t{1000}}) {
            measure(program, file, is_ciphered, associations, seconds);
        }
        unlink(file.c_str());
    }
    measure_month(program);
}
