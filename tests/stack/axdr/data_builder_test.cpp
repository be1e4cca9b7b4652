#include "stack/axdr/data_builder.hpp"

#include <array>

#include <boost/test/unit_test.hpp>

#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::axdr;
using namespace dlms::testing;

namespace {

template <class Build>
std::string built(Build&& build) {
    DataBuilder builder;
    build(builder);
    const Result<Data> data = builder.finish();
    return data ? to_hex(data->encoded()) : outcome(data);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(data_builder)

BOOST_AUTO_TEST_CASE(every_type_is_written_as_the_standard_has_it) {
    using B = DataBuilder;
    BOOST_TEST(built([](B& b) { b.null(); }) == "00");
    BOOST_TEST(built([](B& b) { b.array(0); }) == "0100");
    BOOST_TEST(built([](B& b) { b.structure(1).unsigned_(5); }) == "02011105");
    BOOST_TEST(built([](B& b) { b.boolean(false); }) == "0300");
    BOOST_TEST(built([](B& b) { b.boolean(true); }) == "0301");
    BOOST_TEST(built([](B& b) { b.bit_string(octets("ABC0"), 12); }) == "040CABC0");
    BOOST_TEST(built([](B& b) { b.double_long(-2); }) == "05FFFFFFFE");
    BOOST_TEST(built([](B& b) { b.double_long_unsigned(0x12345678); }) == "0612345678");
    BOOST_TEST(built([](B& b) { b.octet_string(octets("AABB")); }) == "0902AABB");
    BOOST_TEST(built([](B& b) { b.visible_string("TEST"); }) == "0A0454455354");
    BOOST_TEST(built([](B& b) { b.utf8_string("\xC3\xA9"); }) == "0C02C3A9");
    BOOST_TEST(built([](B& b) { b.bcd(0x99); }) == "0D99");
    BOOST_TEST(built([](B& b) { b.integer(-3); }) == "0FFD");
    BOOST_TEST(built([](B& b) { b.long_(-1); }) == "10FFFF");
    BOOST_TEST(built([](B& b) { b.unsigned_(255); }) == "11FF");
    BOOST_TEST(built([](B& b) { b.long_unsigned(65535); }) == "12FFFF");
    BOOST_TEST(built([](B& b) { b.long64(INT64_MIN); }) == "148000000000000000");
    BOOST_TEST(built([](B& b) { b.long64_unsigned(UINT64_MAX); }) == "15FFFFFFFFFFFFFFFF");
    BOOST_TEST(built([](B& b) { b.enumerated(30); }) == "161E");
    BOOST_TEST(built([](B& b) { b.float32(1.0f); }) == "173F800000");
    BOOST_TEST(built([](B& b) { b.float64(3.141592653589793); }) == "18400921FB54442D18");
    BOOST_TEST(built([](B& b) { b.dont_care(); }) == "FF");
    constexpr std::array<Byte, 12> date_time{0x07, 0xE9, 1, 15, 1, 12, 30, 0, 0, 0x80, 0, 0xFF};
    constexpr std::array<Byte, 5> date{0x07, 0xE8, 0xFE, 0xFD, 0xFF};
    constexpr std::array<Byte, 4> time{12, 30, 15, 0xFF};
    BOOST_TEST(built([&](B& b) { b.date_time(date_time); }) == "1907E9010F010C1E00008000FF");
    BOOST_TEST(built([&](B& b) { b.date(date); }) == "1A07E8FEFDFF");
    BOOST_TEST(built([&](B& b) { b.time(time); }) == "1B0C1E0FFF");
}

BOOST_AUTO_TEST_CASE(unused_bits_are_written_as_zero) {
    BOOST_TEST(built([](DataBuilder& b) { b.bit_string(octets("FF"), 1); }) == "040180");
    BOOST_TEST(built([](DataBuilder& b) { b.bit_string({}, 0); }) == "0400");
    BOOST_TEST(built([](DataBuilder& b) { b.bit_string(octets("FF"), 9); }) ==
               "axdr/out-of-range@0");
}

BOOST_AUTO_TEST_CASE(an_integer_is_written_under_the_tag_that_is_asked_for) {
    const auto integer = [](Tag tag, std::int64_t value) {
        return built([=](DataBuilder& b) { b.integer_of(tag, value); });
    };
    BOOST_TEST(integer(Tag::integer, -128) == "0F80");
    BOOST_TEST(integer(Tag::long_, -2) == "10FFFE");
    BOOST_TEST(integer(Tag::double_long, -2) == "05FFFFFFFE");
    BOOST_TEST(integer(Tag::long64, INT64_MIN) == "148000000000000000");
    BOOST_TEST(integer(Tag::unsigned_, 255) == "11FF");
    BOOST_TEST(integer(Tag::long_unsigned, 65535) == "12FFFF");
    BOOST_TEST(integer(Tag::double_long_unsigned, 4294967295) == "06FFFFFFFF");
    BOOST_TEST(integer(Tag::long64_unsigned, INT64_MAX) == "157FFFFFFFFFFFFFFF");
    BOOST_TEST(integer(Tag::enum_, 7) == "1607");
    BOOST_TEST(integer(Tag::bcd, 0x99) == "0D99");
    BOOST_TEST(integer(Tag::delta_integer, -1) == "1CFF");
    BOOST_TEST(integer(Tag::delta_long, -1) == "1DFFFF");
    BOOST_TEST(integer(Tag::delta_double_long, -1) == "1EFFFFFFFF");
    BOOST_TEST(integer(Tag::delta_unsigned, 1) == "1F01");
    BOOST_TEST(integer(Tag::delta_long_unsigned, 1) == "200001");
    BOOST_TEST(integer(Tag::delta_double_long_unsigned, 1) == "2100000001");
}

BOOST_AUTO_TEST_CASE(an_integer_that_does_not_fit_its_type_is_refused) {
    const std::pair<Tag, std::int64_t> cases[] = {
        {Tag::integer, 128},
        {Tag::integer, -129},
        {Tag::long_, 32768},
        {Tag::double_long, 2147483648},
        {Tag::unsigned_, 256},
        {Tag::unsigned_, -1},
        {Tag::long_unsigned, 65536},
        {Tag::double_long_unsigned, 4294967296},
        {Tag::double_long_unsigned, -1},
        {Tag::long64_unsigned, -1},
        {Tag::boolean, 1},
        {Tag::octet_string, 1},
    };
    for (const auto& [tag, value] : cases) {
        BOOST_TEST_CONTEXT(name(tag) << ' ' << value) {
            DataBuilder builder;
            builder.integer_of(tag, value);
            BOOST_TEST(outcome(builder.finish()) == "axdr/out-of-range@0");
        }
    }
}

BOOST_AUTO_TEST_CASE(a_promise_of_elements_that_is_not_kept_is_refused) {
    BOOST_TEST(built([](DataBuilder& b) { b.structure(2).unsigned_(1); }) == "axdr/truncated@4");
    BOOST_TEST(built([](DataBuilder& b) { b.array(3); }) == "axdr/length-beyond-buffer@1");
    BOOST_TEST(built([](DataBuilder& b) { b.array(1).unsigned_(1).unsigned_(2); }) ==
               "axdr/trailing-octets@4");
    BOOST_TEST(built([](DataBuilder&) {}) == "axdr/truncated@0");
    BOOST_TEST(built([](DataBuilder& b) { b.utf8_string("\xC3("); }) == "axdr/invalid-utf8@1");
}

BOOST_AUTO_TEST_CASE(a_whole_data_can_be_one_element) {
    const Data inner = Data::parse(octets("02020FFD161E")).value();
    BOOST_TEST(built([&](DataBuilder& b) { b.array(2).element(inner.view()).null(); }) ==
               "010202020FFD161E00");
}

BOOST_AUTO_TEST_CASE(what_was_built_reads_back) {
    DataBuilder builder;
    builder.structure(3).integer(-3).enumerated(30).array(2).long64_unsigned(UINT64_MAX).null();
    const Data data = builder.finish().value();
    const DataView view = data.view();
    BOOST_TEST(view.element(0).value().signed_integer().value() == -3);
    BOOST_TEST(view.element(1).value().unsigned_integer().value() == 30u);
    BOOST_TEST(view.element(2).value().element(0).value().unsigned_integer().value() == UINT64_MAX);
    BOOST_TEST((Data::parse(to_buffer(data.encoded())).value() == data));
}

BOOST_AUTO_TEST_SUITE_END()
