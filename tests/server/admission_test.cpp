// Who may call: API key, CORS.
#include <boost/test/unit_test.hpp>

#include "server/api_key.hpp"
#include "server/cors.hpp"

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

}  // namespace

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
