#include "stack/xdlms/invoke_id_and_priority.hpp"

#include <boost/test/unit_test.hpp>

using namespace dlms;
using namespace dlms::xdlms;

BOOST_AUTO_TEST_SUITE(invoke_id_and_priority)

BOOST_AUTO_TEST_CASE(the_octet_holds_id_class_and_priority) {
    const InvokeIdAndPriority usual(0xC1);
    BOOST_TEST(int{usual.invoke_id().value()} == 1);
    BOOST_TEST(usual.is_confirmed());
    BOOST_TEST(usual.is_high_priority());
    const InvokeIdAndPriority hexcell(0x81);  // says unconfirmed, and yet waits for its answer
    BOOST_TEST(!hexcell.is_confirmed());
    BOOST_TEST(hexcell.is_high_priority());
    BOOST_TEST(int{InvokeIdAndPriority(0x3F).invoke_id().value()} == 15);
}

BOOST_AUTO_TEST_CASE(a_confirmed_one_is_made_of_its_parts) {
    BOOST_TEST(int{InvokeIdAndPriority::confirmed(InvokeId(1), true).raw()} == 0xC1);
    BOOST_TEST(int{InvokeIdAndPriority::confirmed(InvokeId(15), false).raw()} == 0x4F);
    for (std::uint8_t id = 0; id < 16; ++id) {
        const auto made = InvokeIdAndPriority::confirmed(InvokeId(id), false);
        BOOST_TEST((made.invoke_id() == InvokeId(id)));
        BOOST_TEST(made.is_confirmed());
    }
}

BOOST_AUTO_TEST_SUITE_END()
