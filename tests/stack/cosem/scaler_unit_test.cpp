#include "stack/cosem/scaler_unit.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/axdr/data.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::cosem;
using namespace dlms::testing;

namespace {

std::string scaler_unit_of(std::string_view hex) {
    const axdr::Data data = axdr::Data::parse(octets(hex)).value();
    const Result<ScalerUnit> read = read_scaler_unit(data.view());
    if (!read) {
        return outcome(read);
    }
    return std::to_string(read->scaler) + ' ' + std::to_string(static_cast<unsigned>(read->unit));
}

std::string exact(std::string_view hex) {
    const axdr::Data data = axdr::Data::parse(octets(hex)).value();
    const Result<ExactInteger> read = read_exact_integer(data.view());
    return read ? decimal_text(*read, 0) : outcome(read);
}

std::string raw(std::string_view text, int scaler) {
    const Result<ExactInteger> read = raw_from_decimal(text, scaler);
    return read ? decimal_text(*read, 0) : outcome(read);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scaler_unit)

BOOST_AUTO_TEST_CASE(scaler_and_unit_are_read_from_their_structure) {
    BOOST_TEST(scaler_unit_of("02020FFD161E") == "-3 30");
    BOOST_TEST(scaler_unit_of("02020F0016FF") == "0 255");
    BOOST_TEST(scaler_unit_of("02020F801600") == "-128 0");  // unknown units are kept
    BOOST_TEST(scaler_unit_of("0202110316 1E") == "cosem/type-mismatch@0");
    BOOST_TEST(scaler_unit_of("02020FFD111E") == "cosem/type-mismatch@0");
    BOOST_TEST(scaler_unit_of("02010FFD") == "axdr/element-missing@0");
    BOOST_TEST(scaler_unit_of("00") == "axdr/type-mismatch@0");
}

BOOST_AUTO_TEST_CASE(integers_of_every_type_are_exact) {
    BOOST_TEST(exact("148000000000000000") == "-9223372036854775808");
    BOOST_TEST(exact("15FFFFFFFFFFFFFFFF") == "18446744073709551615");
    BOOST_TEST(exact("0F80") == "-128");
    BOOST_TEST(exact("11FF") == "255");
    BOOST_TEST(exact("0600000000") == "0");
    BOOST_TEST(exact("173F800000") == "axdr/type-mismatch@0");
}

BOOST_AUTO_TEST_CASE(a_negative_scaler_gives_exactly_its_decimals) {
    BOOST_TEST(decimal_text({false, 1200}, -3) == "1.200");
    BOOST_TEST(decimal_text({false, 2301}, -1) == "230.1");
    BOOST_TEST(decimal_text({false, 5}, -3) == "0.005");
    BOOST_TEST(decimal_text({false, 0}, -2) == "0.00");
    BOOST_TEST(decimal_text({true, 5}, -1) == "-0.5");
    BOOST_TEST(decimal_text({true, 9223372036854775808u}, -18) == "-9.223372036854775808");
    BOOST_TEST(decimal_text({false, UINT64_MAX}, -20) == "0.18446744073709551615");
    BOOST_TEST(decimal_text({false, 1}, -128).size() == 130u);
}

BOOST_AUTO_TEST_CASE(a_positive_scaler_is_multiplied_out) {
    BOOST_TEST(decimal_text({false, 5}, 4) == "50000");
    BOOST_TEST(decimal_text({false, 0}, 4) == "0");
    BOOST_TEST(decimal_text({true, 12}, 1) == "-120");
    BOOST_TEST(decimal_text({false, UINT64_MAX}, 2) == "1844674407370955161500");
}

BOOST_AUTO_TEST_CASE(a_decimal_becomes_the_raw_integer) {
    BOOST_TEST(raw("1.200", -3) == "1200");
    BOOST_TEST(raw("1.2", -3) == "1200");
    BOOST_TEST(raw("-0.5", -1) == "-5");
    BOOST_TEST(raw("50000", 4) == "5");
    BOOST_TEST(raw("+7", 0) == "7");
    BOOST_TEST(raw("0", 5) == "0");
    BOOST_TEST(raw("-0", 0) == "0");
    BOOST_TEST(raw("100.000", 2) == "1");
    BOOST_TEST(raw("0.050", -2) == "5");
    BOOST_TEST(raw("18446744073709551615", 0) == "18446744073709551615");
}

BOOST_AUTO_TEST_CASE(a_decimal_that_would_lose_digits_is_refused) {
    BOOST_TEST(raw("1.2345", -3).substr(0, 24) == "cosem/value-out-of-range");
    BOOST_TEST(raw("50001", 4).substr(0, 24) == "cosem/value-out-of-range");
    BOOST_TEST(raw("0.1", 0).substr(0, 24) == "cosem/value-out-of-range");
    BOOST_TEST(raw("18446744073709551616", 0).substr(0, 24) == "cosem/value-out-of-range");
    BOOST_TEST(raw("18446744073709551615", -1).substr(0, 24) == "cosem/value-out-of-range");
}

BOOST_AUTO_TEST_CASE(texts_that_are_no_decimal_are_refused_at_the_character) {
    BOOST_TEST(raw("", 0) == "cosem/invalid-text@0");
    BOOST_TEST(raw("-", 0) == "cosem/invalid-text@1");
    BOOST_TEST(raw(".", 0) == "cosem/invalid-text@1");
    BOOST_TEST(raw("1.2.3", 0) == "cosem/invalid-text@3");
    BOOST_TEST(raw("1e3", 0) == "cosem/invalid-text@1");
    BOOST_TEST(raw(" 1", 0) == "cosem/invalid-text@0");
    BOOST_TEST(raw("NaN", 0) == "cosem/invalid-text@0");
}

BOOST_AUTO_TEST_CASE(text_and_raw_integer_are_each_others_reverse) {
    for (const std::uint64_t magnitude : {0ul, 1ul, 9ul, 10ul, 1000ul, 123456789ul, UINT64_MAX}) {
        for (const int scaler : {-20, -3, -1, 0, 1, 5}) {
            for (const bool negative : {false, true}) {
                const ExactInteger integer{negative && magnitude != 0, magnitude};
                const std::string text = decimal_text(integer, scaler);
                BOOST_TEST_CONTEXT(text << " scaler " << scaler) {
                    const Result<ExactInteger> back = raw_from_decimal(text, scaler);
                    BOOST_REQUIRE_MESSAGE(back.has_value(), outcome(back));
                    BOOST_TEST((*back == integer));
                }
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
