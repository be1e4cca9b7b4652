// Who may call, and which addresses may be called: API key, CORS, METER_ALLOW.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "server/api_key.hpp"
#include "server/cors.hpp"
#include "server/meter_allow.hpp"

using namespace dlms::service;

namespace {

HttpRequest request_with(NamedTexts headers, std::string method = "GET") {
    HttpRequest request;
    request.method = std::move(method);
    request.path = "/read";
    request.headers = std::move(headers);
    return request;
}

std::string value_of(const NamedTexts& fields, std::string_view name) {
    for (const auto& [key, value] : fields) {
        if (key == name) {
            return value;
        }
    }
    return {};
}

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

BOOST_AUTO_TEST_SUITE(meter_allow)

BOOST_DATA_TEST_CASE(by_default_private_ranges_and_loopback, reachable) {
    BOOST_TEST(MeterAllow().allows(asio::ip::make_address(sample)));
}

BOOST_DATA_TEST_CASE(by_default_nothing_else, unreachable) {
    BOOST_TEST(!MeterAllow().allows(asio::ip::make_address(sample)));
}

BOOST_DATA_TEST_CASE(some_addresses_whatever_the_list_says, never_reachable) {
    const auto all = MeterAllow::parse("0.0.0.0/0 ::/0");
    BOOST_REQUIRE(all.has_value());
    BOOST_TEST(!all->allows(asio::ip::make_address(sample)));
    BOOST_TEST(all->allows(asio::ip::make_address("8.8.8.8")));
    BOOST_TEST(all->allows(asio::ip::make_address("2001:db8::1")));
}

BOOST_DATA_TEST_CASE(refuses_what_is_no_range, no_ranges) {
    const auto parsed = MeterAllow::parse(sample);
    BOOST_REQUIRE(!parsed.has_value());
    BOOST_TEST(parsed.error().find(sample) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(takes_lists_of_addresses_and_ranges) {
    const auto allow = MeterAllow::parse(" 192.0.2.128/25,198.51.100.7 2001:db8:1::/47 ");
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

BOOST_AUTO_TEST_SUITE(api_key)

BOOST_AUTO_TEST_CASE(is_shown_by_either_header_and_nothing_else) {
    const auto shown = [](NamedTexts headers) {
        const HttpRequest request = request_with(std::move(headers));
        const auto key = shown_key(request);
        return key && ApiKey("secret-key").matches(*key);
    };
    BOOST_TEST(shown({{"x-api-key", "secret-key"}}));
    BOOST_TEST(shown({{"Authorization", "Bearer secret-key"}}));
    BOOST_TEST(shown({{"Authorization", "bearer secret-key"}}));
    BOOST_TEST(!shown({}));
    BOOST_TEST(!shown({{"X-API-Key", ""}}));
    BOOST_TEST(!shown({{"X-API-Key", "secret-key2"}}));
    BOOST_TEST(!shown({{"Authorization", "Basic secret-key"}}));
    BOOST_TEST(!shown({{"Authorization", "Bearer "}}));
    BOOST_TEST(!shown({{"Authorization", "secret-key"}}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(cors)

BOOST_AUTO_TEST_CASE(only_named_origins_may_call) {
    const Cors cors({"https://a.example"});
    const auto named = cors.headers(request_with({{"Origin", "https://a.example"}}));
    BOOST_TEST(value_of(named, "Access-Control-Allow-Origin") == "https://a.example");
    BOOST_TEST(value_of(named, "Vary") == "Origin");
    BOOST_TEST(cors.headers(request_with({{"Origin", "https://b.example"}})).empty());
    BOOST_TEST(cors.headers(request_with({})).empty());
    BOOST_TEST(Cors({}).headers(request_with({{"Origin", "https://a.example"}})).empty());
    const auto any = Cors({"*"}).headers(request_with({{"Origin", "https://b.example"}}));
    BOOST_TEST(value_of(any, "Access-Control-Allow-Origin") == "*");
}

BOOST_AUTO_TEST_CASE(answers_preflights_itself) {
    const Cors cors({"https://a.example"});
    const auto preflight = [&](std::string origin) {
        return cors.preflight(request_with(
            {{"Origin", std::move(origin)}, {"Access-Control-Request-Method", "POST"}}, "OPTIONS"));
    };
    BOOST_TEST(preflight("https://a.example")->status == 204);
    BOOST_TEST(preflight("https://b.example")->status == 400);
    BOOST_TEST(
        !cors.preflight(request_with({{"Origin", "https://a.example"}}, "OPTIONS")).has_value());
    BOOST_TEST(!cors.preflight(request_with({{"Origin", "https://a.example"}})).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
