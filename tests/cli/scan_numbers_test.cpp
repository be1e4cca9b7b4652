#include <boost/test/unit_test.hpp>

#include "cli/scan_command.hpp"

namespace {

/// The numbers, each with a blank behind it, or "wrong".
std::string parsed(std::string_view text, std::uint16_t most = 0x7F) {
    const auto numbers = dlms::cli::parse_numbers(text, most);
    if (!numbers) {
        return numbers.error().find("from 0 to " + std::to_string(most)) == std::string::npos
                   ? numbers.error()
                   : "wrong";
    }
    std::string all;
    for (const std::uint16_t number : *numbers) {
        all += std::to_string(number) + ' ';
    }
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scan_numbers)

BOOST_AUTO_TEST_CASE(numbers_and_ranges_come_in_their_order_each_once) {
    BOOST_TEST(parsed("1") == "1 ");
    BOOST_TEST(parsed("16,1,2") == "16 1 2 ");
    BOOST_TEST(parsed("1,16-18") == "1 16 17 18 ");
    BOOST_TEST(parsed("3-5,4-6,5") == "3 4 5 6 ");
    BOOST_TEST(parsed("0,127") == "0 127 ");
    BOOST_TEST(parsed("65534-65535", 0xFFFF) == "65534 65535 ");
}

BOOST_AUTO_TEST_CASE(what_is_no_list_of_numbers_is_refused) {
    for (const char* text : {"", ",", "x", "1,x", "1-", "-1", "2-1", "128", "1-128", "1 2", "1,,2",
                             "1--2", "4294967296", "99999999999999999999"}) {
        BOOST_TEST(parsed(text) == "wrong", text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
