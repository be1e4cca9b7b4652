// GET round trips on one open association over loopback, against a plain TCP ping-pong of the same
// sizes in the same run. Client and peer are pinned to cores 0 and 1.
//
//     bench_round_trip PATH/dlms-simulator [ROUNDS [EXCHANGES]]
//
// Both are done twice. First with a socket that waits in recv(), as a program does that has one
// meter: the association and its link are driven by hand. Then by an event loop, as every program
// does that serves more than one peer: NativeMeterClient on one side, a ping-pong that waits in
// epoll on the other. The rounds alternate, so that all see the same machine; medians are printed.
//
// Then GETs in an association with authenticated encryption (suite 0) against plain ones of the
// same meter, both by the event loop.

#include <array>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>

#include "bench/loopback.hpp"
#include "client/native_meter_client.hpp"
#include "client/open_link.hpp"
#include "stack/cosem/obis_code.hpp"

namespace {

using namespace dlms;
using namespace dlms::bench;
using namespace dlms::cosem::literals;

constexpr std::size_t request_size = 8 + 13;  // WPDU header and get-request-normal
constexpr std::size_t answer_size = 8 + 9;    // WPDU header and get-response of a double-long

/// Answers every request of the right size with an answer of the right size, until the peer closes.
void pong(const Line& line) {
    std::array<Byte, request_size> request{};
    const std::array<Byte, answer_size> answer{};
    while (receive_all(line, request)) {
        if (send(line.socket, answer.data(), answer.size(), 0) < 0) {
            break;
        }
    }
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

/// The simulated Hexing meter's client with authenticated encryption, or its plain one.
client::MeterParameters hexing_parameters(std::uint16_t port, bool ciphered) {
    client::MeterParameters parameters(client::profile_of_brand("hexing"));
    parameters.endpoint = {"127.0.0.1", port};
    if (!ciphered) {
        return parameters;
    }
    const std::array<Byte, 16> key{};
    parameters.client_sap = ClientSap(3);
    parameters.mechanism = acse::Mechanism::hls_gmac;
    parameters.security.own_title = security::SystemTitle({'H', 'E', 'S', 0, 0, 0, 0, 1});
    parameters.security.keys.unicast = *security::EncryptionKey::from(key);
    parameters.security.keys.authentication = *security::AuthenticationKey::from(key);
    parameters.security.protect(security::authenticated_encryption);
    return parameters;
}

client::ClientEnvironment counting() {
    client::ClientEnvironment environment;
    environment.counters = std::make_shared<client::ProcessCounters>();
    return environment;
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

/// The association and its link over a socket that blocks.
class BlockingMeter {
public:
    explicit BlockingMeter(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        socket_ = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
            give_up("connect");
        }
        no_delay(socket_);
        client::MeterParameters parameters(client::profile_of_brand("hexcell"));
        client::MeterSession::Sinks sinks;
        sinks.event = [this](const association::ClientEvent& event) {
            associated_ |= std::holds_alternative<association::Associated>(event);
            const auto* got = std::get_if<association::GetCompleted>(&event);
            const auto* value = got ? std::get_if<axdr::DataView>(&got->result) : nullptr;
            values_ += value && value->encoded().size() == 5 ? 1U : 0U;
        };
        sinks.link = [](const client::LinkReport&) {};
        sinks.settled = [] {};
        session_ = *client::make_session(parameters, {}, std::move(sinks));
        const Instant now = std::chrono::steady_clock::now();
        session_->open_link(now);
        if (!session_->association().open(now)) {
            give_up("open");
        }
        while (!associated_) {
            exchange();
        }
    }

    void gets(std::size_t exchanges) {
        const cosem::AttributeDescriptor attribute{3, "1-0:1.8.0.255"_obis, 2};
        for (std::size_t i = 0; i < exchanges; ++i) {
            const std::size_t wanted = values_ + 1;
            if (!session_->association().get(attribute, std::nullopt,
                                             std::chrono::steady_clock::now())) {
                give_up("get");
            }
            while (values_ != wanted) {
                exchange();
            }
        }
    }

private:
    void exchange() {
        while (const std::optional<ByteView> octets = session_->poll_transmit()) {
            if (send(socket_, octets->data(), octets->size(), 0) < 0) {
                give_up("send");
            }
        }
        std::array<Byte, 2048> space{};
        const ssize_t count = recv(socket_, space.data(), space.size(), 0);
        if (count <= 0) {
            give_up("recv");
        }
        session_->receive(ByteView(space.data(), static_cast<std::size_t>(count)),
                          std::chrono::steady_clock::now());
    }

    int socket_ = -1;
    bool associated_ = false;
    std::size_t values_ = 0;
    std::unique_ptr<client::MeterSession> session_;
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
    const Line plain_line = connect_to_child(ponger, Waits::in_recv, pong);
    const Line epoll_line = connect_to_child(epoll_ponger, Waits::in_epoll, pong);
    pid_t simulator = 0;
    const std::uint16_t port = start_simulator(
        {argv[1], "--scenario", "hexcell", "--port", "0", "--bind", "127.0.0.1"}, simulator);
    pin(0, 0);

    asio::io_context io(1);
    client::MeterParameters parameters(client::profile_of_brand("hexcell"));
    parameters.endpoint = {"127.0.0.1", port};
    client::NativeMeterClient meter(std::move(parameters));
    pid_t hexing_simulator = 0;
    const std::uint16_t hexing = start_simulator(
        {argv[1], "--scenario", "hexing", "--port", "0", "--bind", "127.0.0.1"}, hexing_simulator);
    client::NativeMeterClient open_meter(hexing_parameters(hexing, false));
    client::NativeMeterClient ciphered_meter(hexing_parameters(hexing, true), counting());
    const auto run_gets = [&io](client::NativeMeterClient& from, std::size_t count) {
        asio::co_spawn(
            io,
            [](client::NativeMeterClient& client, std::size_t n,
               asio::io_context& context) -> asio::awaitable<void> {
                co_await gets(client, n);
                context.stop();
            }(from, count, io),
            asio::detached);
        io.run();
        io.restart();
    };
    BlockingMeter blocking(port);
    blocking.gets(2000);
    for (client::NativeMeterClient* one : {&meter, &open_meter, &ciphered_meter}) {
        run_gets(*one, 2000);
    }
    ping(plain_line, 2000);
    ping(epoll_line, 2000);

    std::vector<double> plain_rates;
    Compared by_epoll;
    Compared by_get;
    Compared by_blocking_get;
    Compared by_ciphered_get;
    for (int round = 0; round < rounds; ++round) {
        const Figures plain = measure(exchanges, [&] { ping(plain_line, exchanges); });
        const Figures blocking_get = measure(exchanges, [&] { blocking.gets(exchanges); });
        const Figures epoll = measure(exchanges, [&] { ping(epoll_line, exchanges); });
        const Figures get = measure(exchanges, [&] { run_gets(meter, exchanges); });
        const Figures open = measure(exchanges, [&] { run_gets(open_meter, exchanges); });
        const Figures ciphered = measure(exchanges, [&] { run_gets(ciphered_meter, exchanges); });
        plain_rates.push_back(plain.exchanges_a_second);
        by_epoll.add(epoll, plain);
        by_get.add(get, plain);
        by_blocking_get.add(blocking_get, plain);
        by_ciphered_get.add(ciphered, open);
    }
    std::printf("ping-pong           %8.0f /s\n", median(plain_rates));
    by_blocking_get.print("GET");
    by_epoll.print("ping-pong in epoll");
    by_get.print("GET by event loop");
    by_ciphered_get.print("ciphered GET", "the plain GET");
    stop({ponger, epoll_ponger, simulator, hexing_simulator});
    return 0;
}
