#include "stack/association/block_transfer.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/base/hex.hpp"
#include "tests/support/octets.hpp"

using namespace dlms;
using namespace std::chrono_literals;
using association::BlockTransfer;
using testing::octets;

namespace {

/// One side of a transfer, with blocks as hexadecimal text.
struct Side {
    BlockTransfer transfer;
    Instant now{};

    Side(BlockTransfer::Role role, std::uint8_t window, unsigned retries = 3)
        : transfer({role, window, 2s, retries}) {}

    /// "" for nothing, "+" for something, the APDU, or what else a block brought.
    std::string take(std::string_view hex) {
        const ByteBuffer bytes = octets(hex);
        const auto block = xdlms::decode_general_block_transfer(bytes);
        BOOST_REQUIRE(block);
        using enum BlockTransfer::Received;
        switch (transfer.receive(*block, now)) {
            case nothing: return "";
            case part: return "+";
            case apdu: return to_hex(transfer.apdu());
            case aborted: return "aborted";
            case repeated: return "repeated";
            case too_long: return "too long";
        }
        return "?";
    }
    /// All that may be sent now, separated by blanks.
    std::string sent() {
        std::string words;
        for (ByteBuffer out; transfer.poll_transmit(out); out.clear()) {
            words += (words.empty() ? "" : " ") + to_hex(out);
        }
        return words;
    }
    void send(std::string_view hex, std::size_t block_size) {
        BOOST_REQUIRE(transfer.send(octets(hex), block_size, now));
    }
    bool wait(Duration time) {
        now += time;
        return transfer.handle_timeout(now);
    }
};

Side client(std::uint8_t window) {
    return {BlockTransfer::Role::client, window};
}
Side server(std::uint8_t window = 1) {
    return {BlockTransfer::Role::server, window};
}

// A transfer that another implementation recorded: blocks of two octets, window 5.
constexpr auto whole = "C4020102030405060708090A0B0C0D0E0F";

}  // namespace

BOOST_AUTO_TEST_SUITE(block_transfer)

BOOST_AUTO_TEST_CASE(GBT_X_2_a_recorded_transfer_with_streaming) {
    // xdlms-0031, 0024, 0038, 0034, 0025, 0040; the blocks between are made like them.
    Side side = client(5);
    BOOST_TEST(side.take("E00500010000820002C402") == "+");
    BOOST_TEST(side.sent() == "E0850001000100");
    BOOST_TEST(side.take("E045000200018200020102") == "+");
    BOOST_TEST(side.take("E045000300018200020304") == "+");
    BOOST_TEST(side.take("E045000400018200020506") == "+");
    BOOST_TEST(side.take("E045000500018200020708") == "+");
    BOOST_TEST(side.sent() == "");
    BOOST_TEST(side.take("E00500060001820002090A") == "+");
    BOOST_TEST(side.sent() == "E0850002000600");
    BOOST_TEST(side.take("E045000700028200020B0C") == "+");
    BOOST_TEST(side.take("E045000800028200020D0E") == "+");
    BOOST_TEST(side.take("E085000900028200010F") == whole);
    BOOST_TEST(side.sent() == "");
    BOOST_TEST(!side.transfer.poll_timeout().has_value());
}

BOOST_AUTO_TEST_CASE(GBT_X_3_recorded_repairs_of_lost_blocks) {
    // Block 4 is lost: xdlms-0021 asks for one block, 0041 goes on behind the window, 0028 ends.
    Side one = client(5);
    one.take("E00500010000820002C402");
    one.sent();
    one.take("E045000200018200020102");
    one.take("E045000300018200020304");
    one.take("E045000500018200020708");
    BOOST_TEST(one.take("E00500060001820002090A") == "");
    BOOST_TEST(one.sent() == "E0810002000300");
    BOOST_TEST(one.take("E005000400028200020506") == "+");
    BOOST_TEST(one.sent() == "E0850003000600");
    BOOST_TEST(one.take("E045000700038200020B0C") == "+");
    one.take("E045000800038200020D0E");
    BOOST_TEST(one.take("E085000900038200010F") == whole);

    // Block 5 is lost: xdlms-0022.
    Side other = client(5);
    other.take("E00500010000820002C402");
    other.sent();
    other.take("E045000200018200020102");
    other.take("E045000300018200020304");
    other.take("E045000400018200020506");
    other.take("E00500060001820002090A");
    BOOST_TEST(other.sent() == "E0810002000400");

    // Blocks 4 and 6 are lost, and the second is only missed when nothing more comes: xdlms-0021,
    // then 0035, 0042 and 0029.
    Side two = client(5);
    two.take("E00500010000820002C402");
    two.sent();
    two.take("E045000200018200020102");
    two.take("E045000300018200020304");
    two.take("E045000500018200020708");
    BOOST_TEST(two.sent() == "");
    BOOST_TEST(two.wait(2s));
    BOOST_TEST(two.sent() == "E0810002000300");
    BOOST_TEST(two.take("E005000400028200020506") == "+");
    BOOST_TEST(two.sent() == "E0850003000500");
    BOOST_TEST(two.take("E00500060003820002090A") == "+");
    BOOST_TEST(two.sent() == "E0850004000600");
    BOOST_TEST(two.take("E045000700048200020B0C") == "+");
    two.take("E045000800048200020D0E");
    BOOST_TEST(two.take("E085000900048200010F") == whole);
}

BOOST_AUTO_TEST_CASE(GBT_X_2_the_server_of_that_transfer) {
    Side side = server(5);
    side.send(whole, 2);
    BOOST_TEST(side.sent() == "E0050001000002C402");
    BOOST_TEST(side.take("E0850001000100") == "+");
    BOOST_TEST(side.sent() ==
               "E04500020001020102 E04500030001020304 E04500040001020506 E04500050001020708 "
               "E0050006000102090A");
    BOOST_TEST(side.take("E0850002000600") == "+");
    BOOST_TEST(side.sent() == "E04500070002020B0C E04500080002020D0E E08500090002010F");
    // Nothing is acknowledged behind the last block; a repetition of the question is answered.
    BOOST_TEST(side.take("E0850003000700") == "+");
    BOOST_TEST(side.sent() == "E04500080003020D0E E08500090003010F");
    BOOST_TEST(side.take("E0850004000900") == "+");
    BOOST_TEST(side.sent() == "");
    BOOST_TEST(!side.transfer.is_sending());
}

BOOST_AUTO_TEST_CASE(GBT_X_3_the_server_repairs_what_was_lost_and_no_more) {
    Side side = server(5);
    side.send(whole, 2);
    side.sent();
    side.take("E0850001000100");
    side.sent();
    // xdlms-0021: block 4 alone, by a window of one
    BOOST_TEST(side.take("E0810002000300") == "+");
    BOOST_TEST(side.sent() == "E00500040002020506");
    BOOST_TEST(side.take("E0850003000600") == "+");
    BOOST_TEST(side.sent() == "E04500070003020B0C E04500080003020D0E E08500090003010F");
    BOOST_TEST(side.transfer.counters().repeated_blocks == 3u);
}

BOOST_AUTO_TEST_CASE(GBT_X_4_duplicates_and_blocks_out_of_order) {
    Side side = client(5);
    side.take("E00500010000820002C402");
    BOOST_TEST(side.sent() == "E0850001000100");
    BOOST_TEST(side.take("E045000200018200020102") == "+");
    BOOST_TEST(side.take("E045000200018200020102") == "");  // ignored
    BOOST_TEST(side.take("E045000400018200020506") == "");  // kept, not acknowledged
    BOOST_TEST(side.sent() == "");
    BOOST_TEST(side.take("E045000300018200020304") == "+");
    BOOST_TEST(side.take("E045000500018200020708") == "+");
    BOOST_TEST(side.take("E00500060001820002090A") == "+");
    BOOST_TEST(side.sent() == "E0850002000600");
    BOOST_TEST(side.transfer.counters().duplicate_blocks == 1u);
    BOOST_TEST(side.transfer.counters().early_blocks == 1u);
    side.take("E045000800028200020D0E");
    side.take("E085000900028200010F");
    BOOST_TEST(side.take("E045000700028200020B0C") == whole);  // the last block was early
}

BOOST_AUTO_TEST_CASE(a_doubled_block_does_not_double_all_that_follow) {
    Side side = client(1);
    side.take("E001000100000141");
    BOOST_TEST(side.sent() == "E0810001000100");
    // The first repetition may be a question of a peer that misses our acknowledgement.
    BOOST_TEST(side.take("E001000100000141") == "");
    BOOST_TEST(side.sent() == "E0810001000100");
    BOOST_TEST(side.take("E001000100000141") == "");
    BOOST_TEST(side.sent() == "");

    Side sender = client(1);
    sender.send("41424344", 1);
    BOOST_TEST(sender.sent() == "E001000100000141");
    BOOST_TEST(sender.take("E0010001000100") == "+");
    BOOST_TEST(sender.sent() == "E001000200010142");
    BOOST_TEST(sender.take("E0010001000100") == "");
    BOOST_TEST(sender.sent() == "E001000200010142");
    BOOST_TEST(sender.take("E0010001000100") == "");
    BOOST_TEST(sender.sent() == "");
}

BOOST_AUTO_TEST_CASE(GBT_X_6_a_client_asks_again_and_gives_up_in_the_end) {
    Side side = client(1);
    side.take("E001000100000141");
    side.sent();
    for (int i = 0; i < 3; ++i) {
        BOOST_TEST(side.wait(1s));
        BOOST_TEST(side.sent() == "");
        BOOST_TEST(side.wait(1s));
        BOOST_TEST(side.sent() == "E0810001000100");
    }
    BOOST_TEST(!side.wait(2s));
    BOOST_TEST(side.sent() == "");
    BOOST_TEST(!side.transfer.poll_timeout().has_value());
    BOOST_TEST(side.transfer.counters().abandoned_transfers == 1u);
}

BOOST_AUTO_TEST_CASE(what_says_nothing_new_does_not_keep_a_transfer_alive) {
    Side side = client(1);
    side.take("E001000100000141");
    side.sent();
    for (int i = 0; i < 3; ++i) {
        for (int j = 0; j < 3; ++j) {
            BOOST_TEST(side.wait(500ms));
            side.take("E001000100000141");  // again and again
            side.take("E0010002000000");    // empty, and of no use
        }
        BOOST_TEST(side.wait(500ms));
    }
    BOOST_TEST(!side.wait(2s));
}

BOOST_AUTO_TEST_CASE(GBT_X_7_long_both_ways) {
    Side up = client(3);
    Side down = server(2);
    up.send("C101020304050607", 2);
    BOOST_TEST(up.sent() == "E0030001000002C101");
    BOOST_TEST(down.take("E0030001000002C101") == "+");
    BOOST_TEST(down.sent() == "E0020001000100");
    BOOST_TEST(up.take("E0020001000100") == "+");
    BOOST_TEST(up.sent() == "E04300020001020203 E00300030001020405");
    down.take("E04300020001020203");
    BOOST_TEST(down.take("E00300030001020405") == "+");
    BOOST_TEST(down.sent() == "E0020002000300");
    BOOST_TEST(up.take("E0020002000300") == "+");
    BOOST_TEST(up.sent() == "E08300040002020607");
    BOOST_TEST(down.take("E08300040002020607") == "C101020304050607");
    BOOST_TEST(down.sent() == "");  // the answer acknowledges
    down.send("C5010203040506", 2);
    BOOST_TEST(down.sent() == "E0420003000402C501 E04200040004020203 E00200050004020405");
    BOOST_TEST(up.take("E0420003000402C501") == "+");
    BOOST_TEST(up.take("E04200040004020203") == "+");
    BOOST_TEST(up.take("E00200050004020405") == "+");
    BOOST_TEST(up.sent() == "E0830005000500");
    BOOST_TEST(down.take("E0830005000500") == "+");
    BOOST_TEST(down.sent() == "E082000600050106");
    BOOST_TEST(up.take("E082000600050106") == "C5010203040506");
}

BOOST_AUTO_TEST_CASE(a_lost_acknowledgement_of_a_request_is_made_good_before_the_answer) {
    Side up = client(2);
    Side down = server(1);
    up.send("C1010203", 2);
    const std::string first = up.sent();
    BOOST_TEST(down.take(first) == "+");
    BOOST_TEST(down.sent() == "E0010001000100");  // lost
    BOOST_TEST(up.wait(2s));
    BOOST_TEST(up.sent() == first);
    BOOST_TEST(down.take(first) == "");
    BOOST_TEST(down.sent() == "E0010001000100");  // lost again, but its window was seen before
    BOOST_TEST(up.wait(2s));
    BOOST_TEST(up.sent() == first);
    // The server begins its answer, with the acknowledgement in front once it is seen missing.
    Side impatient = server(1);
    impatient.take("E0020001000002C101");
    impatient.sent();
    BOOST_TEST(impatient.take("E08200020000020203") == "C1010203");
    impatient.send("C50100", 3);
    BOOST_TEST(impatient.sent() == "E0810002000203C50100");
    BOOST_TEST(impatient.take("E08200020000020203") == "");
    BOOST_TEST(impatient.sent() == "E0410001000200 E0810002000203C50100");
}

BOOST_AUTO_TEST_CASE(GBT_X_6_a_lost_answer_is_sent_again_and_the_request_is_not_taken_again) {
    Side side = server(1);
    BOOST_TEST(side.take("E0810001000002C101") == "C101");
    side.send("C501", 2);
    BOOST_TEST(side.sent() == "E0810001000102C501");
    BOOST_TEST(side.take("E0810001000002C101") == "repeated");
    side.transfer.resend();
    BOOST_TEST(side.sent() == "E0810001000102C501");
    // Another content is another request.
    BOOST_TEST(side.take("E0810001000002C102") == "C102");
    side.send("C502", 2);
    BOOST_TEST(side.sent() == "E0810001000102C502");
}

BOOST_AUTO_TEST_CASE(GBT_X_6_a_request_that_begins_like_the_last_one_is_compared_whole) {
    const auto begun = [] {
        Side side = server(1);
        BOOST_TEST(side.take("E00100010000024142") == "+");
        BOOST_TEST(side.sent() == "E0010001000100");
        BOOST_TEST(side.take("E081000200010143") == "414243");
        side.send("5152", 1);
        BOOST_TEST(side.sent() == "E001000200020151");
        return side;
    };
    // The acknowledgement has the number before the answer's: any other would stand for a block
    // of the answer.
    Side again = begun();
    BOOST_TEST(again.take("E00100010001024142") == "+");
    BOOST_TEST(again.sent() == "E0010001000100");
    BOOST_TEST(again.take("E081000200010143") == "repeated");
    again.transfer.resend();
    BOOST_TEST(again.sent() == "E001000200020151");

    // Another one, from a client that has begun anew: it goes on with the numbers that it sees.
    Side other = begun();
    BOOST_TEST(other.take("E00100010000024142") == "+");
    BOOST_TEST(other.sent() == "E0010001000100");
    BOOST_TEST(other.take("E081000200010144") == "414244");
    other.send("61", 1);
    BOOST_TEST(other.sent() == "E081000200020161");

    // Also when the client of the old one had seen a part of the answer.
    Side later = begun();
    BOOST_TEST(later.take("E0810003000200") == "+");
    BOOST_TEST(later.sent() == "E081000300030152");
    later.take("E00100010000024142");
    later.sent();
    BOOST_TEST(later.take("E081000200010144") == "414244");
    later.send("61", 1);
    BOOST_TEST(later.sent() == "E081000200020161");

    // The same one: whether its client has begun anew or not, it gets the whole answer again.
    Side same = begun();
    same.take("E0810003000200");
    same.sent();
    same.take("E00100010000024142");
    same.sent();
    BOOST_TEST(same.take("E081000200010143") == "repeated");
    same.transfer.resend();
    BOOST_TEST(same.sent() == "E001000200020151");

    // A copy that comes late, while the client has gone on with the answer.
    Side copied = begun();
    BOOST_TEST(copied.take("E00100010000024142") == "+");
    BOOST_TEST(copied.sent() == "E0010001000100");
    BOOST_TEST(copied.take("E0810003000200") == "+");
    BOOST_TEST(copied.sent() == "E081000300030152");

    // One that begins with the whole of the last one is another one.
    Side longer = server();
    BOOST_TEST(longer.take("E08100010000024142") == "4142");
    longer.send("51", 1);
    longer.sent();
    BOOST_TEST(longer.take("E00100010000024142") == "+");
    BOOST_TEST(longer.sent() == "E0010001000100");

    // Given up in between: what was sent before is not held back for ever.
    Side left = begun();
    left.take("E00100010001024142");
    left.sent();
    BOOST_TEST(left.take("E0810002000100") == "aborted");
    left.transfer.resend();
    BOOST_TEST(left.sent() == "E001000200020151");
}

BOOST_AUTO_TEST_CASE(GBT_X_8_numbers_that_cannot_be) {
    Side side = client(1);
    BOOST_TEST(side.take("E001000000000141") == "");
    BOOST_TEST(side.transfer.counters().invalid_blocks == 1u);
    BOOST_TEST(side.take("E001FFFF00000141") == "");  // far beyond: not kept
    BOOST_TEST(!side.transfer.is_receiving());
    BOOST_TEST(side.take("E001000100050141") == "");  // acknowledges what was never sent
    BOOST_TEST(side.transfer.counters().invalid_blocks == 2u);
    BOOST_TEST(side.take("E001000100000141") == "+");
    BOOST_TEST(side.take("E001004200000142") == "");  // beyond every window
    BOOST_TEST(side.take("E001000300000143") == "");
    BOOST_TEST(side.take("E081000200000142") == "4142");
}

BOOST_AUTO_TEST_CASE(GBT_X_8_an_empty_last_block_ends_a_transfer) {
    Side side = client(1);
    side.take("E001000100000141");
    side.sent();
    BOOST_TEST(side.take("E0810002000000") == "aborted");
    BOOST_TEST(!side.transfer.is_receiving());
    BOOST_TEST(side.sent() == "");
    BOOST_TEST(!side.transfer.poll_timeout().has_value());
    // The next transfer is not disturbed.
    BOOST_TEST(side.take("E081000100000142") == "42");
}

BOOST_AUTO_TEST_CASE(GBT_X_8_what_was_aborted_may_come_again) {
    for (Side side : {client(1), server()}) {
        BOOST_TEST(side.take("E001000100000141") == "+");
        BOOST_TEST(side.sent() != "");
        BOOST_TEST(side.take("E0810002000000") == "aborted");
        BOOST_TEST(side.take("E001000100000141") == "+");  // another try, and no copy
        BOOST_TEST(side.sent() != "");
        BOOST_TEST(side.take("E081000200010142") == "4142");
        BOOST_TEST(side.transfer.counters().duplicate_blocks == 0u);
    }
}

BOOST_AUTO_TEST_CASE(GBT_X_8_ciphered_apdus_are_carried_as_they_are) {
    // cipher-0033 (Green Book), cipher-0055 and cipher-0065, and a general-glo-ciphering.
    for (const std::string_view apdu :
         {"C81E3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B",
          "CC1F3000000052921F63255C6313E7BF425AE010B149F4D85B16ED5887C315D2E7",
          "CC13200000004EF0A5F175DC8AD9A9B461AD9D0387", "DB084D4D4D0000BC614E0720000000 01AABB"}) {
        const std::string whole_apdu = to_hex(octets(apdu));
        for (const std::size_t size : {1u, 2u, 5u, 31u}) {
            for (const bool up : {true, false}) {
                Side sender = up ? client(3) : server(3);
                Side receiver = up ? server(3) : client(3);
                sender.send(apdu, size);
                std::string taken;
                for (int i = 0; i < 100 && taken.empty(); ++i) {
                    for (ByteBuffer block; sender.transfer.poll_transmit(block); block.clear()) {
                        const std::string said = receiver.take(to_hex(block));
                        taken = said.size() > 1 ? said : taken;
                    }
                    for (ByteBuffer block; receiver.transfer.poll_transmit(block); block.clear()) {
                        sender.take(to_hex(block));
                    }
                }
                BOOST_TEST(taken == whole_apdu);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(GBT_X_9_a_push_that_listens_to_nobody_is_not_answered) {
    // The block controls of push-0093: window 0, streaming throughout.
    Side side = client(5);
    BOOST_TEST(side.take("E04000010000020F00") == "+");
    BOOST_TEST(side.take("E04000020000020001") == "+");
    BOOST_TEST(!side.transfer.poll_timeout().has_value());
    BOOST_TEST(side.take("E0C0000300000102") == "0F00000102");
    side.transfer.acknowledge();
    BOOST_TEST(side.sent() == "");
    // The same push again is another push, and one that lost its end is given up.
    BOOST_TEST(side.take("E04000010000020F00") == "+");
    BOOST_TEST(side.take("E04000010000020F01") == "+");
    BOOST_TEST(side.take("E0C0000200000102") == "0F0102");
    BOOST_TEST(side.sent() == "");
}

BOOST_AUTO_TEST_CASE(blocks_of_an_old_transfer_do_not_get_into_a_new_one) {
    Side side = client(5);
    side.take("E001000100000141");
    side.sent();
    side.transfer.reset();
    side.take("E081000300010143");  // late, and the last
    side.take("E001000200010142");
    side.sent();
    BOOST_TEST(!side.transfer.is_receiving());
    // What acknowledges more than was sent since is of the old transfer too.
    BOOST_TEST(side.take("E001000100010141") == "");
    BOOST_TEST(side.take("E001000100000151") == "+");
    BOOST_TEST(side.sent() == "E0850001000100");
    BOOST_TEST(side.take("E001000200010152") == "+");
    BOOST_TEST(side.sent() == "E0850002000200");
    BOOST_TEST(side.take("E081000300020153") == "515253");
}

BOOST_AUTO_TEST_CASE(after_its_end_an_exchange_falls_silent) {
    // The last block came twice, and the peer answers every acknowledgement by it.
    Side up = client(1);
    Side down = server(1);
    down.send("4142", 1);
    up.take(down.sent());
    down.take(up.sent());
    const std::string last = down.sent();
    BOOST_TEST(up.take(last) == "4142");
    up.transfer.finish();
    unsigned apdus = 0;
    for (std::string block = last; !block.empty() && apdus < 10; ++apdus) {
        up.take(block);
        const std::string acknowledgement = up.sent();
        if (!acknowledgement.empty()) {
            down.take(acknowledgement);
        }
        block = down.sent();
    }
    BOOST_TEST(apdus < 3u);
}

BOOST_AUTO_TEST_CASE(CLIENT_X_11_endless_blocks_stop_at_the_limit) {
    const ByteBuffer data(60'000, Byte{0x55});
    Side side = client(1);
    xdlms::GeneralBlockTransfer block;
    block.window = 1;
    block.block_data = data;
    std::size_t taken = 0;
    auto received = BlockTransfer::Received::part;
    while (received == BlockTransfer::Received::part) {
        ++block.block_number;
        received = side.transfer.receive(block, side.now);
        taken += data.size();
    }
    BOOST_TEST((received == BlockTransfer::Received::too_long));
    BOOST_TEST(taken > limits::max_long_answer);
    // The rest is passed over: it is no APDU of its own.
    ++block.block_number;
    block.last_block = true;
    BOOST_TEST((side.transfer.receive(block, side.now) == BlockTransfer::Received::part));
    BOOST_TEST(!side.transfer.is_receiving());
    BOOST_TEST(side.take("E081000100000142") == "42");
}

BOOST_AUTO_TEST_CASE(numbers_that_do_not_suffice) {
    Side side = server(1);
    BOOST_TEST(side.transfer.send(ByteBuffer(65'535), 1, side.now));
    BOOST_TEST(!side.transfer.send(ByteBuffer(65'536), 1, side.now));
    BOOST_TEST(!side.transfer.send(ByteView(), 1, side.now));
    BOOST_TEST(side.transfer.is_sending());
}

BOOST_AUTO_TEST_CASE(every_window_and_size_carries_everything) {
    for (unsigned window = 1; window <= 63; ++window) {
        for (std::size_t size = 1; size <= 200; size += 1 + size / 3) {
            Side down = server(1);
            Side up = client(static_cast<std::uint8_t>(window));
            ByteBuffer apdu(199);
            for (std::size_t i = 0; i < apdu.size(); ++i) {
                apdu[i] = static_cast<Byte>(i);
            }
            BOOST_REQUIRE(down.transfer.send(apdu, size, down.now));
            bool whole_there = false;
            for (int rounds = 0; !whole_there && rounds < 1000; ++rounds) {
                std::size_t blocks = 0;
                for (ByteBuffer out; down.transfer.poll_transmit(out); out.clear()) {
                    const auto block = xdlms::decode_general_block_transfer(out);
                    BOOST_REQUIRE(block && block->block_data.size() <= size);
                    whole_there =
                        up.transfer.receive(*block, up.now) == BlockTransfer::Received::apdu;
                    ++blocks;
                    BOOST_REQUIRE(block->streaming == (blocks < window && !block->last_block &&
                                                       block->block_number > 1));
                }
                BOOST_REQUIRE_LE(blocks, window);
                const std::string acknowledgement = up.sent();
                if (!acknowledgement.empty()) {
                    down.take(acknowledgement);
                }
            }
            BOOST_REQUIRE(whole_there);
            BOOST_REQUIRE(std::ranges::equal(up.transfer.apdu(), apdu));
            BOOST_REQUIRE_EQUAL(down.transfer.counters().repeated_blocks, 0u);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
