// General block transfer on a bad line: a client's and a server's side in memory, in virtual time.
// A request goes up, its answer comes down, and so on. Whatever the line does: what arrives is what
// was sent, or nothing; and it always ends. What only loses is always made good.

#include <deque>

#include <boost/test/unit_test.hpp>

#include "stack/association/block_transfer.hpp"
#include "stack/base/hex.hpp"
#include "tests/support/faulty_line.hpp"

using namespace dlms;
using namespace std::chrono_literals;
using association::BlockTransfer;
using testing::Faults;
using testing::FaultyLine;

namespace {

struct Sizes {
    std::uint8_t client_window = 1;
    std::uint8_t server_window = 1;
    std::size_t client_block = 1;
    std::size_t server_block = 1;
    std::size_t longest = 400;
};

enum class End { answered, given_up };

class Exchanges {
public:
    Exchanges(std::uint64_t seed, const Faults& faults, const Sizes& sizes)
        : random_(seed),
          sizes_(sizes),
          up_(random_, faults),
          down_(random_, faults),
          client_({BlockTransfer::Role::client, sizes.client_window, 3s, 25}),
          server_({BlockTransfer::Role::server, sizes.server_window, 3s, 25}) {}

    /// One request and its answer.
    End exchange() {
        ++exchange_;
        executions_ = 0;
        request_ = octets(0xC3);
        answer_ = octets(0xC7);
        answered_ = false;
        client_.reset();
        BOOST_REQUIRE(client_.send(request_, sizes_.client_block, now_));
        while (!answered_) {
            transmit();
            if (!step(client_.poll_timeout())) {
                client_.reset();
                return End::given_up;
            }
        }
        client_.finish();
        return End::answered;
    }
    /// Lets everything arrive that is still under way.
    void settle() {
        for (int steps = 0;; ++steps) {
            BOOST_REQUIRE_LT(steps, 10'000);
            transmit();
            if (!up_.next_arrival() && !down_.next_arrival()) {
                return;
            }
            step(std::nullopt);
        }
    }
    unsigned executions() const { return executions_; }
    std::size_t blocks_sent() const { return up_.sent() + down_.sent(); }
    std::uint64_t next() { return random_.next_u64(); }

private:
    /// An APDU like no other: its kind and exchange stand in front.
    ByteBuffer octets(Byte kind) {
        ByteBuffer apdu{kind, static_cast<Byte>(exchange_ >> 8), static_cast<Byte>(exchange_)};
        const std::size_t more = random_.next_u64() % sizes_.longest;
        for (std::size_t i = 0; i < more; ++i) {
            apdu.push_back(static_cast<Byte>(random_.next_u64()));
        }
        return apdu;
    }
    void transmit() {
        for (ByteBuffer out; client_.poll_transmit(out); out.clear()) {
            up_.send(out, now_);
        }
        for (ByteBuffer out; server_.poll_transmit(out); out.clear()) {
            down_.send(out, now_);
        }
    }
    /// What comes first in time; false when nothing comes, or the client gives up.
    bool step(std::optional<Instant> deadline) {
        BOOST_REQUIRE_LT(++steps_, 2'000'000u);
        std::optional<Instant> next = deadline;
        for (const auto& arrival : {up_.next_arrival(), down_.next_arrival()}) {
            if (arrival && (!next || *arrival < *next)) {
                next = arrival;
            }
        }
        if (!next) {
            return false;
        }
        now_ = std::max(now_, *next);
        if (const auto block = up_.arrive(now_)) {
            serve(*block);
        } else if (const auto back = down_.arrive(now_)) {
            take(*back);
        } else {
            return client_.handle_timeout(now_);
        }
        return true;
    }
    void serve(const ByteBuffer& octets) {
        const auto block = xdlms::decode_general_block_transfer(octets);
        if (!block) {
            return;
        }
        const auto received = server_.receive(*block, now_);
        if (received == BlockTransfer::Received::repeated) {
            server_.resend();
        } else if (received == BlockTransfer::Received::apdu) {
            ++executions_;
            BOOST_REQUIRE_MESSAGE(std::ranges::equal(server_.apdu(), request_),
                                  "exchange " << exchange_ << ": wrong request");
            BOOST_REQUIRE(server_.send(answer_, sizes_.server_block, now_));
        }
    }
    void take(const ByteBuffer& octets) {
        const auto block = xdlms::decode_general_block_transfer(octets);
        if (!block) {
            return;
        }
        if (client_.receive(*block, now_) == BlockTransfer::Received::apdu) {
            // An answer of an earlier exchange is known by its head, as by an invoke-id.
            const bool mine =
                std::ranges::equal(client_.apdu().first(3), ByteView(answer_).first(3));
            BOOST_REQUIRE_MESSAGE(!mine || std::ranges::equal(client_.apdu(), answer_),
                                  "exchange " << exchange_ << ": wrong answer");
            answered_ = answered_ || mine;
        }
    }

    SeededRandom random_;
    Sizes sizes_;
    FaultyLine up_;
    FaultyLine down_;
    BlockTransfer client_;
    BlockTransfer server_;
    Instant now_{};
    unsigned exchange_ = 0;
    unsigned executions_ = 0;
    unsigned steps_ = 0;
    ByteBuffer request_;
    ByteBuffer answer_;
    bool answered_ = false;
};

/// One exchange on a line that keeps its order, and brings one of the blocks once more later.
struct LateCopy {
    bool of_request = true;
    std::size_t block = 0;  ///< of those that go its way, from 0
    std::size_t after = 0;  ///< so many blocks of the server
};

/// Blocks of the client and of the server; the answer must be right and given once.
std::pair<std::size_t, std::size_t> exchange_with(const LateCopy& late, const Sizes& sizes,
                                                  std::size_t request_blocks) {
    using enum BlockTransfer::Received;
    BlockTransfer client({BlockTransfer::Role::client, sizes.client_window, 3s, 5});
    BlockTransfer server({BlockTransfer::Role::server, sizes.server_window, 3s, 5});
    const ByteBuffer request(request_blocks, Byte{0xC3});
    ByteBuffer answer;
    for (unsigned i = 0; i < sizes.longest; ++i) {
        answer.push_back(static_cast<Byte>(0x10 + i));
    }
    Instant now{};
    BOOST_REQUIRE(client.send(request, 1, now));
    std::deque<ByteBuffer> up;
    std::deque<ByteBuffer> down;
    std::size_t ups = 0;
    std::size_t downs = 0;
    std::optional<ByteBuffer> copy;
    unsigned executions = 0;
    bool answered = false;
    const auto keep = [&](bool request_way, std::size_t& count, const ByteBuffer& octets) {
        if (late.of_request == request_way && count == late.block) {
            copy = octets;
        }
        ++count;
    };
    for (int steps = 0; !answered; ++steps) {
        BOOST_REQUIRE_LT(steps, 1000);
        for (ByteBuffer out; client.poll_transmit(out); out.clear()) {
            keep(true, ups, out);
            up.push_back(out);
        }
        for (ByteBuffer out; server.poll_transmit(out); out.clear()) {
            keep(false, downs, out);
            down.push_back(out);
        }
        if (copy && downs > late.after) {
            (late.of_request ? up : down).push_back(*std::exchange(copy, std::nullopt));
        }
        if (!up.empty()) {
            const ByteBuffer octets = up.front();
            up.pop_front();
            const auto received =
                server.receive(*xdlms::decode_general_block_transfer(octets), now);
            if (received == repeated) {
                server.resend();
            } else if (received == apdu) {
                ++executions;
                BOOST_REQUIRE(server.send(answer, 1, now));
            }
        } else if (!down.empty()) {
            const ByteBuffer octets = down.front();
            down.pop_front();
            if (client.receive(*xdlms::decode_general_block_transfer(octets), now) == apdu) {
                BOOST_REQUIRE_EQUAL(to_hex(client.apdu()), to_hex(answer));
                answered = true;
            }
        } else {
            now += 3s;
            BOOST_REQUIRE(client.handle_timeout(now));
        }
    }
    BOOST_REQUIRE_EQUAL(executions, 1u);
    return {ups, downs};
}

Sizes sizes_of(std::uint64_t seed) {
    Sizes sizes;
    sizes.client_window = static_cast<std::uint8_t>(1 + seed % 63);
    sizes.server_window = static_cast<std::uint8_t>(1 + seed * 7 % 63);
    sizes.client_block = 1 + seed * 5 % 40;  // the head at least: no PDU is so small
    sizes.server_block = 1 + seed * 11 % 40;
    return sizes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(block_transfer_model)

BOOST_AUTO_TEST_CASE(a_good_line_repeats_nothing) {
    for (std::uint64_t seed = 1; seed <= 126; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            Faults faults;
            faults.longest_delay = (seed % 2) * 100ms;
            Exchanges exchanges(seed, faults, sizes_of(seed));
            for (int i = 0; i < 5; ++i) {
                BOOST_REQUIRE((exchanges.exchange() == End::answered));
                BOOST_REQUIRE_EQUAL(exchanges.executions(), 1u);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(GBT_X_3_X_6_loss_alone_is_always_made_good) {
    for (std::uint64_t seed = 1; seed <= 189; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            Faults faults;
            faults.loss = static_cast<unsigned>(seed * 17 % 250);
            faults.longest_delay = (seed % 3) * 300ms;
            Exchanges exchanges(seed, faults, sizes_of(seed));
            for (int i = 0; i < 6; ++i) {
                BOOST_REQUIRE((exchanges.exchange() == End::answered));
                BOOST_REQUIRE_EQUAL(exchanges.executions(), 1u);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(GBT_X_4_duplicates_do_not_multiply) {
    for (std::uint64_t seed = 1; seed <= 126; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            Exchanges good(seed, {}, sizes_of(seed));
            Faults faults;
            faults.duplicates = 500;
            Exchanges doubled(seed, faults, sizes_of(seed));
            for (int i = 0; i < 5; ++i) {
                BOOST_REQUIRE((good.exchange() == End::answered));
                good.settle();
                BOOST_REQUIRE((doubled.exchange() == End::answered));
                doubled.settle();
            }
            BOOST_REQUIRE_LT(doubled.blocks_sent(), 12 * good.blocks_sent() + 600);
        }
    }
}

BOOST_AUTO_TEST_CASE(GBT_X_4_one_late_copy_of_any_block_changes_nothing) {
    constexpr LateCopy none{true, 1000, 0};
    for (const std::uint8_t window : {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{5}}) {
        for (const std::size_t request_blocks : {1u, 2u, 3u, 6u}) {
            const Sizes sizes{window, 2, 1, 1, 8};
            const auto [ups, downs] = exchange_with(none, sizes, request_blocks);
            for (std::size_t after = 0; after < downs; ++after) {
                for (const bool of_request : {true, false}) {
                    for (std::size_t block = 0; block < (of_request ? ups : downs); ++block) {
                        BOOST_TEST_CONTEXT("window " << int{window} << ", " << request_blocks
                                                     << " blocks, copy of "
                                                     << (of_request ? "request " : "answer ")
                                                     << block << " after " << after) {
                            exchange_with({of_request, block, after}, sizes, request_blocks);
                        }
                    }
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(GBT_X_4_whatever_the_line_does_what_arrives_is_right) {
    unsigned answered = 0;
    for (std::uint64_t seed = 1; seed <= 250; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            Faults faults;
            faults.loss = static_cast<unsigned>(seed * 17 % 200);
            faults.duplicates = static_cast<unsigned>(seed * 29 % 200);
            faults.truncation = static_cast<unsigned>(seed * 13 % 50);
            faults.longest_delay = (seed % 4) * 250ms;
            faults.reorders = seed % 5 != 0;
            Exchanges exchanges(seed, faults, sizes_of(seed));
            for (int i = 0; i < 6; ++i) {
                answered += exchanges.exchange() == End::answered;
                exchanges.settle();
            }
        }
    }
    BOOST_TEST(answered >= 1450u);  // of 1500
}

BOOST_AUTO_TEST_SUITE_END()
