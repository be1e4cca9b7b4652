#include "stack/xdlms/long_invoke_id_and_priority.hpp"

#include <boost/test/unit_test.hpp>

using namespace dlms::xdlms;

BOOST_AUTO_TEST_SUITE(long_invoke_id_and_priority)

BOOST_AUTO_TEST_CASE(the_octets_hold_id_and_four_flags) {
    const LongInvokeIdAndPriority none(0x00ABCDEF);
    BOOST_TEST(none.invoke_id() == 0xABCDEFu);
    BOOST_TEST(!none.is_self_descriptive());
    BOOST_TEST(!none.breaks_on_error());
    BOOST_TEST(!none.is_confirmed());
    BOOST_TEST(!none.is_high_priority());
    BOOST_TEST(LongInvokeIdAndPriority(0x10000001).is_self_descriptive());
    BOOST_TEST(LongInvokeIdAndPriority(0x20000001).breaks_on_error());
    BOOST_TEST(LongInvokeIdAndPriority(0x40000001).is_confirmed());
    BOOST_TEST(LongInvokeIdAndPriority(0x80000001).is_high_priority());
    BOOST_TEST(LongInvokeIdAndPriority(0xFF000001).invoke_id() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
