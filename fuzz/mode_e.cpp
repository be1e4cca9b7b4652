// Both sides of the mode E opening, with octets from anywhere in between: each operation carries
// what one side has sent, whole, damaged or not at all, feeds foreign octets, or lets time pass.
// However it goes, the reader comes to an end, once for each opening, with the settings that it
// asked for last; and without faults to the end that it wanted.

#include <algorithm>

#include "fuzz/property.hpp"
#include "stack/iec62056_21/mode_e_client.hpp"
#include "stack/iec62056_21/mode_e_server.hpp"

namespace {

using namespace dlms;
using namespace dlms::iec62056_21;

/// What the first octet of the input chooses.
ModeEClientConfiguration reader(Byte choice) {
    ModeEClientConfiguration configuration;
    configuration.goal = static_cast<OpeningGoal>(choice % 3);
    configuration.software_parity = (choice & 0x10) != 0;
    configuration.wake_up = (choice & 0x20) != 0;
    configuration.max_baud_rate = (choice & 0x40) != 0 ? 2400 : 0;
    configuration.attempts = 1 + (choice >> 7);
    return configuration;
}

ModeEServerConfiguration meter(Byte choice) {
    ModeEServerConfiguration configuration;
    configuration.manufacturer = "XXX";
    configuration.identification = "type1";
    configuration.hdlc = (choice & 0x04) != 0;
    configuration.echo_acknowledgement = (choice & 0x08) != 0;
    configuration.software_parity = (choice & 0x10) != 0;
    configuration.readout = {{"1.8.0", "000123.4", "kWh"}};
    return configuration;
}

/// A machine and what left it last.
template <class Machine>
struct Side {
    explicit Side(Machine made) : machine(std::move(made)) {}

    Machine machine;
    ByteBuffer sent;
    std::optional<LineSettings> line;

    void drain() {
        for (bool more = true; more;) {
            more = false;
            while (const auto octets = machine.poll_transmit()) {
                sent.insert(sent.end(), octets->begin(), octets->end());
            }
            if (const auto settings = machine.poll_line_settings()) {
                fuzz::require(settings->baud_rate >= 300, "only speeds of the standard");
                line = settings;
                more = true;
            }
        }
    }
};

struct World {
    explicit World(Byte choice)
        : client(ModeEClient(reader(choice))), server(ModeEServer::create(meter(choice)).value()) {}

    Side<ModeEClient> client;
    Side<ModeEServer> server;
    Instant now{};
    bool faulty = false;
    unsigned endings = 0;
    bool wanted_ending = false;

    void collect() {
        client.drain();
        server.drain();
        while (const auto event = client.machine.poll_event()) {
            ++endings;
            wanted_ending = !std::holds_alternative<OpeningFailed>(*event);
            if (const auto* ready = std::get_if<HdlcReady>(&*event)) {
                fuzz::require(client.line == ready->line, "the line has the settings of HDLC");
            }
            if (const auto* readout = std::get_if<ReadoutDone>(&*event)) {
                fuzz::require(check_data_sets(readout->data_sets, 0).has_value(),
                              "a readout can be read");
            }
        }
        server.machine.poll_event();
    }
    template <class From, class To>
    void carry(From& from, To& to, Byte damage) {
        ByteBuffer octets = std::exchange(from.sent, {});
        if (damage != 0 && !octets.empty()) {
            faulty = true;
            octets[damage % octets.size()] ^= damage;
        }
        to.machine.receive(octets, now);
        collect();
    }
    /// To the next instant at which somebody wants something, or not so far.
    bool pass_time(Duration at_most) {
        faulty = faulty || !client.sent.empty() || !server.sent.empty();  // what waits is late
        const Instant due = std::min(client.machine.poll_timeout().value_or(Instant::max()),
                                     server.machine.poll_timeout().value_or(Instant::max()));
        const bool is_due = due <= now + at_most;
        now = is_due ? std::max(now, due) : now + at_most;
        client.machine.handle_timeout(now);
        server.machine.handle_timeout(now);
        collect();
        return is_due;
    }
    bool is_open() const { return client.machine.state() != ModeEClient::State::idle; }
    /// Goes on without further faults until the reader waits for nothing.
    void finish() {
        for (unsigned steps = 0; is_open() && endings == 0; ++steps) {
            fuzz::require(steps < 2000, "an opening comes to an end");
            carry(client, server, 0);
            carry(server, client, 0);
            pass_time(std::chrono::hours(1));
        }
        fuzz::require(endings == (is_open() ? 1u : 0u), "each opening has one ending");
    }
};

void operate(World& world, fuzz::Feed& feed) {
    const Byte operation = feed.octet();
    switch (operation % 8) {
        case 0:
            world.faulty = world.faulty || world.server.machine.state() != ModeEServer::State::idle;
            (void)world.client.machine.open(world.now);
            world.collect();
            return;
        case 1: world.carry(world.client, world.server, feed.octet()); return;
        case 2: world.carry(world.server, world.client, feed.octet()); return;
        case 3:
            world.faulty = true;
            world.client.machine.receive(feed.octets(feed.octet()), world.now);
            world.collect();
            return;
        case 4:
            world.faulty = true;
            world.server.machine.receive(feed.octets(feed.octet()), world.now);
            world.collect();
            return;
        case 5: world.pass_time(std::chrono::milliseconds(feed.octet())); return;
        case 6:
            world.faulty = true;  // whoever is late is a fault
            world.pass_time(std::chrono::hours(1));
            return;
        default:
            world.faulty = true;
            world.finish();
            world.endings = 0;
            world.client.machine.reset();
            world.client.sent.clear();
            world.collect();
            return;
    }
}

/// The same octets in other portions give the same events.
void check_chunks(Byte choice, ByteView octets) {
    ModeEClient whole(reader(choice)), chunked(reader(choice));
    (void)whole.open({});
    (void)chunked.open({});
    whole.receive(octets, {});
    for (const Byte& octet : octets) {
        chunked.receive(ByteView(&octet, 1), {});
    }
    fuzz::require(whole.state() == chunked.state(), "chunks change no state");
    fuzz::require(whole.poll_timeout() == chunked.poll_timeout(), "chunks change no deadline");
    fuzz::require(whole.counters().octets_dropped == chunked.counters().octets_dropped,
                  "chunks change no counter");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Feed feed({bytes, size});
    const Byte choice = feed.octet();
    check_chunks(choice, ByteView(bytes, size).subspan(size > 0 ? 1 : 0));
    World world(choice);
    world.collect();
    while (!feed.empty()) {
        operate(world, feed);
    }
    world.finish();
    const bool can_end_well = reader(choice).goal != OpeningGoal::hdlc || meter(choice).hdlc;
    if (world.is_open() && !world.faulty) {
        fuzz::require(world.wanted_ending == can_end_well, "without faults the wanted end comes");
    }
    return 0;
}
