#include <boost/test/unit_test.hpp>

#include "cli/meter_options.hpp"

namespace {

/// "host port", or the sentence.
std::string parsed(std::string_view text) {
    const auto endpoint = dlms::cli::parse_endpoint(text);
    return endpoint ? endpoint->host + ' ' + std::to_string(endpoint->port) : endpoint.error();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(endpoint)

BOOST_AUTO_TEST_CASE(a_host_may_have_a_port) {
    BOOST_TEST(parsed("192.168.1.20") == "192.168.1.20 4059");
    BOOST_TEST(parsed("192.168.1.20:5512") == "192.168.1.20 5512");
    BOOST_TEST(parsed("meter.example:1") == "meter.example 1");
    BOOST_TEST(parsed("fd00::20") == "fd00::20 4059");
    BOOST_TEST(parsed("[fd00::20]") == "fd00::20 4059");
    BOOST_TEST(parsed("[fd00::20]:65535") == "fd00::20 65535");
}

BOOST_AUTO_TEST_CASE(wrong_endpoints_say_what_is_expected) {
    for (const char* text : {"", ":4059", "meter:", "meter:0", "meter:65536", "meter:12x",
                             "[fd00::20", "[]:1", "[fd00::20]4059", "meter:-1"}) {
        BOOST_TEST(parsed(text).find("expected HOST or HOST:PORT") != std::string::npos, text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
