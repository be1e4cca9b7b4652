#include "server/json_decode.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace dlms::service;
using Json = nlohmann::json;

namespace {

struct Answer {
    int status = 0;
    Json body;
};

Answer ask(const std::string& body) {
    HttpRequest request;
    request.method = "POST";
    request.path = "/decode";
    request.body = body;
    const HttpAnswer answer = decode_answer(request);
    return {answer.status, Json::parse(answer.body)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_decode)

BOOST_AUTO_TEST_CASE(octets_are_decoded_as_what_they_look_like) {
    const Answer answer = ask(R"({"hex": "0001 0001 0010 0009 C401C1000600003039"})");
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.body["layer"] == "wrapper");
    BOOST_TEST(answer.body["valid"] == true);
    BOOST_TEST(answer.body["decoded"]["apdu"]["result"]["data"]["value"] == 12345);
}

BOOST_AUTO_TEST_CASE(the_layer_can_be_named_and_keys_decipher) {
    BOOST_TEST(ask(R"({"hex": "1105", "layer": "data"})").body["decoded"]["data"]["value"] == 5);
    const Answer answer = ask(
        R"({"hex": "C81E3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B", "keys":
            {"ek": "000102030405060708090A0B0C0D0E0F", "ak": "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF",
             "system_title": "4D4D4D0000BC614E"}})");
    BOOST_TEST(answer.body["decoded"]["plaintext"] == "C0010000080000010000FF0200");
    BOOST_TEST(answer.body.dump().find("D0D1D2") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_does_not_decode_gets_its_error) {
    const Answer answer = ask(R"({"hex": "C001C100080000010000FF020000"})");
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.body["valid"] == false);
    BOOST_TEST(answer.body["error"]["code"] == "trailing-octets");
    BOOST_TEST(answer.body["error"]["offset"] == 13);
    BOOST_TEST(answer.body["error"]["accepting_option"] == "tolerate_trailing_zeros");
}

BOOST_AUTO_TEST_CASE(a_body_that_asks_nothing_is_refused) {
    for (const std::string& body :
         {std::string("{}"), std::string(R"({"hex": "0"})"), std::string(R"({"hex": ""})"),
          std::string(R"({"hex": "11 05", "layer": "none"})"),
          std::string(R"({"hex": "1105", "keys": 1})"),
          std::string(R"({"hex": "1105", "keys": {"ek": "zz"}})"),
          R"({"hex": ")" + std::string(2 * 65'544, '0') + "\"}"}) {
        BOOST_TEST(ask(body).status == 422, body.substr(0, 60));
    }
}

BOOST_AUTO_TEST_SUITE_END()
