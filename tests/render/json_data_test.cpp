#include "render/json_data.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/axdr/data_builder.hpp"
#include "tests/support/octets.hpp"

namespace {

using dlms::axdr::Data;
using dlms::axdr::DataBuilder;
using dlms::axdr::Tag;
using dlms::cosem::AttributeDescriptor;
using dlms::cosem::ScalerUnit;
using dlms::cosem::Unit;
using dlms::render::EnergyUnit;
using dlms::render::Json;
using dlms::render::OctetEncoding;
using dlms::render::WriteOptions;
using dlms::render::WriteTarget;
using namespace dlms::cosem::literals;
using dlms::testing::octets;

constexpr AttributeDescriptor energy{3, "1-0:1.8.0.255"_obis, 2};
constexpr AttributeDescriptor data_value{1, "0-0:96.1.0.255"_obis, 2};
constexpr AttributeDescriptor clock_time{8, "0-0:1.0.0.255"_obis, 2};

Data data_of(std::string_view hex) {
    return Data::parse(octets(hex)).value();
}

/// The octets that are written, or the message.
std::string outcome(std::string_view json, const WriteTarget& target,
                    const WriteOptions& options = {}) {
    const auto data = data_from_json(Json::parse(json), target, options);
    return data ? dlms::to_hex(data->encoded()) : data.error().message;
}

WriteTarget typed(Tag type, const AttributeDescriptor& attribute = data_value) {
    WriteTarget target;
    target.attribute = attribute;
    target.type = type;
    return target;
}

WriteTarget like(const Data& present, const AttributeDescriptor& attribute = data_value) {
    WriteTarget target;
    target.attribute = attribute;
    target.present = present.view();
    return target;
}

WriteTarget register_of(Tag type, ScalerUnit scaler_unit) {
    WriteTarget target = typed(type, energy);
    target.scaler_unit = scaler_unit;
    return target;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_data)

BOOST_AUTO_TEST_CASE(registers_take_the_value_as_it_is_shown) {
    const auto kilo = register_of(Tag::double_long_unsigned, {1, Unit::watt_hour});
    BOOST_TEST(outcome(R"("12345.67")", kilo) == "060012D687");
    BOOST_TEST(outcome("12345.67", kilo) == "060012D687");
    BOOST_TEST(outcome(R"("12345.670")", kilo) == "060012D687");
    const auto steps = register_of(Tag::double_long_unsigned, {4, Unit::watt_hour});
    BOOST_TEST(outcome(R"("50")", steps) == "0600000005");
    WriteOptions base;
    base.energy_unit = EnergyUnit::base;
    BOOST_TEST(outcome("12345670", kilo, base) == "060012D687");
    BOOST_TEST(outcome("-0.1", register_of(Tag::long_, {-1, Unit::watt})) == "10FFFF");
}

BOOST_AUTO_TEST_CASE(every_raw_value_is_written_back_from_what_it_shows) {
    for (const Unit unit : {Unit::watt_hour, Unit::volt}) {
        for (int scaler = -10; scaler <= 10; ++scaler) {
            for (const std::uint32_t raw : {0u, 1u, 999u, 1200u, 1234567u, 4294967295u}) {
                const Data before = DataBuilder().double_long_unsigned(raw).finish().value();
                const ScalerUnit scaler_unit{static_cast<std::int8_t>(scaler), unit};
                const auto shown = dlms::render::show_value(energy, before.view(), scaler_unit, {});
                const auto target = register_of(Tag::double_long_unsigned, scaler_unit);
                const auto after = data_from_json(shown.value, target, {});
                BOOST_REQUIRE_MESSAGE(after && *after == before,
                                      shown.value << " at scaler " << scaler);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(digits_that_would_be_lost_are_refused) {
    const auto target = register_of(Tag::double_long_unsigned, {1, Unit::watt_hour});
    BOOST_TEST(outcome(R"("12345.678")", target) ==
               "value: expected a number that fits double-long-unsigned with at most 2 "
               "decimals, in kWh, got \"12345.678\"");
    BOOST_TEST(outcome("-1", target).starts_with("value: expected a number"));
    BOOST_TEST(outcome(R"("99999999999")", target).starts_with("value: expected a number"));
    BOOST_TEST(outcome(R"("55")", register_of(Tag::double_long_unsigned, {4, Unit::watt_hour})) ==
               "value: expected a number that fits double-long-unsigned in steps of 10, in "
               "kWh, got \"55\"");
}

BOOST_AUTO_TEST_CASE(raw_is_the_meters_integer) {
    const auto target = register_of(Tag::double_long_unsigned, {1, Unit::watt_hour});
    BOOST_TEST(outcome(R"({"raw": 7})", target) == "0600000007");
    BOOST_TEST(outcome(R"({"raw": "18446744073709551615"})", typed(Tag::long64_unsigned)) ==
               "15FFFFFFFFFFFFFFFF");
    BOOST_TEST(outcome(R"({"raw": 7.5})", target).starts_with("value: expected an integer"));
}

BOOST_AUTO_TEST_CASE(integers_fit_or_are_refused) {
    BOOST_TEST(outcome("255", typed(Tag::unsigned_)) == "11FF");
    BOOST_TEST(outcome(R"("255")", typed(Tag::unsigned_)) == "11FF");
    BOOST_TEST(outcome("256", typed(Tag::unsigned_)) ==
               "value: expected an integer that fits unsigned, got 256");
    BOOST_TEST(outcome("-128", typed(Tag::integer)) == "0F80");
    BOOST_TEST(outcome("-129", typed(Tag::integer)).starts_with("value: expected"));
    BOOST_TEST(outcome("3", typed(Tag::enum_)) == "1603");
    BOOST_TEST(outcome("3.0", typed(Tag::enum_)) == "1603");
    BOOST_TEST(outcome("3.5", typed(Tag::enum_)).starts_with("value: expected an integer"));
    BOOST_TEST(outcome("true", typed(Tag::enum_)).starts_with("value: expected an integer"));
    BOOST_TEST(outcome("18446744073709551615", typed(Tag::long64_unsigned)) ==
               "15FFFFFFFFFFFFFFFF");
    BOOST_TEST(outcome("-9223372036854775808", typed(Tag::long64)) == "148000000000000000");
    BOOST_TEST(outcome("9223372036854775808", typed(Tag::long64)).starts_with("value: expected"));
    BOOST_TEST(outcome("-9223372036854775809", typed(Tag::long64)).starts_with("value: expected"));
}

BOOST_AUTO_TEST_CASE(simple_types) {
    BOOST_TEST(outcome("true", typed(Tag::boolean)) == "0301");
    BOOST_TEST(outcome("0", typed(Tag::boolean)) == "0300");
    BOOST_TEST(outcome("2", typed(Tag::boolean)) == "value: expected true or false, got 2");
    BOOST_TEST(outcome(R"("0101")", typed(Tag::bit_string)) == "040450");
    BOOST_TEST(outcome(R"("")", typed(Tag::bit_string)) == "0400");
    BOOST_TEST(outcome(R"("012")", typed(Tag::bit_string)).starts_with("value: expected bits"));
    BOOST_TEST(outcome("null", typed(Tag::null_data)) == "00");
    BOOST_TEST(outcome("0.1", typed(Tag::float32)) == "173DCCCCCD");
    BOOST_TEST(outcome("1e300", typed(Tag::float32)).starts_with("value: expected a number"));
    BOOST_TEST(outcome(R"("2.5")", typed(Tag::float64)) == "184004000000000000");
    BOOST_TEST(outcome(R"("AB")", typed(Tag::visible_string)) == "0A024142");
    BOOST_TEST(outcome(R"("é")", typed(Tag::visible_string)).starts_with("value: expected"));
    BOOST_TEST(outcome(R"("é")", typed(Tag::utf8_string)) == "0C02C3A9");
}

BOOST_AUTO_TEST_CASE(octet_strings_take_the_form_in_which_they_are_shown) {
    BOOST_TEST(outcome(R"("AB")", typed(Tag::octet_string)) == "09024142");
    const Data binary = data_of("09 02 0001");
    BOOST_TEST(outcome(R"("A1B2")", like(binary)) == "0902A1B2");
    BOOST_TEST(outcome(R"("XYZ")", like(binary)) ==
               "value: expected pairs of hexadecimal digits, got \"XYZ\"");
    BOOST_TEST(outcome(R"({"text": "XYZ"})", like(binary)) == "090358595A");
    BOOST_TEST(outcome(R"({"hex": "A1 B2"})", typed(Tag::octet_string)) == "0902A1B2");
    WriteOptions options;
    options.octet_hint = [](const AttributeDescriptor&) {
        return std::optional(OctetEncoding::bcd);
    };
    BOOST_TEST(outcome(R"("12345678901234567890")", typed(Tag::octet_string), options) ==
               "090A12345678901234567890");
    BOOST_TEST(outcome(R"("123")", typed(Tag::octet_string), options)
                   .starts_with("value: expected an even number of decimal digits"));
}

BOOST_AUTO_TEST_CASE(a_clock_is_written_in_the_meters_convention) {
    // A meter that states no deviation: the instant becomes its local time.
    const Data unstated = data_of("09 0C 07E2070CFF101B31FF8000FF");
    WriteOptions dhaka;
    dhaka.local_from_utc = [](std::int64_t utc) { return utc + 6 * 3600; };
    BOOST_TEST(outcome(R"("2026-11-23T20:30:00Z")", like(unstated, clock_time), dhaka) ==
               "090C07EA0B18FF021E00FF8000FF");
    BOOST_TEST(outcome(R"("2026-11-23T20:30:00")", like(unstated, clock_time), dhaka) ==
               "090C07EA0B17FF141E00FF8000FF");
    // A meter that states +01:00 and a status.
    const Data stated = data_of("09 0C 07EA0B1701091E0000FFC480");
    BOOST_TEST(outcome(R"("2026-11-23T20:30:00Z")", like(stated, clock_time)) ==
               "090C07EA0B1701151E0000FFC480");
    BOOST_TEST(outcome(R"("2026-11-23T20:30:00.25")", like(stated, clock_time)) ==
               "090C07EA0B1701141E0019FFC480");
    // Nothing known of the meter.
    BOOST_TEST(outcome(R"("2026-11-23T20:30:00+01:00")", typed(Tag::octet_string, clock_time)) ==
               "090C07EA0B1701141E0000FFC400");
    BOOST_TEST(outcome(R"("yesterday")", typed(Tag::octet_string, clock_time))
                   .starts_with("value: expected a time like 2026-11-23T09:30:00"));
    BOOST_TEST(outcome("12", typed(Tag::octet_string, clock_time)).starts_with("value: expected"));
    BOOST_TEST(outcome(R"("0000-01-01T00:00:00+14:00")", like(unstated, clock_time))
                   .starts_with("value: expected a time"));
}

BOOST_AUTO_TEST_CASE(dates_and_times) {
    BOOST_TEST(outcome(R"("2026-11-23")", typed(Tag::date)) == "1A07EA0B1701");
    BOOST_TEST(outcome(R"("09:30")", typed(Tag::time)) == "1B091E0000");
    BOOST_TEST(outcome(R"("09:30Z")", typed(Tag::time)).starts_with("value: expected a time"));
    BOOST_TEST(outcome(R"("2026-02-30")", typed(Tag::date)).starts_with("value: expected a time"));
}

BOOST_AUTO_TEST_CASE(lists_take_their_types_from_what_the_meter_shows) {
    const Data scaler_unit = data_of("02 02 0F FD 16 1E");
    BOOST_TEST(outcome("[1, 27]", like(scaler_unit)) == "02020F01161B");
    BOOST_TEST(outcome("[1, 300]", like(scaler_unit)) ==
               "value[1]: expected an integer that fits enum, got 300");
    BOOST_TEST(outcome("[1]", like(scaler_unit)) ==
               "value: expected a list of 2 elements, got [1]");
    const Data list = data_of("01 01 02 02 09 04 00000000 09 05 FFFFFF01FF");
    const AttributeDescriptor schedule{22, "0-0:15.0.0.255"_obis, 4};
    BOOST_TEST(
        outcome(R"([["06:00:00","2026-12-25"],["07:00","2026-12-26"]])", like(list, schedule)) ==
        "01020202090406000000090507EA0C190502020904070000000905"
        "07EA0C1A06");
    BOOST_TEST(outcome(R"([["06:00:00","tomorrow"]])", like(list, schedule))
                   .starts_with("value[0][1]: expected a time like 2026-11-23"));
}

BOOST_AUTO_TEST_CASE(hex_of_a_list_is_its_whole_encoding) {
    BOOST_TEST(outcome(R"({"hex": "02020F01161B"})", typed(Tag::structure)) == "02020F01161B");
    BOOST_TEST(outcome(R"({"raw": "02020F01161B"})", typed(Tag::structure)) == "02020F01161B");
    BOOST_TEST(outcome(R"({"hex": "0101"})", typed(Tag::structure)) ==
               "value: expected the octets of a structure, got {\"hex\":\"0101\"}");
    BOOST_TEST(outcome(R"({"hex": "02020F01161B"})", {}) == "02020F01161B");
    BOOST_TEST(outcome(R"({"hex": "0102"})", typed(Tag::long_unsigned)) == "120102");
    BOOST_TEST(outcome(R"({"hex": "010203"})", typed(Tag::long_unsigned))
                   .starts_with("value: expected the octets of a long-unsigned"));
    BOOST_TEST(outcome(R"({"hex": "zz"})", typed(Tag::octet_string))
                   .starts_with("value: expected pairs of hexadecimal digits"));
}

BOOST_AUTO_TEST_CASE(a_typed_tree_needs_nothing_else) {
    BOOST_TEST(outcome(R"({"type": "structure", "value": [
                           {"type": "integer", "value": -3}, {"type": 22, "value": 30}]})",
                       {}) == "02020FFD161E");
    BOOST_TEST(outcome(R"({"type": "nonsense", "value": 1})", {}) ==
               "value: expected the name or number of a type, got \"nonsense\"");
}

BOOST_AUTO_TEST_CASE(compact_arrays_are_written_as_the_list_that_they_pack) {
    WriteTarget groups;
    groups.attribute = {50, "0-0:26.0.0.255"_obis, 9};
    BOOST_TEST(outcome(R"({"type":"compact-array","value":[1,2]})", groups) == "13120400010002");
    WriteTarget unknown;
    unknown.attribute = data_value;
    BOOST_TEST(outcome(R"({"type":"compact-array","value":[{"type":"unsigned","value":1},
                                                           {"type":"unsigned","value":2}]})",
                       unknown) == "1311020102");
    const Data rows = data_of("13 0202 12 11 06 000105 000206");
    BOOST_TEST(outcome("[[7,8]]", like(rows)) ==
               "1302021211030007"
               "08");
    BOOST_TEST(outcome(R"([{"type":"unsigned","value":1},{"type":"integer","value":2}])",
                       typed(Tag::compact_array))
                   .starts_with("value: expected one element or more, all of one type, got "));
    BOOST_TEST(outcome("[]", typed(Tag::compact_array))
                   .starts_with("value: expected one element or more, all of one type, got "));
    BOOST_TEST(outcome("5", typed(Tag::compact_array)).starts_with("value: expected a list"));
}

BOOST_AUTO_TEST_CASE(without_any_type_the_message_says_what_to_do) {
    BOOST_TEST(outcome("5", {}).find("give data_type") != std::string::npos);
    BOOST_TEST(outcome("[5]", typed(Tag::array)).find("value[0]: the type") == 0u);
}

BOOST_AUTO_TEST_CASE(nesting_beyond_the_limit_is_refused) {
    std::string deep = "5";
    for (int i = 0; i < 200; ++i) {
        deep = R"({"type": "structure", "value": [)" + deep + "]}";
    }
    BOOST_TEST(outcome(deep, {}).find("at most 32 levels") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_type_is_a_name_or_a_number) {
    const auto tag = [](std::string_view json) {
        return dlms::render::tag_from_json(Json::parse(json));
    };
    BOOST_CHECK(tag("18") == Tag::long_unsigned);
    BOOST_CHECK(tag(R"("long-unsigned")") == Tag::long_unsigned);
    BOOST_CHECK(tag(R"("LONG_UNSIGNED")") == Tag::long_unsigned);
    BOOST_CHECK(!tag("7"));
    BOOST_CHECK(!tag("-1"));
    BOOST_CHECK(!tag("256"));
    BOOST_CHECK(!tag("18446744073709551615"));
    BOOST_CHECK(!tag("true"));
    BOOST_CHECK(!tag(R"("u8")"));
}

BOOST_AUTO_TEST_CASE(a_text_for_octets_says_how_it_is_meant_when_nothing_else_does) {
    WriteTarget mac;
    mac.attribute = {43, "0-0:25.2.0.255"_obis, 2};
    const std::string refused = outcome(R"("001122334455")", mac);
    BOOST_TEST(refused.find(R"({"hex": "..."} or {"text": "..."})") != std::string::npos, refused);
    BOOST_TEST(outcome(R"({"hex":"001122334455"})", mac) == "0906001122334455");
    BOOST_TEST(outcome(R"({"text":"meter1"})", mac) == "09066D6574657231");
    // The value that is there, or a hint, says it too.
    const Data present = data_of("0906 FFFFFFFFFFFF");
    mac.present = present.view();
    BOOST_TEST(outcome(R"("001122334455")", mac) == "0906001122334455");
    mac.present.reset();
    WriteOptions options;
    options.octet_hint = [](const AttributeDescriptor&) {
        return std::optional(OctetEncoding::hex);
    };
    BOOST_TEST(outcome(R"("001122334455")", mac, options) == "0906001122334455");
}

BOOST_AUTO_TEST_SUITE_END()
