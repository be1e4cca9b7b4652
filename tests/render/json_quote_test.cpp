#include "render/json_quote.hpp"

#include <boost/test/unit_test.hpp>

using dlms::render::longest_quote;
using dlms::render::quote;
using Json = nlohmann::ordered_json;

BOOST_AUTO_TEST_SUITE(json_quote)

BOOST_AUTO_TEST_CASE(what_is_short_stands_as_it_is) {
    for (const char* text :
         {"null", "true", "300", "-1.5", "\"text\"", "[]", "{}", "[[],[1,2],{}]",
          R"({"a":1,"b":[null,"x"],"c":{"d":{}}})", R"("\u00e4\n\"\\")", R"("\ud83d\ude00")"}) {
        BOOST_TEST(quote(Json::parse(text)) == text);
    }
    // Octets that are no text do not get into a message.
    BOOST_TEST(quote(Json(std::string("a\xFF"))) == R"("a\ufffd")");
}

BOOST_AUTO_TEST_CASE(what_is_long_is_cut) {
    const std::string fits(longest_quote - 2, 'x');
    BOOST_TEST(quote(Json(fits)) == '"' + fits + '"');
    const std::string long_text(longest_quote - 1, 'x');
    BOOST_TEST(quote(Json(long_text)) == '"' + long_text + "...");

    const std::string huge(1u << 20, 'x');
    std::string ends(longest_quote - 2, 'x');
    ends += "\u00e4\u00e4\u00e4\u00e4";  // a character that is cut
    for (const Json& value :
         {Json(huge), Json(ends), Json(std::vector<int>(100'000, 7)), Json{{huge, 1}, {"b", 2}}}) {
        const std::string text = quote(value);
        BOOST_TEST(text.size() == longest_quote + 3);
        const std::string whole = value.dump(-1, ' ', true, Json::error_handler_t::replace);
        BOOST_TEST(text == whole.substr(0, longest_quote) + "...");
    }
}

BOOST_AUTO_TEST_CASE(what_is_deep_is_cut_as_well) {
    Json deep = 1;
    for (int level = 0; level < 100'000; ++level) {
        Json outer = Json::array();
        outer.push_back(std::move(deep));
        deep = std::move(outer);
    }
    BOOST_TEST(quote(deep) == std::string(longest_quote, '[') + "...");
}

BOOST_AUTO_TEST_SUITE_END()
