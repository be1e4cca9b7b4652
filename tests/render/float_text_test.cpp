#include "render/float_text.hpp"

#include <limits>

#include <boost/test/unit_test.hpp>

#include "stack/base/random.hpp"

using dlms::render::float32_from_text;
using dlms::render::float64_from_text;
using dlms::render::float_text;
using dlms::render::plain_decimal;

BOOST_AUTO_TEST_SUITE(float_text_of)

BOOST_AUTO_TEST_CASE(the_point_moves_without_arithmetic) {
    BOOST_TEST(float_text(230.1F, -3).value() == "0.2301");
    BOOST_TEST(float_text(0.1, 1).value() == "1");
    BOOST_TEST(float_text(-1.5, 3).value() == "-1500");
    BOOST_TEST(float_text(1.25, 20).value() == "125000000000000000000");
    BOOST_TEST(float_text(1.25, 21).value() == "1.25e21");
    BOOST_TEST(float_text(1.0, -7).value() == "0.0000001");
    BOOST_TEST(float_text(1.0, -8).value() == "1e-8");
    BOOST_TEST(float_text(0.0, -3).value() == "0");
}

BOOST_AUTO_TEST_CASE(no_number_has_no_text) {
    BOOST_TEST(!float_text(std::numeric_limits<double>::infinity()).has_value());
    BOOST_TEST(!float_text(std::numeric_limits<float>::quiet_NaN(), -3).has_value());
}

BOOST_AUTO_TEST_CASE(every_text_reads_back_as_the_same_number) {
    dlms::SeededRandom random(1);
    for (int i = 0; i < 20'000; ++i) {
        const std::uint64_t draw = random.next_u64();
        const auto narrow = std::bit_cast<float>(static_cast<std::uint32_t>(draw >> 32));
        const auto scaler = static_cast<int>(draw % 13) - 6;
        if (const auto text = float_text(narrow, scaler)) {
            const auto back = float32_from_text(*text, scaler);
            BOOST_REQUIRE_MESSAGE(back == narrow, *text);
        }
        if (const auto text = float_text(std::bit_cast<double>(draw), scaler)) {
            const auto back = float64_from_text(*text, scaler);
            BOOST_REQUIRE_MESSAGE(back == std::bit_cast<double>(draw), *text);
        }
    }
}

BOOST_AUTO_TEST_CASE(only_decimal_numbers_are_read) {
    for (const char* text : {"", "nan", "inf", "0x10", "1 ", " 1", "1e", "1e+", "--1", "1e99999",
                             "1.2.3", "+-1", "1e5000"}) {
        BOOST_TEST(!float64_from_text(text).has_value(), text);
    }
    BOOST_TEST(!float32_from_text("1e39").has_value());
    BOOST_TEST(float32_from_text("+1.5").value() == 1.5F);
    BOOST_TEST(float64_from_text("1.5E3").value() == 1500.0);
}

BOOST_AUTO_TEST_CASE(json_numbers_become_plain_digits) {
    BOOST_TEST(plain_decimal(0.001) == "0.001");
    BOOST_TEST(plain_decimal(1e3) == "1000");
    BOOST_TEST(plain_decimal(-230.1) == "-230.1");
    BOOST_TEST(plain_decimal(std::numeric_limits<double>::max()).size() == 309u);
    BOOST_TEST(plain_decimal(std::numeric_limits<double>::denorm_min()).starts_with("0.000"));
}

BOOST_AUTO_TEST_SUITE_END()
