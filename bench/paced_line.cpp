// Reads over an HDLC line of 9600 bit/s, which the simulator paces, against what the line allows
// for the octets of their frames: ten bits each, and nothing between a frame and its answer.
//
//     bench_paced_line PATH/dlms-simulator [BITS_PER_SECOND]

#include <cstdio>

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

constexpr int registers = 20;

asio::awaitable<void> read_one(client::NativeMeterClient& meter,
                               cosem::AttributeDescriptor attribute, int times) {
    for (int i = 0; i < times; ++i) {
        client::ReadRequest request;
        request.attribute = attribute;
        const Instant deadline = std::chrono::steady_clock::now() + std::chrono::minutes(10);
        const auto value = co_await meter.read(std::move(request), deadline);
        if (!value) {
            std::fprintf(stderr, "the read failed: %s\n", client::describe(value.error()).c_str());
            std::exit(1);
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: %s PATH/dlms-simulator [BITS_PER_SECOND]\n", argv[0]);
        return 2;
    }
    const std::string rate = argc > 2 ? argv[2] : "9600";
    pid_t simulator = 0;
    const std::uint16_t port = start_simulator({argv[1], "--scenario", "hexcell", "--hdlc-port",
                                                "0", "--bind", "127.0.0.1", "--pace", rate},
                                               simulator);
    asio::io_context io(1);
    std::size_t octets = 0;
    std::size_t turns = 0;
    client::MeterParameters parameters(client::profile_of_brand("hexcell"));
    parameters.endpoint = {"127.0.0.1", port};
    parameters.use_hdlc(client::profile_of_brand("hexcell"));
    parameters.link.hdlc.physical_address = 16;
    client::ClientEnvironment environment;
    environment.trace = [&](transport::Direction direction, ByteView bytes) {
        octets += bytes.size();
        turns += direction == transport::Direction::sent ? 1 : 0;
    };
    client::NativeMeterClient meter(std::move(parameters), std::move(environment));
    const auto run = [&](cosem::AttributeDescriptor attribute, int times) {
        asio::co_spawn(
            io,
            [](client::NativeMeterClient& from, cosem::AttributeDescriptor what, int count,
               asio::io_context& context) -> asio::awaitable<void> {
                co_await read_one(from, what, count);
                context.stop();
            }(meter, attribute, times, io),
            asio::detached);
        io.run();
        io.restart();
    };
    const auto report = [&](const char* name, cosem::AttributeDescriptor attribute, int times) {
        octets = turns = 0;
        const auto start = std::chrono::steady_clock::now();
        run(attribute, times);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        const double allowed = static_cast<double>(octets) * 10 / std::stod(rate);
        std::printf("%-12s %5zu turns, %6zu octets: %7.3f s, the line takes %7.3f s: %.3f of it\n",
                    name, turns, octets, took.count(), allowed, allowed / took.count());
    };
    run({3, "1-0:1.8.0.255"_obis, 2}, 1);  // opens the association
    report("registers", {3, "1-0:1.8.0.255"_obis, 2}, registers);
    report("profile", {7, "1-0:99.1.0.255"_obis, 2}, 1);
    stop({simulator});
    return 0;
}
