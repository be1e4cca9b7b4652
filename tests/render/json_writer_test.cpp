#include "render/json_writer.hpp"

#include <limits>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace dlms;
using render::JsonWriter;

namespace {

template <class Write>
std::string written(Write write, std::size_t indent = 0) {
    std::string out;
    {
        JsonWriter writer(out, indent);
        write(writer);
    }
    return out;
}

void sample(JsonWriter& writer) {
    writer.begin_object();
    writer.key("list");
    writer.begin_array();
    writer.integer(1);
    writer.null();
    writer.begin_array();
    writer.end_array();
    writer.end_array();
    writer.key("nothing");
    writer.begin_object();
    writer.end_object();
    writer.key("done");
    writer.boolean(true);
    writer.end_object();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_writer)

BOOST_AUTO_TEST_CASE(commas_stand_where_they_must) {
    BOOST_TEST(written(sample) == R"({"list":[1,null,[]],"nothing":{},"done":true})");
}

BOOST_AUTO_TEST_CASE(indentation_is_that_of_the_library) {
    BOOST_TEST(written(sample, 2) == nlohmann::ordered_json::parse(written(sample)).dump(2));
}

BOOST_AUTO_TEST_CASE(integers_of_every_length_are_whole) {
    std::uint64_t value = 1;
    for (int digits = 1; digits <= 20; ++digits, value *= 10) {
        for (const std::uint64_t number : {value - 1, value, value + 1}) {
            BOOST_TEST(written([&](JsonWriter& w) { w.integer(number); }) ==
                       std::to_string(number));
        }
    }
    const auto least = std::numeric_limits<std::int64_t>::min();
    BOOST_TEST(written([&](JsonWriter& w) { w.integer(least); }) == std::to_string(least));
    BOOST_TEST(written([](JsonWriter& w) { w.integer(-7); }) == "-7");
    const auto most = std::numeric_limits<std::uint64_t>::max();
    BOOST_TEST(written([&](JsonWriter& w) { w.integer(most); }) == std::to_string(most));
}

BOOST_AUTO_TEST_CASE(an_integer_with_its_object_is_the_same_as_its_parts) {
    const render::JsonPiece piece(R"({"type":"long64","value":)");
    // Enough of them to pass the end of the writer's block at many places.
    const auto list = [&](bool at_once) {
        return written([&](JsonWriter& writer) {
            writer.begin_array();
            for (std::int64_t value = -4'000'000'000'000; value < 4'000'000'000'000;
                 value += 7'654'321'987) {
                if (at_once) {
                    writer.integer_with(piece, value);
                } else {
                    writer.begin_with(piece);
                    writer.integer(value);
                    writer.end_object();
                }
            }
            writer.integer_with(piece, std::numeric_limits<std::uint64_t>::max());
            writer.integer_with(piece, std::numeric_limits<std::int64_t>::min());
            writer.end_array();
        });
    };
    const std::string text = list(true);
    BOOST_TEST((text == list(false)));
    const auto document = nlohmann::json::parse(text);
    BOOST_TEST(document.size() == 1048u);
    BOOST_TEST(document[0].dump() == R"({"type":"long64","value":-4000000000000})");
    BOOST_TEST(document[1046]["value"] == std::numeric_limits<std::uint64_t>::max());
    BOOST_TEST(document[1047]["value"] == std::numeric_limits<std::int64_t>::min());
}

BOOST_AUTO_TEST_CASE(numbers_read_back_as_they_were) {
    for (const double number : {0.0, -0.0, 1.0, 100.0, 0.1, 1e100, -1.5e-300, 5e-324, 1e22}) {
        const std::string text = written([&](JsonWriter& w) { w.number(number); });
        BOOST_TEST(nlohmann::json::parse(text).is_number_float(), text);
        BOOST_TEST(nlohmann::json::parse(text).get<double>() == number);
    }
    BOOST_TEST(written([](JsonWriter& w) { w.number(std::numeric_limits<double>::infinity()); }) ==
               "null");
}

BOOST_AUTO_TEST_CASE(texts_are_escaped_and_mended) {
    BOOST_TEST(written([](JsonWriter& w) { w.text("plain"); }) == "\"plain\"");
    BOOST_TEST(written([](JsonWriter& w) { w.text("a\"b\\c\n"); }) == R"("a\"b\\c\n")");
    BOOST_TEST(written([](JsonWriter& w) { w.text("\xC3\xA9"); }) == "\"\xC3\xA9\"");
    BOOST_TEST(written([](JsonWriter& w) { w.text("\xFF"); }) == "\"\xEF\xBF\xBD\"");
}

BOOST_AUTO_TEST_CASE(what_is_longer_than_the_block_comes_whole) {
    for (const std::size_t size : {4093u, 4094u, 4095u, 4096u, 4097u, 20'000u}) {
        const std::string text(size, 'x');
        BOOST_TEST(written([&](JsonWriter& w) { w.text(text); }) == '"' + text + '"');
        const ByteBuffer octets(size, 0xA5);
        const std::string hex = written([&](JsonWriter& w) { w.hex(octets); });
        BOOST_TEST(hex.size() == 2 * size + 2);
        BOOST_TEST(hex.find_first_not_of("A5", 1) == 2 * size + 1);
    }
}

BOOST_AUTO_TEST_SUITE_END()
