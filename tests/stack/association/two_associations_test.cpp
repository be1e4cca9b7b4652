// Client against server in memory, in virtual time, over a line that loses, delays, duplicates and
// truncates APDUs. Whatever happens: the right data or a clean end, never wrong data, never a hang.

#include <deque>
#include <map>

#include "stack/axdr/data_builder.hpp"
#include "stack/base/random.hpp"
#include "tests/support/association_subjects.hpp"

using namespace dlms;
using namespace std::chrono_literals;
using association::ClientAssociation;
using association::ServerAssociation;

namespace {

struct Faults {
    unsigned loss = 0;  // in 1,000 APDUs
    unsigned duplicates = 0;
    unsigned truncation = 0;
    Duration longest_delay{};
};

/// One direction of the line; APDUs keep their order, as on a stream.
class Line {
public:
    Line(Random& random, const Faults& faults) : random_(random), faults_(faults) {}

    void send(ByteView apdu, Instant now) {
        if (chance(faults_.loss)) {
            return;
        }
        ByteBuffer copy = to_buffer(apdu);
        if (chance(faults_.truncation)) {
            copy.resize(random_.next_u64() % copy.size());
        }
        const unsigned copies = chance(faults_.duplicates) ? 2 : 1;
        for (unsigned i = 0; i < copies; ++i) {
            Instant arrival = now;
            if (faults_.longest_delay > Duration::zero()) {
                arrival += Duration(static_cast<Duration::rep>(
                    random_.next_u64() %
                    static_cast<std::uint64_t>(faults_.longest_delay.count())));
            }
            last_arrival_ = std::max(last_arrival_, arrival);
            under_way_.push_back({last_arrival_, copy});
        }
    }
    std::optional<Instant> next_arrival() const {
        return under_way_.empty() ? std::nullopt : std::optional(under_way_.front().arrival);
    }
    std::optional<ByteBuffer> arrive(Instant now) {
        if (under_way_.empty() || under_way_.front().arrival > now) {
            return std::nullopt;
        }
        ByteBuffer apdu = std::move(under_way_.front().apdu);
        under_way_.pop_front();
        return apdu;
    }

private:
    struct Letter {
        Instant arrival;
        ByteBuffer apdu;
    };
    bool chance(unsigned in_thousand) { return random_.next_u64() % 1000 < in_thousand; }

    Random& random_;
    Faults faults_;
    std::deque<Letter> under_way_;
    Instant last_arrival_{};
};

/// What object `d` of the test meter says: different for every object, up to many blocks long.
axdr::Data value_of(const cosem::AttributeDescriptor& attribute) {
    ByteBuffer octets(std::size_t{attribute.instance.d()} * 7, attribute.instance.d());
    for (std::size_t i = 0; i < octets.size(); ++i) {
        octets[i] = static_cast<Byte>(octets[i] + i);
    }
    axdr::DataBuilder builder;
    return *builder.octet_string(octets).finish();
}

struct World {
    World(std::uint64_t seed, const Faults& faults)
        : random(seed),
          up(random, faults),
          down(random, faults),
          client(client_configuration()),
          server(server_configuration()) {}

    static association::ClientConfiguration client_configuration() {
        association::ClientConfiguration configuration;
        configuration.max_receive_pdu_size = 64;
        configuration.response_timeout = 2s;
        return configuration;
    }
    static association::ServerConfiguration server_configuration() { return {}; }

    /// Lets everything happen until the client has an event, or nothing more can happen.
    std::optional<association::ClientEvent> run() {
        for (unsigned steps = 0; steps < 100'000; ++steps) {
            if (auto event = client.poll_event()) {
                return event;
            }
            while (const auto apdu = client.poll_transmit()) {
                up.send(*apdu, now);
            }
            serve();
            if (!step()) {
                return std::nullopt;
            }
        }
        BOOST_FAIL("the conversation does not end");
        return std::nullopt;
    }

    SeededRandom random;
    Line up;
    Line down;
    ClientAssociation client;
    ServerAssociation server;
    Instant now{};
    std::map<std::uint8_t, unsigned> written;

private:
    void serve() {
        while (const auto event = server.poll_event()) {
            if (const auto* get = std::get_if<association::GetIndication>(&*event)) {
                const axdr::Data value = value_of(get->attribute);
                BOOST_REQUIRE(server.answer_get(value.view()));
            } else if (const auto* set = std::get_if<association::SetIndication>(&*event)) {
                ++written[set->attribute.instance.d()];
                BOOST_REQUIRE(server.answer_set(cosem::DataAccessResult::success));
            }
        }
        while (const auto apdu = server.poll_transmit()) {
            down.send(*apdu, now);
        }
    }
    /// Moves time to whatever comes first, and lets it come.
    bool step() {
        std::optional<Instant> next = up.next_arrival();
        for (const auto& candidate : {down.next_arrival(), client.poll_timeout()}) {
            if (candidate && (!next || *candidate < *next)) {
                next = candidate;
            }
        }
        if (!next) {
            return false;
        }
        now = std::max(now, *next);
        if (const auto apdu = up.arrive(now)) {
            server.receive(*apdu, now);
        } else if (const auto answer = down.arrive(now)) {
            client.receive(*answer, now);
        } else {
            client.handle_timeout(now);
        }
        return true;
    }
};

void open(World& world) {
    for (unsigned attempt = 0; attempt < 50; ++attempt) {
        BOOST_REQUIRE(world.client.open(world.now));
        const auto event = world.run();
        BOOST_REQUIRE_MESSAGE(event, "an attempt to associate has no end");
        if (std::holds_alternative<association::Associated>(*event)) {
            return;
        }
    }
    BOOST_FAIL("no association in fifty attempts");
}

/// Reads and writes objects in turn; returns how many requests were answered.
unsigned talk(World& world, unsigned requests) {
    unsigned answered = 0;
    for (unsigned i = 0; i < requests; ++i) {
        const auto object = static_cast<std::uint8_t>(world.random.next_u64() % 200);
        const cosem::AttributeDescriptor attribute{1, {0, 0, 96, object, 0, 255}, 2};
        const bool reads = world.random.next_u64() % 4 != 0;
        const Result<InvokeId> sent =
            reads ? world.client.get(attribute, std::nullopt, world.now)
                  : world.client.set(attribute, std::nullopt, axdr::DataView(), world.now);
        BOOST_REQUIRE(sent);
        const auto event = world.run();
        BOOST_REQUIRE_MESSAGE(event, "a request has no end");
        if (const auto* got = std::get_if<association::GetCompleted>(&*event)) {
            BOOST_REQUIRE(reads);
            BOOST_REQUIRE(got->invoke_id == *sent);
            if (const auto* data = std::get_if<axdr::DataView>(&got->result)) {
                const axdr::Data expected = value_of(attribute);
                BOOST_REQUIRE_MESSAGE(*data == expected.view(), "wrong data");
                ++answered;
            }
        } else if (const auto* set = std::get_if<association::SetCompleted>(&*event)) {
            BOOST_REQUIRE(!reads);
            BOOST_REQUIRE(set->result == cosem::DataAccessResult::success);
            BOOST_REQUIRE_GE(world.written[object], 1u);
            ++answered;
        } else {
            BOOST_REQUIRE(std::holds_alternative<association::RequestFailed>(*event));
        }
        BOOST_REQUIRE(world.client.state() == ClientAssociation::State::associated);
    }
    return answered;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(two_associations)

BOOST_AUTO_TEST_CASE(without_faults_everything_is_answered) {
    World world(1, {});
    open(world);
    BOOST_TEST(talk(world, 500) == 500u);
    BOOST_REQUIRE(world.client.release(world.now));
    const auto event = world.run();
    BOOST_REQUIRE(event);
    BOOST_TEST(std::holds_alternative<association::Released>(*event));
    BOOST_TEST(!world.server.is_associated());
}

BOOST_AUTO_TEST_CASE(delay_alone_changes_nothing) {
    Faults faults;
    faults.longest_delay = 900ms;
    World world(2, faults);
    open(world);
    BOOST_TEST(talk(world, 300) == 300u);
}

BOOST_AUTO_TEST_CASE(with_faults_the_data_is_right_or_the_end_is_clean) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            Faults faults;
            faults.loss = static_cast<unsigned>(seed * 7 % 120);
            faults.duplicates = static_cast<unsigned>(seed * 13 % 100);
            faults.truncation = static_cast<unsigned>(seed * 5 % 60);
            faults.longest_delay = (seed % 3) * 700ms;
            World world(seed, faults);
            open(world);
            BOOST_TEST(talk(world, 100) > 0u);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
