#include "stack/axdr/utf8.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"

using namespace dlms;
using namespace dlms::testing;

namespace {

bool accepted(std::string_view hex) {
    const ExactBuffer buffer(octets(hex));
    return axdr::is_utf8(buffer.view());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(axdr_utf8)

BOOST_AUTO_TEST_CASE(the_first_and_last_code_points_of_each_length_are_accepted) {
    for (const char* hex : {"", "00", "7F", "C280", "DFBF", "E0A080", "ED9FBF", "EE8080", "EFBFBF",
                            "F0908080", "F48FBFBF", "41C3A9E282ACF09F9880"}) {
        BOOST_TEST_CONTEXT(hex) {
            BOOST_TEST(accepted(hex));
        }
    }
}

BOOST_AUTO_TEST_CASE(everything_else_is_refused) {
    for (const char* hex : {
             "80",  // continuation alone
             "BF",
             "C3",  // cut
             "E282",
             "F09F98",
             "C328",  // no continuation
             "E28241",
             "C080",  // longer than needed
             "C1BF",
             "E09FBF",
             "F08FBFBF",
             "EDA080",  // surrogates
             "EDBFBF",
             "F4908080",  // above U+10FFFF
             "F5808080",
             "FE",
             "FF",
             "4180",
         }) {
        BOOST_TEST_CONTEXT(hex) {
            BOOST_TEST(!accepted(hex));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
