// Which addresses may be called.

#include "transport/allowed_addresses.hpp"

#include <string>
#include <vector>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace dlms::transport {
namespace {

const std::vector<const char*> reachable{
    "10.0.0.1",    "10.255.255.255", "172.16.0.1",      "172.31.255.255",
    "192.168.1.1", "127.0.0.1",      "127.255.255.255", "::1",
    "fc00::1",     "fdff::1",        "::ffff:10.0.0.1", "::ffff:127.0.0.1"};

const std::vector<const char*> unreachable{"0.0.0.0",
                                           "0.1.2.3",
                                           "169.254.169.254",
                                           "169.254.0.1",
                                           "224.0.0.1",
                                           "239.255.255.255",
                                           "240.0.0.1",
                                           "255.255.255.255",
                                           "::",
                                           "fe80::1",
                                           "febf::1",
                                           "fec0::1",
                                           "ff02::1",
                                           "::ffff:0.0.0.0",
                                           "::ffff:169.254.169.254",
                                           "::ffff:224.0.0.1",
                                           "::ffff:8.8.8.8",
                                           "8.8.8.8",
                                           "172.15.255.255",
                                           "172.32.0.1",
                                           "192.167.1.1",
                                           "192.169.0.1",
                                           "11.0.0.1",
                                           "9.255.255.255",
                                           "126.255.255.255",
                                           "128.0.0.1",
                                           "2001:db8::1",
                                           "64:ff9b::a00:1",
                                           "::2",
                                           "::10.0.0.1",
                                           "2002:a00:1::1",
                                           "fbff::1",
                                           "fe00::1"};

const std::vector<const char*> never_reachable{
    "0.0.0.0", "169.254.169.254", "224.0.0.1", "255.255.255.255",
    "::",      "fe80::1",         "ff02::1",   "::ffff:169.254.169.254"};

const std::vector<const char*> no_ranges{"10.0.0.0/33",  "10.0.0/8",     "::/129",
                                         "10.0.0.0/-1",  "10.0.0.0/",    "example.org",
                                         "010.0.0.1/8x", "fe80::1%lo/64"};

}  // namespace

BOOST_AUTO_TEST_SUITE(allowed_addresses)

BOOST_DATA_TEST_CASE(by_default_private_ranges_and_loopback, reachable) {
    BOOST_TEST(AllowedAddresses().allows(asio::ip::make_address(sample)));
}

BOOST_DATA_TEST_CASE(by_default_nothing_else, unreachable) {
    BOOST_TEST(!AllowedAddresses().allows(asio::ip::make_address(sample)));
}

BOOST_DATA_TEST_CASE(some_addresses_whatever_the_list_says, never_reachable) {
    const auto all = AllowedAddresses::parse("0.0.0.0/0 ::/0");
    BOOST_REQUIRE(all.has_value());
    BOOST_TEST(!all->allows(asio::ip::make_address(sample)));
    BOOST_TEST(all->allows(asio::ip::make_address("8.8.8.8")));
    BOOST_TEST(all->allows(asio::ip::make_address("2001:db8::1")));
}

BOOST_DATA_TEST_CASE(refuses_what_is_no_range, no_ranges) {
    const auto parsed = AllowedAddresses::parse(sample);
    BOOST_REQUIRE(!parsed.has_value());
    BOOST_TEST(parsed.error().find(sample) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(takes_lists_of_addresses_and_ranges) {
    const auto allow = AllowedAddresses::parse(" 192.0.2.128/25,198.51.100.7 2001:db8:1::/47 ");
    BOOST_REQUIRE(allow.has_value());
    const auto allows = [&](const char* text) {
        return allow->allows(asio::ip::make_address(text));
    };
    BOOST_TEST(allows("192.0.2.128"));
    BOOST_TEST(!allows("192.0.2.127"));
    BOOST_TEST(allows("198.51.100.7"));
    BOOST_TEST(!allows("198.51.100.8"));
    BOOST_TEST(allows("2001:db8:0:1::"));
    BOOST_TEST(!allows("2001:db8:2::"));
    BOOST_TEST(!allows("10.0.0.1"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::transport
