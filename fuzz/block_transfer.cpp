// General block transfer: two sides on a line that loses, doubles, delays and reorders blocks as
// the input says. What arrives is what was sent; it ends; on a good line all arrives. The first
// octets choose windows and sizes; each further one is the fate of a block.

#include "stack/association/block_transfer.hpp"

#include <algorithm>
#include <deque>

#include "fuzz/property.hpp"

namespace {

using namespace dlms;
using association::BlockTransfer;

/// An APDU that tells itself from every other one by its head.
ByteBuffer apdu_of(Byte kind, std::size_t size) {
    ByteBuffer apdu(3 + size, kind);
    for (std::size_t i = 3; i < apdu.size(); ++i) {
        apdu[i] = static_cast<Byte>(i * 7);
    }
    return apdu;
}

struct Line {
    std::deque<ByteBuffer> under_way;

    void send(const ByteBuffer& octets, Byte fate) {
        if (fate % 8 == 1) {
            return;
        }
        under_way.push_back(octets);
        if (fate % 8 == 2) {
            under_way.push_back(octets);
        }
        if (fate % 8 == 3 && under_way.size() > 1) {
            std::swap(under_way.back(), under_way.front());
        }
    }
};

struct Exchange {
    BlockTransfer client;
    BlockTransfer server;
    Line up;
    Line down;
    ByteBuffer request;
    ByteBuffer answer;
    std::size_t server_block = 3;
    Instant now{};
    bool answered = false;
    unsigned executions = 0;
    bool faults = false;

    void transmit(fuzz::Feed& feed) {
        const auto pass_on = [&](BlockTransfer& from, Line& line) {
            for (ByteBuffer out; from.poll_transmit(out); out.clear()) {
                const Byte fate = feed.octet();
                faults = faults || (fate % 8 >= 1 && fate % 8 <= 3);
                line.send(out, fate);
            }
        };
        pass_on(client, up);
        pass_on(server, down);
    }
    void serve(const xdlms::GeneralBlockTransfer& block) {
        const auto received = server.receive(block, now);
        if (received == BlockTransfer::Received::repeated) {
            server.resend();
        } else if (received == BlockTransfer::Received::apdu) {
            ++executions;
            fuzz::require(std::ranges::equal(server.apdu(), request), "the request is right");
            fuzz::require(server.send(answer, server_block, now), "the numbers suffice");
        }
    }
    void take(const xdlms::GeneralBlockTransfer& block) {
        if (client.receive(block, now) == BlockTransfer::Received::apdu) {
            fuzz::require(std::ranges::equal(client.apdu(), answer), "the answer is right");
            answered = true;
        }
    }
    void run(fuzz::Feed& feed) {
        for (int steps = 0; !answered; ++steps) {
            fuzz::require(steps < 100'000, "an exchange ends");
            transmit(feed);
            if (!up.under_way.empty()) {
                const ByteBuffer octets = std::move(up.under_way.front());
                up.under_way.pop_front();
                serve(*xdlms::decode_general_block_transfer(octets));
            } else if (!down.under_way.empty()) {
                const ByteBuffer octets = std::move(down.under_way.front());
                down.under_way.pop_front();
                take(*xdlms::decode_general_block_transfer(octets));
            } else if (const auto deadline = client.poll_timeout()) {
                now = *deadline;
                if (!client.handle_timeout(now)) {
                    return;
                }
            } else {
                return;
            }
        }
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Feed feed({bytes, size});
    const auto window = [&] { return static_cast<std::uint8_t>(1 + feed.octet() % 63); };
    BlockTransfer::Configuration up;
    up.role = BlockTransfer::Role::client;
    up.window = window();
    BlockTransfer::Configuration down;
    down.window = window();
    Exchange exchange{BlockTransfer(up), BlockTransfer(down), {}, {}, {}, {}};
    exchange.request = apdu_of(0xC3, feed.octet());
    exchange.answer = apdu_of(0xC7, feed.octet());
    exchange.server_block = 3 + feed.octet() % 30;
    fuzz::require(exchange.client.send(exchange.request, 3 + feed.octet() % 30, exchange.now),
                  "the numbers suffice");
    exchange.run(feed);
    fuzz::require(exchange.executions <= 1, "a request is executed once");
    fuzz::require(exchange.faults || exchange.answered, "on a good line all arrives");
    fuzz::require(exchange.faults || exchange.client.counters().repeated_blocks +
                                             exchange.server.counters().repeated_blocks ==
                                         0,
                  "on a good line nothing is sent twice");
    return 0;
}
