// A profile of 1,000 rows read over HDLC in a TCP stream on loopback, against a plain ping-pong of
// the same octets in the same run: information fields of 128 octets, window 1. Client and peer are
// pinned to cores 0 and 1.
//
//     bench_hdlc_profile PATH/dlms-simulator [ROUNDS]
//
// The first read is recorded: who sent how many octets before the other did. The ping-pong sends
// as many, in both directions, in the same order. A second one waits in epoll on both ends, as
// every program does that serves more than one peer. The rounds alternate; medians are printed.

#include <cstdio>
#include <filesystem>
#include <fstream>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>

#include "bench/loopback.hpp"
#include "client/native_meter_client.hpp"
#include "stack/cosem/obis_code.hpp"

namespace {

using namespace dlms;
using namespace dlms::bench;
using namespace dlms::cosem::literals;

constexpr std::size_t rows = 1000;

/// Octets of one turn, and of the one that answers it.
struct Exchange {
    std::size_t request = 0;
    std::size_t answer = 0;
};
using Exchanges = std::vector<Exchange>;

/// A meter with a profile of so many rows: a time and seven registers.
void write_scenario(const std::filesystem::path& path) {
    std::ofstream file(path);
    file << R"({"name": "profile", "logical_devices": [{"sap": 1, "name": "BEN0000000000001",
      "associations": [{"client_sap": 16, "name": "public", "mechanism": "lowest",
        "conformance": ["get", "block-transfer-with-get-or-read", "selective-access"],
        "max_receive_pdu_size": 1024}],
      "objects": [{"obis": "1-0:99.1.0.255", "class": 7, "version": 1,
        "attributes": [{"id": 2, "access": "r", "profile": {"rows": [)";
    for (std::size_t row = 0; row < rows; ++row) {
        file << (row == 0 ? "" : ",") << R"([{"octet-string": "07EA030EFF000F00FF8000FF"})";
        for (int column = 0; column < 7; ++column) {
            file << R"(,{"double-long-unsigned": )" << row * 1000 + 7 << "}";
        }
        file << "]";
    }
    file << R"(]}}, {"id": 3, "access": "r", "value": {"array": [{"structure": [
        {"long-unsigned": 8}, {"octet-string": "0000010000FF"}, {"integer": 2},
        {"long-unsigned": 0}]})";
    for (int column = 1; column <= 7; ++column) {
        file << R"(,{"structure": [{"long-unsigned": 3}, {"octet-string": "01000)" << column
             << R"(0800FF"}, {"integer": 2}, {"long-unsigned": 0}]})";
    }
    file << "]}}]}]}]}";
}

asio::awaitable<void> read_profile(client::NativeMeterClient& meter) {
    client::ReadRequest request;
    request.attribute = {7, "1-0:99.1.0.255"_obis, 2};
    const Instant deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    const auto value = co_await meter.read(std::move(request), deadline);
    bool is_whole = false;
    if (value) {
        const auto elements = value->view().elements();
        is_whole = elements && elements->size() == rows;
    }
    if (!is_whole) {
        std::fprintf(stderr, "the read failed: %s\n",
                     value ? "another number of rows" : client::describe(value.error()).c_str());
        std::exit(1);
    }
}

/// Writes down how the turns go while it listens.
class Recorder {
public:
    bool listens = false;
    Exchanges exchanges;

    void note(transport::Direction direction, ByteView octets) {
        if (!listens) {
            return;
        }
        if (direction == transport::Direction::sent) {
            if (exchanges.empty() || exchanges.back().answer > 0) {
                exchanges.emplace_back();
            }
            exchanges.back().request += octets.size();
        } else if (!exchanges.empty()) {
            exchanges.back().answer += octets.size();
        }
    }
};

std::size_t longest(const Exchanges& exchanges) {
    std::size_t most = 0;
    for (const Exchange& exchange : exchanges) {
        most = std::max({most, exchange.request, exchange.answer});
    }
    return most;
}

/// One side of the ping-pong, as often as the profile is read; false when the peer is gone.
bool ping(const Line& line, const Exchanges& exchanges) {
    ByteBuffer space(longest(exchanges));
    for (const Exchange& exchange : exchanges) {
        if (send(line.socket, space.data(), exchange.request, MSG_NOSIGNAL) < 0 ||
            !receive_all(line, std::span(space).first(exchange.answer))) {
            return false;
        }
    }
    return true;
}

void pong(const Line& line, const Exchanges& exchanges) {
    ByteBuffer space(longest(exchanges));
    for (;;) {
        for (const Exchange& exchange : exchanges) {
            if (!receive_all(line, std::span(space).first(exchange.request)) ||
                send(line.socket, space.data(), exchange.answer, MSG_NOSIGNAL) < 0) {
                return;
            }
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: %s PATH/dlms-simulator [ROUNDS]\n", argv[0]);
        return 2;
    }
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 25;
    const auto scenario = std::filesystem::temp_directory_path() /
                          ("dlms-bench-" + std::to_string(getpid()) + ".json");
    write_scenario(scenario);
    pid_t simulator = 0;
    const std::uint16_t port = start_simulator(
        {argv[1], "--scenario", scenario, "--hdlc-port", "0", "--bind", "127.0.0.1"}, simulator);
    std::filesystem::remove(scenario);
    pin(0, 0);

    asio::io_context io(1);
    Recorder recorder;
    client::MeterParameters parameters;
    parameters.endpoint = {"127.0.0.1", port};
    parameters.link.kind = client::LinkKind::hdlc;
    client::ClientEnvironment environment;
    const auto read_once = [&](client::NativeMeterClient& meter) {
        asio::co_spawn(
            io,
            [](client::NativeMeterClient& from,
               asio::io_context& context) -> asio::awaitable<void> {
                co_await read_profile(from);
                context.stop();
            }(meter, io),
            asio::detached);
        io.run();
        io.restart();
    };
    environment.trace = [&](transport::Direction direction, ByteView octets) {
        recorder.note(direction, octets);
    };
    {
        client::NativeMeterClient recorded(parameters.clone(), std::move(environment));
        read_once(recorded);  // opens the association
        recorder.listens = true;
        read_once(recorded);
    }
    const Exchanges& exchanges = recorder.exchanges;
    pid_t ponger = 0;
    pid_t epoll_ponger = 0;
    const auto serve = [&](const Line& line) { pong(line, exchanges); };
    const Line plain_line = connect_to_child(ponger, Waits::in_recv, serve);
    const Line epoll_line = connect_to_child(epoll_ponger, Waits::in_epoll, serve);
    client::NativeMeterClient meter(std::move(parameters));
    read_once(meter);

    std::vector<double> plain_rates;
    Compared by_epoll;
    Compared by_read;
    for (int round = 0; round < rounds; ++round) {
        const auto alive = [](bool is_alive) {
            if (!is_alive) {
                give_up("ping-pong");
            }
        };
        const std::size_t turns = exchanges.size();
        const Figures plain = measure(turns, [&] { alive(ping(plain_line, exchanges)); });
        const Figures epoll = measure(turns, [&] { alive(ping(epoll_line, exchanges)); });
        const Figures read = measure(turns, [&] { read_once(meter); });
        plain_rates.push_back(plain.exchanges_a_second);
        by_epoll.add(epoll, plain);
        by_read.add(read, plain);
    }
    std::size_t octets = 0;
    for (const Exchange& exchange : exchanges) {
        octets += exchange.request + exchange.answer;
    }
    std::printf("%zu rows in %zu turns of %zu octets in all\n", rows, exchanges.size(), octets);
    std::printf("ping-pong           %8.0f turns/s\n", median(plain_rates));
    by_epoll.print("ping-pong in epoll");
    by_read.print("profile");
    stop({ponger, epoll_ponger, simulator});
    return 0;
}
