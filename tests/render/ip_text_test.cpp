#include "render/ip_text.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/octets.hpp"

namespace {

using namespace dlms::render;

std::string ipv6_hex(std::string_view text) {
    const auto octets = ipv6_from_text(text);
    return octets ? dlms::to_hex(*octets) : "refused";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ip_text)

BOOST_AUTO_TEST_CASE(ipv4_addresses) {
    BOOST_TEST(ipv4_text(0xC0A80114) == "192.168.1.20");
    BOOST_TEST(ipv4_text(0) == "0.0.0.0");
    BOOST_TEST((ipv4_from_text("192.168.1.20") == 0xC0A80114));
    BOOST_TEST((ipv4_from_text("255.255.255.255") == 0xFFFFFFFF));
    for (const char* text : {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.", ".1.2.3", "1.2.3.4 ",
                             "1.2.3.-4", "1.2.3.00004", "a.b.c.d"}) {
        BOOST_TEST(!ipv4_from_text(text), text);
    }
}

BOOST_AUTO_TEST_CASE(ipv6_addresses) {
    constexpr auto loopback = "00000000000000000000000000000001";
    BOOST_TEST(ipv6_hex("::1") == loopback);
    BOOST_TEST(ipv6_hex("0:0:0:0:0:0:0:1") == loopback);
    BOOST_TEST(ipv6_hex("2001:DB8::1") == "20010DB8000000000000000000000001");
    BOOST_TEST(ipv6_hex("fe80::") == "FE800000000000000000000000000000");
    BOOST_TEST(ipv6_hex("::") == "00000000000000000000000000000000");
    for (const char* text : {"", ":", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3",
                             "1:2:3:4:5:6:7::8", "12345::", ":1::", "1:::2", "g::", "1:2:"}) {
        BOOST_TEST(ipv6_hex(text) == "refused", text);
    }
    const auto octets = dlms::testing::octets("20010DB8000000000000000000000001");
    BOOST_TEST(ipv6_text(std::span(octets).first<16>()) == "2001:db8:0:0:0:0:0:1");
    BOOST_TEST(ipv6_hex("2001:db8:0:0:0:0:0:1") == "20010DB8000000000000000000000001");
}

BOOST_AUTO_TEST_SUITE_END()
