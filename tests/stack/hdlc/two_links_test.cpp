// Client link against server station in memory, in virtual time, over a line that loses, damages,
// doubles, delays and merges frames. Whatever happens: the right data or a clean error, never wrong
// data, never a hang.

#include <boost/test/unit_test.hpp>

#include "stack/base/random.hpp"
#include "stack/hdlc/client_link.hpp"
#include "stack/hdlc/server_station.hpp"
#include "tests/support/faulty_line.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace dlms::hdlc;
using namespace std::chrono_literals;

namespace {

struct Terms {
    Parameters client;
    Parameters server;
    Faults faults;             ///< of whole transmissions, each way
    unsigned damaged = 0;      ///< in 1,000 transmissions: one octet changed
    unsigned frames_lost = 0;  ///< in 1,000 frames
    unsigned retries = 3;
    bool merges = false;        ///< octets of several transmissions come in pieces of any size
    std::size_t largest = 600;  ///< octets of an APDU
};

/// What the meter answers to a request: its octets doubled, so that answers to different requests
/// cannot be taken for each other.
ByteBuffer answer_to(ByteView request) {
    ByteBuffer answer{0xA5};
    for (int copy = 0; copy < 2; ++copy) {
        answer.insert(answer.end(), request.begin(), request.end());
    }
    return answer;
}

class World {
public:
    World(const Terms& terms, std::uint64_t seed)
        : terms_(terms),
          random_(seed),
          up_(random_, terms.faults),
          down_(random_, terms.faults),
          client_(client_configuration(terms)),
          station_(station_configuration(terms)) {}

    ClientLink& client() { return client_; }
    std::size_t answered() const { return answered_; }
    std::size_t failed() const { return failed_; }
    std::size_t executed() const { return executed_; }
    std::size_t transmissions() const { return up_.sent(); }
    std::uint64_t below(std::uint64_t bound) { return random_.next_u64() % bound; }

    ByteBuffer request(std::size_t size) {
        ByteBuffer apdu(size);
        random_.fill(apdu);
        // Flags and things that look like frames are what hurts.
        for (Byte& octet : apdu) {
            octet = octet < 20 ? 0x7E : octet < 40 ? 0xA0 : octet;
        }
        return apdu;
    }
    /// Opens if need be and asks once. True when the right answer came.
    bool ask(const ByteBuffer& apdu) {
        if (!client_.is_connected()) {
            BOOST_REQUIRE(client_.open(now_).has_value());
            run();
            if (!client_.is_connected()) {
                return false;
            }
        }
        request_ = apdu;
        const std::size_t before = answered_;
        BOOST_REQUIRE(client_.send(apdu, now_).has_value());
        run();
        request_.clear();
        return answered_ == before + 1;
    }
    void end() {
        if (client_.is_connected()) {
            BOOST_REQUIRE(client_.close(now_).has_value());
            run();
        }
        BOOST_TEST((client_.state() == ClientLink::State::disconnected));
    }

private:
    static ClientLinkConfiguration client_configuration(const Terms& terms) {
        ClientLinkConfiguration configuration;
        configuration.client = {1, 16, 0};
        configuration.server = {2, 1, 17};
        configuration.proposed = terms.client;
        configuration.response_timeout = 500ms;
        configuration.retries = terms.retries;
        configuration.inter_octet_timeout = 100ms;
        return configuration;
    }
    static ServerStationConfiguration station_configuration(const Terms& terms) {
        ServerStationConfiguration configuration;
        configuration.addresses = {{2, 1, 17}, {2, 2, 17}};
        configuration.link.parameters = terms.server;
        configuration.inter_octet_timeout = 100ms;
        return configuration;
    }

    /// Until the client is at rest and the line is empty.
    void run() {
        for (int steps = 0;; ++steps) {
            BOOST_REQUIRE_MESSAGE(steps < 200'000, "no end");
            if (drain()) {
                continue;
            }
            std::optional<Instant> next = client_.poll_timeout();
            for (const auto& other : {up_.next_arrival(), down_.next_arrival()}) {
                next = other && (!next || *other < *next) ? other : next;
            }
            if (!next) {
                return;  // the station alone waits, for its client to come back
            }
            const auto station_at = station_.poll_timeout();
            now_ = std::max(now_, station_at ? std::min(*next, *station_at) : *next);
            arrive(up_, station_);
            arrive(down_, client_);
            client_.handle_timeout(now_);
            drain();
            station_.handle_timeout(now_);
        }
    }
    template <class Machine>
    void arrive(FaultyLine& line, Machine& machine) {
        ByteBuffer together;
        while (const auto octets = line.arrive(now_)) {
            together.insert(together.end(), octets->begin(), octets->end());
            if (terms_.merges) {
                continue;
            }
            machine.receive(together, now_);
            drain();
            together.clear();
        }
        for (std::size_t at = 0; at < together.size();) {
            const std::size_t size = std::min<std::size_t>(1 + below(40), together.size() - at);
            const ByteBuffer piece(together.begin() + static_cast<std::ptrdiff_t>(at),
                                   together.begin() + static_cast<std::ptrdiff_t>(at + size));
            machine.receive(piece, now_);
            drain();
            at += size;
        }
    }
    bool drain() {
        bool any = false;
        while (const auto event = station_.poll_event()) {
            serve(*event);
            any = true;
        }
        while (const auto event = client_.poll_event()) {
            take(*event);
            any = true;
        }
        while (const auto octets = client_.poll_transmit()) {
            transmit(up_, *octets);
            any = true;
        }
        while (const auto octets = station_.poll_transmit()) {
            transmit(down_, *octets);
            any = true;
        }
        const auto deadline = station_.poll_timeout();
        if (deadline && *deadline <= now_) {
            station_.handle_timeout(now_);
            any = true;
        }
        return any;
    }
    void transmit(FaultyLine& line, ByteView octets) {
        FrameSequence frames(octets);
        ByteBuffer sent;
        while (!frames.at_end()) {
            const auto frame = frames.next();
            BOOST_REQUIRE_MESSAGE(frame.has_value(), outcome(frame));
            const ByteView content(frame->octets.destination.data() - 2, frame->octets.length);
            if (below(1000) >= terms_.frames_lost) {
                sent.push_back(flag);
                sent.insert(sent.end(), content.begin(), content.end());
                sent.push_back(flag);
            }
        }
        if (!sent.empty() && below(1000) < terms_.damaged) {
            sent[below(sent.size())] ^= static_cast<Byte>(1u << below(8));
        }
        if (!sent.empty()) {
            line.send(sent, now_);
        }
    }
    void serve(const ServerEvent& event) {
        if (const auto* request = std::get_if<ApduReceived>(&event.what)) {
            BOOST_REQUIRE_MESSAGE(std::ranges::equal(request->apdu, request_), "a wrong request");
            ++executed_;
            BOOST_REQUIRE(station_.send(event.link, answer_to(request->apdu), now_).has_value());
        }
    }
    void take(const LinkEvent& event) {
        if (const auto* received = std::get_if<ApduReceived>(&event)) {
            BOOST_REQUIRE_MESSAGE(std::ranges::equal(received->apdu, answer_to(request_)),
                                  "wrong data");
            ++answered_;
        }
        failed_ += std::holds_alternative<LinkFailed>(event) ? 1u : 0u;
    }

    Terms terms_;
    SeededRandom random_;
    FaultyLine up_;
    FaultyLine down_;
    ClientLink client_;
    ServerStation station_;
    Instant now_{};
    ByteBuffer request_;
    std::size_t answered_ = 0;
    std::size_t failed_ = 0;
    std::size_t executed_ = 0;
};

Terms terms_of(std::uint64_t seed) {
    const auto some = [seed](std::uint32_t factor, std::uint32_t bound) {
        return static_cast<std::uint32_t>(seed * factor % bound);
    };
    Terms terms;
    terms.client = {32 + some(97, 500), 32 + some(61, 500), 1 + some(3, 7), 1 + some(5, 7)};
    terms.server = {32 + some(89, 500), 32 + some(53, 500), 1 + some(2, 7), 1 + some(4, 7)};
    terms.merges = seed % 2 == 0;
    return terms;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(two_links)

BOOST_AUTO_TEST_CASE(on_a_good_line_everything_is_asked_once) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            World world(terms_of(seed), seed);
            for (int i = 0; i < 12; ++i) {
                BOOST_TEST(world.ask(world.request(1 + world.below(600))));
            }
            BOOST_TEST(world.executed() == 12u);
            BOOST_TEST(world.failed() == 0u);
            BOOST_TEST(world.client().counters().retransmissions == 0u);
            world.end();
        }
    }
}

BOOST_AUTO_TEST_CASE(lost_frames_are_made_up_for) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            Terms terms = terms_of(seed);
            terms.frames_lost = 50;
            terms.damaged = 20;
            terms.retries = 8;
            World world(terms, seed);
            for (int i = 0; i < 12; ++i) {
                BOOST_TEST(world.ask(world.request(1 + world.below(600))));
            }
            BOOST_TEST(world.executed() == 12u);
            BOOST_TEST(world.failed() == 0u);
            world.end();
        }
    }
}

BOOST_AUTO_TEST_CASE(a_long_profile_survives_five_percent_of_loss) {
    // 1,000 rows of a clock and a double-long: 19 octets each, in segments of 128 with window 1.
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            Terms terms;
            terms.frames_lost = 50;
            terms.retries = 6;
            World world(terms, seed);
            BOOST_TEST(world.ask(world.request(9'500)));
            BOOST_TEST(world.executed() == 1u);
            BOOST_TEST(world.failed() == 0u);
            BOOST_TEST(world.client().counters().retransmissions > 0u);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_right_data_or_a_clean_error_whatever_the_line_does) {
    std::size_t answered = 0;
    std::size_t failed = 0;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            Terms terms = terms_of(seed);
            terms.faults.loss = static_cast<unsigned>(seed * 13 % 150);
            terms.faults.duplicates = static_cast<unsigned>(seed * 7 % 200);
            terms.faults.truncation = static_cast<unsigned>(seed * 11 % 100);
            terms.faults.longest_delay = std::chrono::milliseconds(seed * 37 % 900);
            terms.frames_lost = static_cast<unsigned>(seed * 17 % 100);
            terms.damaged = static_cast<unsigned>(seed * 5 % 150);
            World world(terms, seed);
            for (int i = 0; i < 8; ++i) {
                world.ask(world.request(1 + world.below(300)));
            }
            answered += world.answered();
            failed += world.failed();
            world.end();
        }
    }
    // Both ends are reached, and most often the good one.
    BOOST_TEST(answered > 800u);
    BOOST_TEST(failed > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
