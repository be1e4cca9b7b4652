#include "stack/hdlc/frame_parser.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/base/random.hpp"
#include "tests/stack/hdlc/frame_text.hpp"
#include "tests/support/exact_buffer.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace dlms::hdlc;
using namespace std::chrono_literals;

namespace {

constexpr Address client{1, 16, 0};
constexpr Address meter{1, 1, 0};
constexpr FrameParser::Configuration stream{ErrorMode::discard, std::nullopt};
constexpr FrameParser::Configuration serial{ErrorMode::discard, default_inter_octet_timeout};
const std::string snrm = "7EA0070321930F017E";
const std::string disc = "7EA00703215303C77E";

std::string polled(FrameParser& parser) {
    std::string text;
    while (const auto frame = parser.poll_frame()) {
        text += (text.empty() ? "" : " | ") + frame_text(*frame);
    }
    return text;
}

std::string fed(FrameParser& parser, std::string_view hex, Instant now = {}) {
    const ExactBuffer buffer(octets(hex));
    parser.receive(buffer.view(), now);
    return polled(parser);
}

/// The frames of a stream, the same when it comes in one piece and octet by octet.
std::string frames(std::string_view hex, FrameParser::Counters* counters = nullptr) {
    FrameParser whole(stream);
    const std::string text = fed(whole, hex);
    FrameParser slow(stream);
    std::string slowly;
    for (const Byte octet : octets(hex)) {
        slow.receive(ByteView(&octet, 1), {});
        const std::string more = polled(slow);
        slowly += (slowly.empty() || more.empty() ? "" : " | ") + more;
    }
    BOOST_TEST(slowly == text);
    BOOST_TEST((slow.counters() == whole.counters()));
    if (counters != nullptr) {
        *counters = whole.counters();
    }
    return text;
}

std::string hex_of(std::string_view text) {
    return to_hex(frame_octets(meter, client, text));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(frame_parser)

BOOST_AUTO_TEST_CASE(HDLC_X_FLAG_1_flags_shared_doubled_and_noise) {
    const std::string open_end = "A0070321930F01";
    BOOST_TEST(frames(snrm + disc) == "93 | 53");
    BOOST_TEST(frames("7E" + open_end + "7E" + open_end + "7E") == "93 | 93");
    BOOST_TEST(frames("7E7E7E" + snrm + "7E7E" + disc + "7E") == "93 | 53");
    FrameParser::Counters counters;
    BOOST_TEST(frames("0055FFA0" + snrm + "112233" + disc, &counters) == "93 | 53");
    BOOST_TEST(counters.noise_octets == 7u);
    BOOST_TEST(counters.frames == 2u);
}

BOOST_AUTO_TEST_CASE(HDLC_X_FLAG_1_flags_inside_data_and_check) {
    BOOST_TEST(frames(hex_of("10 E6E6007E7E7EA0070321930F017E")) ==
               "10 E6E6007E7E7EA0070321930F017E");
    // A frame of a meter whose check sequence holds a flag, found by trying.
    std::size_t found = 0;
    for (unsigned value = 0; value < 2000 && found < 3; ++value) {
        const ByteBuffer information{0x10, static_cast<Byte>(value >> 8), static_cast<Byte>(value)};
        const std::string hex = hex_of(to_hex(information));
        const std::string check = hex.substr(hex.size() - 6, 4);
        if (check.starts_with("7E") || check.ends_with("7E")) {
            BOOST_TEST(frames(hex + disc) == "10 " + to_hex(information).substr(2) + " | 53");
            ++found;
        }
    }
    BOOST_TEST(found == 3u);
}

BOOST_AUTO_TEST_CASE(HDLC_X_LEN_1_frames_of_all_lengths) {
    std::string hex;
    std::size_t count = 0;
    for (std::size_t length = 1; length <= 2030; length += length < 300 ? 37 : 311) {
        hex += hex_of("10" + to_hex(ByteBuffer(length, 0x7E)));
        ++count;
    }
    FrameParser::Counters counters;
    frames(hex, &counters);
    BOOST_TEST(counters.frames == count);
    BOOST_TEST(counters.noise_octets == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_dropped_and_counted_by_its_cause) {
    struct Case {
        const char* hex;
        std::uint64_t FrameParser::Counters::* counter;
    };
    const Case cases[]{
        {"7E00070321930F01", &FrameParser::Counters::wrong_format},
        {"7E90070321930F01", &FrameParser::Counters::wrong_format},
        {"7EA0060321930F01", &FrameParser::Counters::wrong_length},
        {"7EA0080321930F01", &FrameParser::Counters::wrong_length},
        {"7EA7FF0321930F01", &FrameParser::Counters::header_check},
        {"7EA009000205219312347E", &FrameParser::Counters::wrong_address},
        {"7EA00B00020002052193123400", &FrameParser::Counters::wrong_address},
        {"7EA0070321930F02", &FrameParser::Counters::frame_check},
        {"7EA0070321930F01AA", &FrameParser::Counters::wrong_length},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.hex) {
            FrameParser::Counters counters;
            BOOST_TEST(frames(c.hex + disc, &counters) == "53");
            BOOST_TEST((counters.*c.counter == 1u));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_next_frame_is_found_whichever_octets_of_one_are_lost) {
    const std::string frame = hex_of("10 E6E600C001C1000F0000280000FF0200");
    const ByteBuffer good = octets(frame);
    for (std::size_t first = 0; first < good.size(); ++first) {
        for (std::size_t count = 1; count <= 3 && first + count <= good.size(); ++count) {
            ByteBuffer damaged = good;
            const auto from = damaged.begin() + static_cast<std::ptrdiff_t>(first);
            damaged.erase(from, from + static_cast<std::ptrdiff_t>(count));
            BOOST_TEST_CONTEXT(count << " octets lost from " << first) {
                // What is lost is the frame alone, and only a lost flag may be made up for.
                const std::string got = frames(to_hex(damaged) + disc + snrm);
                const bool flag_only = count == 1 && (first == 0 || first + 1 == good.size());
                BOOST_TEST((got == "53 | 93" || (flag_only && got.ends_with("53 | 93"))), got);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_frame_inside_the_data_of_a_damaged_one_is_not_taken) {
    ByteBuffer damaged = octets(hex_of("10 E6E600" + snrm + "00"));
    damaged[damaged.size() - 4] ^= 1;
    BOOST_TEST(frames(to_hex(damaged) + disc) == "53");
}

BOOST_AUTO_TEST_CASE(a_false_flag_swallows_nothing) {
    // Noise that looks like the beginning of the longest frame.
    BOOST_TEST(frames("7EA7FF0321101234" + snrm) == "93");
}

BOOST_AUTO_TEST_CASE(HDLC_FRAME_P2_the_inter_octet_timeout_ends_a_frame) {
    const Instant start{};
    FrameParser parser(serial);
    BOOST_TEST(fed(parser, "7EA00703215303C7", start) == "");
    BOOST_TEST((parser.poll_timeout() == start + 25ms));
    parser.handle_timeout(start + 24ms);
    BOOST_TEST(polled(parser) == "");
    BOOST_TEST(parser.buffered() == 8u);
    parser.handle_timeout(start + 25ms);
    BOOST_TEST(polled(parser) == "");
    BOOST_TEST(!parser.poll_timeout().has_value());
    BOOST_TEST(parser.counters().incomplete == 1u);
    BOOST_TEST(fed(parser, snrm, start + 30ms) == "93");

    // The same when nobody looked at the clock between.
    FrameParser lazy(serial);
    fed(lazy, "7EA00703215303C7", start);
    BOOST_TEST(fed(lazy, "7E" + snrm, start + 25ms) == "93");
    BOOST_TEST(lazy.counters().incomplete == 1u);
    // Octets in time belong together.
    FrameParser slow(serial);
    Instant now = start;
    std::string text;
    for (const Byte octet : octets(snrm)) {
        slow.receive(ByteView(&octet, 1), now += 24ms);
        text += polled(slow);
    }
    BOOST_TEST(text == "93");
}

BOOST_AUTO_TEST_CASE(a_flag_before_a_silence_opens_no_frame) {
    FrameParser parser(serial);
    BOOST_TEST(fed(parser, snrm, Instant{}) == "93");
    BOOST_TEST(!parser.poll_timeout().has_value());
    BOOST_TEST(fed(parser, snrm.substr(2), Instant{} + 1s) == "");
    BOOST_TEST(fed(parser, disc, Instant{} + 2s) == "53");
}

BOOST_AUTO_TEST_CASE(frames_behind_an_unfinished_one_come_with_the_timeout) {
    // Of a long frame most is lost, and the short one behind it looks like more of its data.
    const std::string cut = hex_of("10" + to_hex(ByteBuffer(200, 0x55))).substr(0, 60);
    FrameParser parser(serial);
    BOOST_TEST(fed(parser, cut + disc, Instant{}) == "");
    parser.handle_timeout(Instant{} + 25ms);
    BOOST_TEST(polled(parser) == "53");
    // A stream has no such time-out; its owner knows when an answer is overdue.
    FrameParser endless(stream);
    BOOST_TEST(fed(endless, cut + disc, Instant{}) == "");
    BOOST_TEST(!endless.poll_timeout().has_value());
    endless.discard_partial();
    BOOST_TEST(polled(endless) == "53");
}

BOOST_AUTO_TEST_CASE(a_parser_that_closes_fails_at_the_first_wrong_octet) {
    const FrameParser::Configuration closing{ErrorMode::close, std::nullopt};
    struct Case {
        std::string hex;
        const char* error;
    };
    const Case cases[]{
        {snrm + "00" + disc, "hdlc/frame-format@9"},
        {"00" + snrm, "hdlc/no-frame@0"},
        {snrm + "7E0007" + disc, "hdlc/frame-format@10"},
        {snrm + "7EA0070321930F027E" + disc, "hdlc/check-mismatch@10"},
        {"7EA0070321930F01AA", "hdlc/frame-length-mismatch@1"},
    };
    for (const Case& c : cases) {
        FrameParser parser(closing);
        BOOST_TEST(fed(parser, c.hex) == (c.hex.starts_with(snrm) ? "93" : ""));
        BOOST_REQUIRE(parser.failure().has_value());
        BOOST_TEST(outcome(Result<int>(std::unexpected(*parser.failure()))) == c.error);
        BOOST_TEST(fed(parser, disc) == "");
        parser.reset();
        BOOST_TEST(fed(parser, disc) == "53");
    }
    FrameParser parser(closing);
    BOOST_TEST(fed(parser, "7E7E" + snrm + "7E" + disc) == "93 | 53");
}

BOOST_AUTO_TEST_CASE(chunks_change_nothing_and_memory_is_bounded) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            SeededRandom random(seed);
            ByteBuffer line;
            for (int i = 0; i < 60; ++i) {
                ByteBuffer piece =
                    random.next_u64() % 3 == 0
                        ? ByteBuffer(random.next_u64() % 40, static_cast<Byte>(random.next_u64()))
                        : frame_octets(meter, client,
                                       "10" + to_hex(ByteBuffer(random.next_u64() % 300, 0x7E)));
                if (random.next_u64() % 4 == 0 && !piece.empty()) {
                    piece[random.next_u64() % piece.size()] ^= static_cast<Byte>(random.next_u64());
                }
                line.insert(line.end(), piece.begin(), piece.end());
            }
            FrameParser whole(stream), pieces(stream);
            whole.receive(line, {});
            const std::string expected = polled(whole);
            std::string got;
            for (std::size_t at = 0; at < line.size();) {
                const std::size_t size =
                    std::min<std::size_t>(1 + random.next_u64() % 50, line.size() - at);
                const ByteBuffer chunk(line.begin() + static_cast<std::ptrdiff_t>(at),
                                       line.begin() + static_cast<std::ptrdiff_t>(at + size));
                pieces.receive(chunk, {});
                const std::string more = polled(pieces);
                got += (got.empty() || more.empty() ? "" : " | ") + more;
                BOOST_REQUIRE(pieces.buffered() <= max_frame_length + 2);
                at += size;
            }
            BOOST_TEST(got == expected);
            BOOST_TEST((pieces.counters() == whole.counters()));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
