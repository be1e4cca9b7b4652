#include "stack/mbus/long_frame.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/damage.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"
#include "tests/support/vectors.hpp"

using namespace dlms;
using namespace dlms::testing;

namespace {

/// 53 FF 11 01 67 0A: a last segment, number 1, of one octet.
constexpr std::string_view good = "6806066853FF1101670AD516";

Error refusal(std::string_view hex) {
    const ByteBuffer buffer = octets(hex);
    ByteView view(buffer);
    const auto frame = mbus::take_long_frame(view);
    BOOST_REQUIRE_MESSAGE(!frame.has_value(), hex);
    BOOST_TEST(view.size() == buffer.size());
    return frame.error();
}

std::optional<Error> try_decode(ByteView all) {
    ByteView view = all;
    const auto frame = mbus::take_long_frame(view);
    if (!frame) {
        return frame.error();
    }
    if (!view.empty()) {
        return Error{ErrorCode::trailing_octets, Layer::mbus, 0};
    }
    BOOST_REQUIRE(written([&](Writer& writer) { encode(writer, *frame); }) == to_hex(all));
    return std::nullopt;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(long_frame)

BOOST_AUTO_TEST_CASE(fields_of_a_frame) {
    const ByteBuffer buffer = octets(good);
    ByteView view(buffer);
    const auto frame = mbus::take_long_frame(view);
    BOOST_REQUIRE_MESSAGE(frame.has_value(), outcome(frame));
    BOOST_TEST(frame->c_field == 0x53);
    BOOST_TEST(frame->a_field == 0xFF);
    BOOST_TEST(frame->segment() == 1);
    BOOST_TEST(frame->is_last_segment());
    BOOST_TEST(frame->stsap == 1);
    BOOST_TEST(frame->dtsap == 0x67);
    BOOST_TEST(to_hex(frame->payload) == "0A");
    BOOST_TEST(view.empty());
}

BOOST_AUTO_TEST_CASE(frames_that_meters_pushed_hold_both_ways) {
    std::size_t frames = 0;
    for (const Vector& vector : load_vectors("push")) {
        if (!vector.valid || vector.expect.at("framing") != "mbus") {
            continue;
        }
        ByteView view(vector.octets);
        while (!view.empty()) {
            const ByteView before = view;
            BOOST_REQUIRE(mbus::take_long_frame(view).has_value());
            const ByteView one = before.first(before.size() - view.size());
            BOOST_TEST_CONTEXT(vector.id) {
                BOOST_TEST(faults_of_damage(one, try_decode) == "");
            }
            ++frames;
        }
    }
    BOOST_TEST(frames == 6u);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_refused) {
    BOOST_TEST((refusal("").code == ErrorCode::no_frame));
    BOOST_TEST((refusal("10").code == ErrorCode::no_frame));
    BOOST_TEST((refusal("6806076853FF1101670AD516").code == ErrorCode::frame_length_mismatch));
    BOOST_TEST((refusal("6804046853FF1101641600").code == ErrorCode::frame_length_mismatch));
    BOOST_TEST((refusal("6806066953FF1101670AD516").code == ErrorCode::frame_format));
    BOOST_TEST((refusal("6806066853FF1101670AD517").code == ErrorCode::frame_format));
    BOOST_TEST((refusal("6806066853FF7201670A3616").code == ErrorCode::unknown_choice));
    BOOST_TEST((refusal("6806066853FF1101670A").code == ErrorCode::truncated));
    // Wherever it is cut, the end of the octets is where they are truncated.
    for (std::size_t size = 1; size < good.size() / 2; ++size) {
        BOOST_TEST((refusal(good.substr(0, 2 * size)) ==
                    Error{ErrorCode::truncated, Layer::mbus, static_cast<std::uint32_t>(size)}));
    }
    const Error checksum = refusal("6806066853FF1101670AD616");
    BOOST_TEST((checksum == Error{ErrorCode::check_mismatch, Layer::mbus, 10}));
}

BOOST_AUTO_TEST_CASE(a_payload_beyond_the_length_octet_is_not_written) {
    const ByteBuffer longest(250, 1);
    const ByteBuffer too_long(251, 1);
    mbus::LongFrame frame;
    frame.payload = longest;
    BOOST_TEST(written([&](Writer& writer) { encode(writer, frame); }).size() == 2u * 261);
    frame.payload = too_long;
    BOOST_TEST(written([&](Writer& writer) { encode(writer, frame); }) == "failed");
}

BOOST_AUTO_TEST_SUITE_END()
