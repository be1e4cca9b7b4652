#include "stack/xdlms/conformance_text.hpp"

#include <boost/test/unit_test.hpp>

using dlms::xdlms::conformance_from_text;

BOOST_AUTO_TEST_SUITE(conformance_text)

BOOST_AUTO_TEST_CASE(octets_and_names_are_the_same_block) {
    BOOST_TEST(conformance_from_text("007E1F").value().raw() == 0x007E1Fu);
    BOOST_TEST(conformance_from_text("60fe9f").value().raw() == 0x60FE9Fu);
    BOOST_TEST(conformance_from_text("get").value().raw() == 0x000010u);
    BOOST_TEST(conformance_from_text("get, set ,general-block-transfer").value().raw() ==
               0x200018u);
}

BOOST_AUTO_TEST_CASE(what_is_neither_is_refused) {
    for (const auto* text : {"", "007E", "007E1F00", "get,", "get;set", "GET", "none", "800000",
                             "010000", "reserved-zero"}) {
        BOOST_TEST(!conformance_from_text(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
