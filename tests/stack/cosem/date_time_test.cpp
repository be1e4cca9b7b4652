#include "stack/cosem/date_time.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::cosem;
using namespace dlms::testing;

namespace {

std::string read(std::string_view hex) {
    const ExactBuffer buffer(octets(hex));
    const Result<DateTime> value = read_date_time(buffer.view());
    if (!value) {
        return outcome(value);
    }
    BOOST_TEST(to_hex(encode(*value)) == to_hex(buffer.view()));  // every octet survives
    return iso_text(*value);
}

DateTime date_time(std::string_view hex) {
    return read_date_time(octets(hex)).value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(date_time_octets)

BOOST_AUTO_TEST_CASE(a_full_date_time_with_its_deviation) {
    BOOST_TEST(read("07E50118 01 0E303900 FFC4 00") == "2021-01-24T14:48:57+01:00");
    BOOST_TEST(read("07E50118 01 0E303900 0000 00") == "2021-01-24T14:48:57Z");
    BOOST_TEST(read("07E50118 01 0E303932 012C 80") == "2021-01-24T14:48:57.50-05:00");
    const DateTime value = date_time("07E50118010E303900FFC400");
    BOOST_TEST(value.deviation == -60);
    BOOST_TEST(value.is_specified());
    // 2021-01-24T13:48:57Z
    BOOST_TEST(utc_seconds(value).value() == 1611496137);
    BOOST_TEST(local_seconds(value).value() == 1611496137 + 3600);
}

BOOST_AUTO_TEST_CASE(the_hexcell_clock_leaves_weekday_deviation_and_status_open) {
    BOOST_TEST(read("07E2070CFF101B31FF8000FF") == "2018-07-12T16:27:49");
    const DateTime value = date_time("07E2070CFF101B31FF8000FF");
    BOOST_TEST(value.is_specified());
    BOOST_TEST(!value.has_deviation());
    BOOST_TEST(local_seconds(value).has_value());
    BOOST_TEST(!utc_seconds(value).has_value());
}

BOOST_AUTO_TEST_CASE(any_part_may_be_not_specified) {
    BOOST_TEST(read("FFFFFFFFFFFFFFFFFF8000FF") == "*-*-*T*:*:*");
    BOOST_TEST((date_time("FFFFFFFFFFFFFFFFFF8000FF") == DateTime()));
    BOOST_TEST(!local_seconds(DateTime()).has_value());
    BOOST_TEST(read("FFFF03FE07020000FF800000") == "*-03-lastT02:00:00");
    BOOST_TEST(read("FFFFFEFDFFFFFFFFFF8000FF") == "*-dst-begin-last-1T*:*:*");
    BOOST_TEST(read("07E8FDFFFF0C00FFFF8000FF") == "2024-dst-end-*T12:00:*");
    for (std::size_t octet : {0u, 2u, 3u, 5u, 6u, 7u}) {
        ByteBuffer bytes = octets("07E50118FF0E303900FFC400");
        bytes[octet] = 0xFF;
        if (octet == 0) {
            bytes[1] = 0xFF;
        }
        BOOST_TEST(!read_date_time(bytes).value().is_specified());
        BOOST_TEST(!local_seconds(read_date_time(bytes).value()).has_value());
    }
}

BOOST_AUTO_TEST_CASE(reserved_values_are_refused_at_their_octet) {
    BOOST_TEST(read("07E50018FF0E3039000000 00") == "cosem/value-out-of-range@2");
    BOOST_TEST(read("07E50D18FF0E3039000000 00") == "cosem/value-out-of-range@2");
    BOOST_TEST(read("07E5FC18FF0E3039000000 00") == "cosem/value-out-of-range@2");
    BOOST_TEST(read("07E50100FF0E3039000000 00") == "cosem/value-out-of-range@3");
    BOOST_TEST(read("07E50120FF0E3039000000 00") == "cosem/value-out-of-range@3");
    BOOST_TEST(read("07E501FCFF0E3039000000 00") == "cosem/value-out-of-range@3");
    BOOST_TEST(read("07E50118000E3039000000 00") == "cosem/value-out-of-range@4");
    BOOST_TEST(read("07E50118080E3039000000 00") == "cosem/value-out-of-range@4");
    BOOST_TEST(read("07E50118FF183039000000 00") == "cosem/value-out-of-range@5");
    BOOST_TEST(read("07E50118FF0E3C39000000 00") == "cosem/value-out-of-range@6");
    BOOST_TEST(read("07E50118FF0E303C000000 00") == "cosem/value-out-of-range@7");
    BOOST_TEST(read("07E50118FF0E3039640000 00") == "cosem/value-out-of-range@8");
    BOOST_TEST(read("07E50118FF0E3039000349 00") == "cosem/value-out-of-range@9");
    BOOST_TEST(read("07E50118FF0E303900FCB7 00") == "cosem/value-out-of-range@9");
}

BOOST_AUTO_TEST_CASE(days_that_their_month_does_not_have) {
    BOOST_TEST(read("07E5021DFF0E3039008000FF") == "cosem/value-out-of-range@3");  // 2021-02-29
    BOOST_TEST(read("07E8021DFF0E3039008000FF") == "2024-02-29T14:48:57");
    BOOST_TEST(read("FFFF021DFF0E3039008000FF") == "*-02-29T14:48:57");
    BOOST_TEST(read("FFFF021EFF0E3039008000FF") == "cosem/value-out-of-range@3");
    BOOST_TEST(read("07E5041FFF0E3039008000FF") == "cosem/value-out-of-range@3");  // April 31st
    BOOST_TEST(read("07E5FF1FFF0E3039008000FF") == "2021-*-31T14:48:57");
    BOOST_TEST(read("076C021DFF0E3039008000FF") == "cosem/value-out-of-range@3");  // 1900
}

BOOST_AUTO_TEST_CASE(other_lengths_are_refused) {
    BOOST_TEST(read("") == "cosem/truncated@0");
    BOOST_TEST(read("07E2070CFF101B31FF8000") == "cosem/truncated@11");
    BOOST_TEST(read("07E2070CFF101B31FF8000FF00") == "cosem/trailing-octets@12");
}

BOOST_AUTO_TEST_CASE(dates_and_times_alone) {
    const Date date = read_date(octets("07E8FEFDFF")).value();
    BOOST_TEST(iso_text(date) == "2024-dst-begin-last-1");
    BOOST_TEST(to_hex(encode(date)) == "07E8FEFDFF");
    const Time time = read_time(octets("0C1E0FFF")).value();
    BOOST_TEST(iso_text(time) == "12:30:15");
    BOOST_TEST(to_hex(encode(time)) == "0C1E0FFF");
    BOOST_TEST(outcome(read_date(octets("07E80102"))) == "cosem/truncated@4");
    BOOST_TEST(outcome(read_date(octets("07E8010203 04"))) == "cosem/trailing-octets@5");
    BOOST_TEST(outcome(read_time(octets("0C1E0F"))) == "cosem/truncated@3");
    BOOST_TEST(outcome(read_time(octets("0C1E0F0000"))) == "cosem/trailing-octets@4");
}

BOOST_AUTO_TEST_CASE(seconds_become_a_date_time_with_its_weekday) {
    const DateTime value = date_time_from_local(1611499737, -60, 0);
    BOOST_TEST(to_hex(encode(value)) == "07E50118070E303900FFC400");  // a Sunday
    BOOST_TEST(to_hex(encode(date_time_from_local(0))) == "07B2010104000000008000FF");
}

BOOST_AUTO_TEST_CASE(every_year_of_the_wire_survives_the_way_through_seconds) {
    // 0x8000 and above do not fit std::chrono::year.
    for (const unsigned year : {0u, 1u, 4u, 1600u, 1900u, 1970u, 2000u, 2024u, 9999u, 32767u,
                                32768u, 40000u, 65533u, 65534u}) {
        for (const auto& [month, day] : {std::pair{1, 1}, std::pair{2, 28}, std::pair{12, 31}}) {
            DateTime value;
            value.date.year = static_cast<std::uint16_t>(year);
            value.date.month = static_cast<std::uint8_t>(month);
            value.date.day_of_month = static_cast<std::uint8_t>(day);
            value.time = {23, 59, 58, 0};
            const std::optional<LocalSeconds> seconds = local_seconds(value);
            BOOST_REQUIRE(seconds.has_value());
            DateTime back = date_time_from_local(*seconds);
            back.date.day_of_week = Date::not_specified;
            BOOST_TEST_CONTEXT(year << '-' << month << '-' << day) {
                BOOST_TEST(iso_text(back) == iso_text(value));
            }
        }
    }
    DateTime year_40000;
    year_40000.date = {40000, 1, 1, Date::not_specified};
    year_40000.time = {0, 0, 0, 0};
    BOOST_TEST(local_seconds(year_40000).value() == 1'200'110'860'800);
    // Leap years follow the rule of 4, 100 and 400 to the end.
    BOOST_TEST(outcome(read_date(octets("FFDC021DFF"))) == "cosem/value-out-of-range@3");  // 65500
    BOOST_TEST(read_date(octets("FFFC021DFF")).has_value());                               // 65532
}

BOOST_AUTO_TEST_SUITE_END()
