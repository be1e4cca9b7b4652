#include "client/meter_profile.hpp"

#include <boost/test/unit_test.hpp>

using namespace dlms;
using namespace dlms::client;

BOOST_AUTO_TEST_SUITE(meter_profile)

BOOST_AUTO_TEST_CASE(brands_are_found_in_any_case) {
    BOOST_TEST(profile_of_brand("Hexcell").name == "hexcell");
    BOOST_TEST(profile_of_brand("HEXING").name == "hexing");
    BOOST_TEST(profile_of_brand("hexin").name == "generic");
    BOOST_TEST(profile_of_brand("").name == "generic");
}

BOOST_AUTO_TEST_CASE(defaults_are_the_makers) {
    const MeterProfile& hexcell = profile_of_brand("hexcell");
    BOOST_TEST(hexcell.client_sap.value() == 17);
    BOOST_TEST(hexcell.server_sap.value() == 1);
    BOOST_CHECK(hexcell.mechanism == acse::Mechanism::lls);
    BOOST_TEST(hexcell.default_password == "00000000");
    const MeterProfile& hexing = profile_of_brand("hexing");
    BOOST_TEST(hexing.client_sap.value() == 1);
    BOOST_TEST(hexing.default_password == "00000000");
    const MeterProfile& generic = profile_of_brand("any");
    BOOST_TEST(generic.client_sap.value() == 16);
    BOOST_CHECK(generic.mechanism == acse::Mechanism::lowest);
}

BOOST_AUTO_TEST_SUITE_END()
