#include <sstream>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "cli/decode_json_lines.hpp"

using Json = nlohmann::json;

namespace {

/// The answers to lines, one each.
std::vector<Json> answers(const std::string& lines) {
    std::istringstream in(lines);
    std::ostringstream out;
    dlms::cli::decode_json_lines(in, out);
    std::istringstream again(out.str());
    std::vector<Json> list;
    for (std::string line; std::getline(again, line);) {
        list.push_back(Json::parse(line));
    }
    return list;
}

Json answer(const std::string& line) {
    const std::vector<Json> list = answers(line);
    BOOST_REQUIRE(list.size() == 1u);
    return list[0];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(decode_command)

BOOST_AUTO_TEST_CASE(each_line_gets_its_answer) {
    const std::vector<Json> list = answers(
        "{\"id\":\"a\",\"layer\":\"data\",\"hex\":\"15FFFFFFFFFFFFFFFF\"}\r\n\n"
        "{\"hex\":\"c0\",\"expect\":{\"deep\":[[[[1]]]]},\"id\":2,\"layer\":\"xdlms\"}");
    BOOST_REQUIRE(list.size() == 2u);
    BOOST_TEST(list[0] == Json::parse(R"({"id":"a","valid":true,"decoded":
        {"data":{"type":"long64-unsigned","value":18446744073709551615}}})"));
    BOOST_TEST(list[1] == Json::parse(R"({"id":2,"valid":false,"error":
        {"offset":1,"code":"truncated","message":"xdlms: truncated at octet 1: expected more octets, got the end"}})"));
}

BOOST_AUTO_TEST_CASE(a_line_that_is_too_long_keeps_its_id) {
    const std::string digits(5'000'000, '0');
    const std::vector<Json> list = answers(
        R"({"keys":{"id":"other"},"id":"big","hex":")" + digits + "\"}\n" +
        R"({"id":3,"layer":"data","hex":")" + digits + "\"}\n" + R"({"layer":"data","hex":")" +
        digits + "\",\"id\":4}\n" + R"({"id":5,"layer":"data","hex":"1105"})");
    BOOST_REQUIRE(list.size() == 4u);
    BOOST_TEST(list[0].at("id") == "big");
    BOOST_TEST(list[1].at("id") == 3);
    BOOST_TEST(list[2].at("id").is_null());  // behind what was read
    for (const std::size_t i : {0u, 1u, 2u}) {
        BOOST_TEST(list[i].at("valid") == false);
        BOOST_TEST(list[i].at("error").at("code") == "buffer-limit");
    }
    BOOST_TEST(list[3].at("valid") == true);
}

BOOST_AUTO_TEST_CASE(keys_decipher) {
    const Json json = answer(
        R"({"id":1,"layer":"cipher","hex":"C81E3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B",)"
        R"("keys":{"ek":"000102030405060708090A0B0C0D0E0F","ak":"D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF",)"
        R"("system_title":"4D4D4D0000BC614E","suite":0}})");
    BOOST_TEST(json.at("valid") == true);
    BOOST_TEST(json.at("decoded").at("plaintext") == "C0010000080000010000FF0200");
    BOOST_TEST(json.dump().find("D0D1D2") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_key_encrypting_key_unwraps) {
    const Json json = answer(
        R"({"id":1,"layer":"cipher","hex":"DD020102084B464D102030405008525252525252525200000101001801D537ADEBC2E84C4681FF4F371E0D6004DFBB46AABD0D1A1E300000000920DF852A7D1094B771D05A6E324E256F9B4D33B5F35588B73E",)"
        R"("keys":{"ak":"D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF","kek":"77777777777777777777777777777777"}})");
    BOOST_TEST(json.at("valid") == true);
    BOOST_TEST(json.at("decoded").at("plaintext") == "C001C100080000010000FF0200");
}

BOOST_AUTO_TEST_CASE(lines_that_are_no_question_are_answered_too) {
    for (const std::string& line :
         {std::string("nonsense"), std::string("[]"), std::string("{"), std::string("{\"id\":1}"),
          std::string(R"({"layer":"data","hex":"0"})"),
          std::string(R"({"layer":"none","hex":"00"})"), std::string(R"({"layer":"data","hex":7})"),
          std::string(R"({"layer":"data","hex":"00","keys":{"ek":"zz"}})"),
          std::string(R"({"layer":"data","hex":"00","keys":{"kek":"zz"}})"),
          "{\"id\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}",
          std::string(100'000, '{')}) {
        const Json json = answer(line);
        BOOST_TEST(json.at("valid") == false);
        BOOST_TEST(json.at("error").at("code") == "invalid-text");
    }
}

BOOST_AUTO_TEST_CASE(a_line_that_is_no_question_is_told_what_it_lacks) {
    const std::vector<std::pair<std::string, std::string>> lines{
        {"nonsense", "the line is no JSON object"},
        {R"({"hex":"00"})", "there is no text \"layer\""},
        {R"({"layer":"a\u0007b","hex":"00"})", R"(no layer is called "a\u0007b")"},
        {R"({"layer":"data","hex":7})", "there is no text \"hex\""},
        {R"({"layer":"data","hex":"11zz"})", "hex: no pair of hexadecimal digits at character 3"},
        {R"({"layer":"data","hex":"00","keys":{"ak":"0"}})", "keys: \"ak\" is no hexadecimal text"},
        {R"({"layer":"data","hex":"00","keys":{"system_title":7}})",
         "keys: \"system_title\" is no hexadecimal text"}};
    for (const auto& [line, message] : lines) {
        BOOST_TEST(answer(line).at("error").at("message") == message);
    }
    // What is null is left out.
    BOOST_TEST(answer(R"({"layer":"data","hex":"00","keys":{"ek":null}})").at("valid") == true);
}

BOOST_AUTO_TEST_CASE(an_answer_is_bounded) {
    const std::string octets(2 * (dlms::render::max_decode_octets + 1), '0');
    const Json json = answer(R"({"id":1,"layer":"data","hex":")" + octets + "\"}");
    BOOST_TEST(json.at("error").at("code") == "answer-too-long");
}

BOOST_AUTO_TEST_SUITE_END()
