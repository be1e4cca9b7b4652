#include "render/value_json.hpp"

#include <array>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "stack/axdr/data_builder.hpp"
#include "tests/support/octets.hpp"

namespace {

using dlms::axdr::Data;
using dlms::axdr::DataBuilder;
using dlms::cosem::AttributeDescriptor;
using dlms::cosem::ScalerUnit;
using dlms::cosem::Unit;
using dlms::render::EnergyUnit;
using dlms::render::Json;
using dlms::render::OctetEncoding;
using dlms::render::ShownValue;
using dlms::render::ValueOptions;
using namespace dlms::cosem::literals;
using dlms::testing::octets;

constexpr AttributeDescriptor energy{3, "1-0:1.8.0.255"_obis, 2};
constexpr AttributeDescriptor data_value{1, "0-0:96.1.0.255"_obis, 2};
constexpr AttributeDescriptor clock_time{8, "0-0:1.0.0.255"_obis, 2};

Data data_of(std::string_view hex) {
    return Data::parse(octets(hex)).value();
}

ShownValue show(const AttributeDescriptor& attribute, const Data& data,
                std::optional<ScalerUnit> scaler_unit = {}, const ValueOptions& options = {}) {
    return show_value(attribute, data.view(), scaler_unit, options);
}

/// The members as one line of JSON.
std::string json(const AttributeDescriptor& attribute, const Data& data,
                 std::optional<ScalerUnit> scaler_unit = {}, const ValueOptions& options = {}) {
    return members(show(attribute, data, scaler_unit, options), options).dump();
}

Data double_long_unsigned(std::uint32_t value) {
    return DataBuilder().double_long_unsigned(value).finish().value();
}

ValueOptions hinting(OctetEncoding encoding) {
    ValueOptions options;
    options.octet_hint = [encoding](const AttributeDescriptor&) { return std::optional(encoding); };
    return options;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(value_json)

BOOST_AUTO_TEST_CASE(a_negative_scaler_gives_exactly_as_many_decimals) {
    const auto shown = show(energy, double_long_unsigned(1200), ScalerUnit{-3, Unit::volt});
    BOOST_TEST(shown.value == "1.200");
    BOOST_TEST(shown.unit->symbol == "V");
    BOOST_TEST(shown.unit->scaler == -3);
    BOOST_TEST(shown.raw == 1200);
}

BOOST_AUTO_TEST_CASE(a_positive_scaler_is_multiplied_out) {
    BOOST_TEST(show(energy, double_long_unsigned(5), ScalerUnit{4, Unit::watt}).value == "50000");
}

BOOST_AUTO_TEST_CASE(energy_is_shown_in_kilo_with_the_scaler_moved) {
    BOOST_TEST(json(energy, double_long_unsigned(1234567), ScalerUnit{1, Unit::watt_hour}) ==
               R"({"value":"12345.67","unit":"kWh","scaler":-2,"type":"double-long-unsigned",)"
               R"("raw":1234567})");
    BOOST_TEST(json(energy, double_long_unsigned(1200), ScalerUnit{0, Unit::watt_hour}) ==
               R"({"value":"1.200","unit":"kWh","scaler":-3,"type":"double-long-unsigned",)"
               R"("raw":1200})");
    BOOST_TEST(json(energy, double_long_unsigned(5), ScalerUnit{4, Unit::watt_hour}) ==
               R"({"value":"50","unit":"kWh","scaler":1,"type":"double-long-unsigned","raw":5})");
    BOOST_TEST(show(energy, double_long_unsigned(1), ScalerUnit{0, Unit::var_hour}).unit->symbol ==
               "kvarh");
    BOOST_TEST(
        show(energy, double_long_unsigned(1), ScalerUnit{0, Unit::volt_ampere_hour}).unit->symbol ==
        "kVAh");
}

BOOST_AUTO_TEST_CASE(base_units_keep_the_meters_own) {
    ValueOptions options;
    options.energy_unit = EnergyUnit::base;
    BOOST_TEST(
        json(energy, double_long_unsigned(1234567), ScalerUnit{1, Unit::watt_hour}, options) ==
        R"({"value":"12345670","unit":"Wh","scaler":1,"type":"double-long-unsigned",)"
        R"("raw":1234567})");
}

BOOST_AUTO_TEST_CASE(power_is_not_energy) {
    for (const Unit unit : {Unit::watt, Unit::var, Unit::volt_ampere}) {
        const auto shown = show(energy, double_long_unsigned(7), ScalerUnit{-1, unit});
        BOOST_TEST(shown.value == "0.7");
        BOOST_TEST(shown.unit->scaler == -1);
    }
}

BOOST_AUTO_TEST_CASE(a_register_without_scaler_unit_shows_its_raw_number) {
    BOOST_TEST(json(energy, double_long_unsigned(1200)) ==
               R"({"value":"1200","unit":null,"scaler":null,"type":"double-long-unsigned",)"
               R"("raw":1200})");
}

BOOST_AUTO_TEST_CASE(all_register_attributes_are_scaled_and_no_others) {
    const Data raw = double_long_unsigned(15);
    const ScalerUnit volts{-1, Unit::volt};
    const auto code = "1-0:32.7.0.255"_obis;
    BOOST_TEST(show({4, code, 2}, raw, volts).value == "1.5");
    BOOST_TEST(show({5, code, 2}, raw, volts).value == "1.5");
    BOOST_TEST(show({5, code, 3}, raw, volts).value == "1.5");
    BOOST_TEST(show({5, code, 8}, raw, volts).value == 15);
    BOOST_TEST(show({67, code, 7}, raw, volts).value == "1.5");
    BOOST_TEST(show({67, code, 9}, raw, volts).value == 15);
    BOOST_TEST(show({1, code, 2}, raw, volts).value == 15);
    BOOST_TEST(!show({1, code, 2}, raw, volts).unit.has_value());
}

BOOST_AUTO_TEST_CASE(extreme_integers_stay_exact) {
    const Data most =
        DataBuilder().long64_unsigned(std::numeric_limits<std::uint64_t>::max()).finish().value();
    const Data least =
        DataBuilder().long64(std::numeric_limits<std::int64_t>::min()).finish().value();
    BOOST_TEST(show(energy, most, ScalerUnit{-3, Unit::volt}).value == "18446744073709551.615");
    BOOST_TEST(show(energy, least, ScalerUnit{0, Unit::volt}).value == "-9223372036854775808");
    BOOST_TEST(show(data_value, most).value == "18446744073709551615");
    BOOST_TEST(show(data_value, least).raw == "-9223372036854775808");
    BOOST_TEST(show(energy, double_long_unsigned(1), ScalerUnit{-128, Unit::watt_hour})
                   .value.get<std::string>()
                   .size() == 133u);
}

BOOST_AUTO_TEST_CASE(integers_are_numbers_up_to_two_to_the_53) {
    const auto shown = [](std::uint64_t value) {
        return show(data_value, DataBuilder().long64_unsigned(value).finish().value()).value;
    };
    BOOST_TEST(shown(9007199254740992) == 9007199254740992);
    BOOST_TEST(shown(9007199254740993) == "9007199254740993");
}

BOOST_AUTO_TEST_CASE(floats_take_the_shortest_text_that_reads_back) {
    const Data tenth = DataBuilder().float32(0.1F).finish().value();
    BOOST_TEST(show(energy, tenth, ScalerUnit{0, Unit::volt}).value == "0.1");
    BOOST_TEST(show(data_value, tenth).value.dump() == "0.1");
    const Data watt_hours = DataBuilder().float32(1234567.5F).finish().value();
    BOOST_TEST(show(energy, watt_hours, ScalerUnit{0, Unit::watt_hour}).value == "1234.5675");
    const Data third = DataBuilder().float64(1.0 / 3).finish().value();
    BOOST_TEST(show(energy, third).value == "0.3333333333333333");
}

BOOST_AUTO_TEST_CASE(a_float_that_is_no_number_is_null) {
    const Data nan = data_of("17 7FC00000");
    BOOST_TEST(json(data_value, nan) ==
               R"({"value":null,"unit":null,"scaler":null,"type":"float32","raw":"7FC00000"})");
    BOOST_TEST(show(energy, nan, ScalerUnit{0, Unit::volt}).value.is_null());
}

BOOST_AUTO_TEST_CASE(simple_types_have_their_json) {
    BOOST_TEST(show(data_value, data_of("0301")).value == true);
    BOOST_TEST(show(data_value, data_of("0300")).value == false);
    BOOST_TEST(show(data_value, data_of("04 04 50")).value == "0101");
    BOOST_TEST(show(data_value, data_of("1602")).value == 2);
    BOOST_TEST(show(data_value, data_of("0D42")).value == 0x42);
    BOOST_TEST(show(data_value, data_of("0FFF")).value == -1);
    BOOST_TEST(json(data_value, data_of("00")) ==
               R"({"value":null,"unit":null,"scaler":null,"type":"null-data","raw":null})");
}

BOOST_AUTO_TEST_CASE(structures_are_arrays_with_the_octets_as_raw) {
    BOOST_TEST(
        json({3, "1-0:1.8.0.255"_obis, 3}, data_of("02 02 0F FD 16 1E")) ==
        R"({"value":[-3,30],"unit":null,"scaler":null,"type":"structure","raw":"02020FFD161E",)"
        R"("decoded":{"scaler":-3,"unit":"Wh"}})");
}

BOOST_AUTO_TEST_CASE(names_of_the_class_table_stand_beside_the_value) {
    const auto control_state = show({70, "0-0:96.3.10.255"_obis, 3}, data_of("1602"));
    BOOST_TEST(control_state.value == 2);
    BOOST_TEST(*control_state.decoded == "ready-for-reconnection");
    BOOST_TEST(!show(data_value, data_of("1602")).decoded.has_value());
    // What the class table does not expect is shown as it is, and no more.
    BOOST_TEST(!show({3, "1-0:1.8.0.255"_obis, 3}, data_of("02 01 0FFD")).decoded.has_value());
    // A hint of the brand's profile goes before the class table.
    BOOST_TEST(!show({41, "0-0:25.0.0.255"_obis, 3}, data_of("09 06 010203040506"), {},
                     hinting(OctetEncoding::hex))
                    .decoded.has_value());
}

BOOST_AUTO_TEST_CASE(compact_arrays_are_shown_as_the_list_that_they_pack) {
    const auto shown =
        show({7, "1-0:99.1.0.255"_obis, 2}, data_of("13 02 02 12 11 06 000105 000206"));
    BOOST_TEST(shown.value.dump() == "[[1,5],[2,6]]");
    BOOST_TEST(shown.raw ==
               "13020212110600010500"
               "0206");
    // Elements that cost their sender nothing are not unrolled without end.
    std::string bomb = "13 02 15 " + std::string(40, '0') + "11 81C8";
    for (int i = 0; i < 200; ++i) {
        bomb += "01";
    }
    const Data data = data_of(bomb);
    BOOST_TEST(show(data_value, data).value["hex"] == dlms::to_hex(data.view().encoded()));
}

BOOST_AUTO_TEST_CASE(octets_are_text_when_printable_and_hex_otherwise) {
    BOOST_TEST(json(data_value, data_of("09 03 41 42 43")) ==
               R"({"value":"ABC","unit":null,"scaler":null,"type":"octet-string","raw":"414243",)"
               R"("encoding":"text"})");
    const auto binary = show(data_value, data_of("09 03 41 42 00"));
    BOOST_TEST(binary.value == "414200");
    BOOST_TEST((binary.encoding == OctetEncoding::hex));
}

BOOST_AUTO_TEST_CASE(twelve_octets_alone_are_no_clock) {
    const auto shown = show(data_value, data_of("09 0C 07E2070CFF101B31FF8000FF"));
    BOOST_TEST(shown.value == "07E2070CFF101B31FF8000FF");
    BOOST_TEST((shown.encoding == OctetEncoding::hex));
}

BOOST_AUTO_TEST_CASE(a_clock_attribute_is_iso_with_the_offset_that_it_states) {
    ValueOptions options;
    options.time_zone = "Asia/Dhaka";
    BOOST_TEST(json(clock_time, data_of("09 0C 07E2070CFF101B31FF8000FF"), {}, options) ==
               R"({"value":"2018-07-12T16:27:49","unit":null,"scaler":null,"type":"octet-string",)"
               R"("raw":"07E2070CFF101B31FF8000FF","encoding":"date-time",)"
               R"("timeZone":"Asia/Dhaka"})");
    BOOST_TEST(json(clock_time, data_of("09 0C 07EA0B1701091E0000FFC400"), {}, options) ==
               R"({"value":"2026-11-23T09:30:00+01:00","unit":null,"scaler":null,)"
               R"("type":"octet-string","raw":"07EA0B1701091E0000FFC400","encoding":"date-time"})");
}

BOOST_AUTO_TEST_CASE(octets_that_are_no_time_in_a_clock_stay_hex) {
    const auto shown = show(clock_time, data_of("09 02 4142"));
    BOOST_TEST(shown.value == "4142");
    BOOST_TEST((shown.encoding == OctetEncoding::hex));
}

BOOST_AUTO_TEST_CASE(times_inside_of_structures_are_found_by_their_place) {
    const auto shown = show({22, "0-0:15.0.0.255"_obis, 4},
                            data_of("01 01 02 02 09 04 00000000 09 05 FFFFFF01FF"));
    BOOST_TEST(shown.value.dump() == R"([["00:00:00","*-*-01"]])");
}

BOOST_AUTO_TEST_CASE(time_tags_are_times_everywhere) {
    BOOST_TEST(show(data_value, data_of("1A 07EA0B1701")).value == "2026-11-23");
    BOOST_TEST(show(data_value, data_of("1B 091E0000")).value == "09:30:00");
}

BOOST_AUTO_TEST_CASE(the_profiles_hint_goes_first) {
    const Data serial = data_of("09 06 201807001234");
    const auto shown = show(data_value, serial, {}, hinting(OctetEncoding::bcd));
    BOOST_TEST(shown.value == "201807001234");
    BOOST_TEST((shown.encoding == OctetEncoding::bcd));
    BOOST_TEST(show(data_value, data_of("09 03 414243"), {}, hinting(OctetEncoding::hex)).value ==
               "414243");
    BOOST_TEST(
        show(data_value, data_of("09 05 4142430000"), {}, hinting(OctetEncoding::text)).value ==
        "ABC");
    BOOST_TEST(show(data_value, data_of("09 0C 07E2070CFF101B31FF8000FF"), {},
                    hinting(OctetEncoding::date_time))
                   .value == "2018-07-12T16:27:49");
    // Octets that are not what the hint says are shown as they are.
    const auto odd = show(data_value, data_of("09 01 4F"), {}, hinting(OctetEncoding::bcd));
    BOOST_TEST(odd.value == "4F");
    BOOST_TEST((odd.encoding == OctetEncoding::hex));
}

BOOST_AUTO_TEST_CASE(a_visible_string_of_any_octets_is_valid_json) {
    const auto shown = show(data_value, data_of("0A 03 41FF80"));
    BOOST_TEST(shown.value == "41FF80");
    BOOST_TEST((shown.encoding == OctetEncoding::hex));
    BOOST_CHECK_NO_THROW(members(shown, {}).dump());
}

BOOST_AUTO_TEST_CASE(a_register_that_holds_text_has_no_unit) {
    const auto shown = show(energy, data_of("09 02 4142"), ScalerUnit{1, Unit::watt_hour});
    BOOST_TEST(shown.value == "AB");
    BOOST_TEST(!shown.unit.has_value());
}

BOOST_AUTO_TEST_CASE(units_without_a_symbol) {
    BOOST_TEST(show(energy, double_long_unsigned(3), ScalerUnit{0, Unit::none}).unit->symbol == "");
    BOOST_TEST(show(energy, double_long_unsigned(3), ScalerUnit{0, Unit{58}}).unit->symbol ==
               "unit 58");
}

BOOST_AUTO_TEST_CASE(text_for_a_terminal) {
    BOOST_TEST(text(show(energy, double_long_unsigned(1234567), ScalerUnit{1, Unit::watt_hour})) ==
               "12345.67 kWh");
    BOOST_TEST(text(show(data_value, data_of("02 02 0301 0F05"))) == "[true,5]");
    // An escape sequence in a meter's text does not reach the terminal.
    BOOST_TEST(text(show(data_value, data_of("0C 04 1B5B324A"))) == R"("\u001b[2J")");
    BOOST_TEST(text(show(data_value, data_of("0C 02 C29B"))) == R"("\u009b")");
    BOOST_TEST(text(show(data_value, data_of("0C 02 C3A9"))) == "é");
}

BOOST_AUTO_TEST_CASE(the_version_of_an_object_gives_the_names) {
    // A security policy is an enumeration in version 0 and a set of bits in version 1.
    constexpr AttributeDescriptor policy{64, "0-0:43.0.0.255"_obis, 2};
    const Data data = data_of("1603");
    const auto decoded = [&](std::optional<std::uint8_t> version) {
        const ShownValue shown = dlms::render::show_value(policy, data.view(), {}, {}, version);
        return shown.decoded ? shown.decoded->dump() : "none";
    };
    BOOST_TEST(decoded(0) == "\"authenticated-and-encrypted\"");
    BOOST_TEST(decoded(1) == "none");
    // A version that the table does not have is no help.
    BOOST_TEST(decoded(9) == decoded({}));
}

BOOST_AUTO_TEST_CASE(CLIENT_X_11_an_odd_object_list_is_listed_as_it_is) {
    constexpr AttributeDescriptor object_list{15, "0-0:40.0.0.255"_obis, 2};
    const auto object = [](DataBuilder& builder, std::uint16_t class_id, std::uint8_t version) {
        constexpr std::array<dlms::Byte, 6> name{1, 0, 1, 8, 0, 255};
        builder.structure(4).long_unsigned(class_id).unsigned_(version).octet_string(name);
        builder.structure(2).array(1).structure(3).integer(1).enumerated(1).null().array(0);
    };
    // A class that nobody knows, a version above all, and one logical name three times.
    DataBuilder builder;
    builder.array(3);
    object(builder, 9999, 0);
    object(builder, 3, 200);
    object(builder, 3, 0);
    const Data data = builder.finish().value();
    for (const std::optional<std::uint8_t> version :
         {std::optional<std::uint8_t>(), std::optional<std::uint8_t>(1),
          std::optional<std::uint8_t>(200)}) {
        const ShownValue shown =
            dlms::render::show_value(object_list, data.view(), {}, {}, version);
        BOOST_REQUIRE(shown.value.size() == 3U);
        BOOST_TEST(shown.value[0][0] == 9999);
        BOOST_TEST(shown.value[1][1] == 200);
        BOOST_REQUIRE(shown.decoded.has_value());
        BOOST_REQUIRE(shown.decoded->size() == 3U);
        BOOST_TEST((*shown.decoded)[0]["class_id"] == 9999);
        BOOST_TEST((*shown.decoded)[1]["version"] == 200);
        BOOST_TEST((*shown.decoded)[2]["logical_name"] == (*shown.decoded)[0]["logical_name"]);
    }
}

BOOST_AUTO_TEST_SUITE_END()
