// Profiles of the simulated meter: selective access, and compressed buffers.

#include "stack/axdr/data.hpp"
#include "stack/cosem/profile_buffer.hpp"
#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

const std::string profile = "00070100630100FF";
const std::string compressed = "00070100630200FF";
const std::string clock_column =
    "0204120008090600"
    "00010000FF0F02120000";
const std::string import_column = "020412000309060100010800FF0F02120000";
const std::string all = "0100";

struct FullFixture {
    std::unique_ptr<Meter> meter = make_meter(builtin_scenario("full"));
    MeterLine line{*meter};

    FullFixture() { line.open_full(); }
    std::string ask(const std::string& apdu) { return line.ask(apdu, 1); }
    std::string range(const std::string& column, const std::string& from, const std::string& to,
                      const std::string& columns) {
        return ask("C001C1" + profile + "0201010204" + column + from + to + columns);
    }
    /// A time of 2026-03-14 as Data; hour and minute in hexadecimal.
    static std::string at(const std::string& hour_and_minute) {
        return "090C07EA030EFF" + hour_and_minute + "00FF800000";
    }
    std::string entries(std::uint8_t from, std::uint8_t to, std::uint8_t first, std::uint8_t last) {
        const auto hex = [](std::uint8_t octet) { return to_hex(std::array<Byte, 1>{octet}); };
        return ask("C001C1" + profile +
                   "02010202040600"
                   "0000" +
                   hex(from) + "06000000" + hex(to) + "1200" + hex(first) + "1200" + hex(last));
    }
    static axdr::Data value(const std::string& answer) {
        BOOST_REQUIRE(answer.starts_with("C401C100"));
        return axdr::Data::parse(octets(answer.substr(8))).value();
    }
    /// Columns of the row with this index.
    static std::size_t columns(const std::string& answer, std::size_t row) {
        const axdr::Data data = value(answer);
        return data.view().element(row)->elements()->size();
    }
    static std::size_t rows(const std::string& answer) {
        const axdr::Data data = value(answer);
        return data.view().elements()->size();
    }
};

/// Wh of the row of so many quarters of an hour, as the scenario has them.
std::string wh(std::uint32_t row) {
    const std::uint32_t value = 12'000'000 + 11 * row * row / 4 + 40 * row;
    return "06" + to_hex(std::array<Byte, 4>{
                      static_cast<Byte>(value >> 24), static_cast<Byte>(value >> 16),
                      static_cast<Byte>(value >> 8), static_cast<Byte>(value)});
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(profiles, FullFixture)

BOOST_AUTO_TEST_CASE(COSEM_X_Y_profile_range) {
    // From 01:00 to 01:30, the import alone.
    BOOST_TEST(range(clock_column, at("0100"), at("011E"), "0101" + import_column) ==
               "C401C1000103"
               "0201" +
                   wh(4) + "0201" + wh(5) + "0201" + wh(6));
    BOOST_TEST(rows(range(clock_column, at("0100"), at("011E"), all)) == 3u);
    BOOST_TEST(columns(range(clock_column, at("0100"), at("0100"), all), 0) == 5u);
    // The whole day, nothing, from behind to.
    BOOST_TEST(rows(range(clock_column, at("0000"), "090C07EA030FFF000000FF800000", all)) == 96u);
    BOOST_TEST(range(clock_column, at("0101"), at("0102"), all) == "C401C1000100");
    BOOST_TEST(range(clock_column, at("0200"), at("0100"), all) == "C401C1000100");
    // By a value that is no time.
    BOOST_TEST(range(import_column, wh(10), wh(12), "0101" + import_column) ==
               "C401C1000103"
               "0201" +
                   wh(10) + "0201" + wh(11) + "0201" + wh(12));
}

BOOST_AUTO_TEST_CASE(CC_PG_5_columns_and_parameters_that_are_not_there) {
    const std::string other = "020412000309060100630800FF0F02120000";
    BOOST_TEST(range(other, wh(1), wh(2), all) == "C401C101FA");
    BOOST_TEST(range(clock_column, at("0100"), at("0200"), "0101" + other) == "C401C101FA");
    BOOST_TEST(range(clock_column, "1101", "1102", all) == "C401C1010C");
    BOOST_TEST(ask("C001C1" + profile + "0201010203" + clock_column + at("0100") + at("0200")) ==
               "C401C1010C");
    BOOST_TEST(ask("C001C1" + profile + "02010300") == "C401C101FA");
    BOOST_TEST(ask("C001C1" + profile + "0301010100") == "C401C101FA");  // another attribute
}

BOOST_AUTO_TEST_CASE(CC_PG_6_entries) {
    BOOST_TEST(rows(entries(1, 1, 1, 0)) == 1u);
    BOOST_TEST(entries(94, 0, 2, 2) ==
               "C401C1000103"
               "0201" +
                   wh(94) + "0201" + wh(95) + "0201" + wh(96));
    BOOST_TEST(entries(0, 3, 1, 0) == "C401C1010C");
    BOOST_TEST(entries(97, 98, 1, 0) == "C401C1000100");
    BOOST_TEST(entries(3, 2, 1, 0) == "C401C1000100");
    BOOST_TEST(columns(entries(1, 2, 2, 3), 1) == 2u);
    BOOST_TEST(columns(entries(1, 1, 0, 0), 0) == 5u);
    BOOST_TEST(entries(1, 1, 6, 7) == "C401C1010C");
}

BOOST_AUTO_TEST_CASE(CC_PG_1_an_empty_buffer_is_no_error) {
    BOOST_TEST(ask("C301C1" + profile + "01010F00") == "C701C10000");
    BOOST_TEST(ask("C001C1" + profile + "0700") == "C401C1000600000000");
    BOOST_TEST(range(clock_column, at("0100"), at("0200"), all) == "C401C1000100");
    BOOST_TEST(entries(1, 0, 1, 0) == "C401C1000100");
}

BOOST_AUTO_TEST_CASE(CC_PG_7_null_data_in_a_buffer) {
    const axdr::Data plain = value(ask("C001C1" + profile + "0200"));
    const axdr::Data packed = value(ask("C001C1" + compressed + "0200"));
    BOOST_TEST(packed.encoded().size() < plain.encoded().size() * 6 / 10);
    // The second row: the time is implied by the capture period.
    BOOST_TEST(packed.view().element(1)->element(0)->is_null());
    BOOST_TEST(!packed.view().element(1)->element(1)->is_null());
    const axdr::Data capture_objects = value(ask("C001C1" + compressed + "0300"));
    const auto columns = cosem::read_capture_objects(capture_objects.view()).value();
    auto reader = cosem::ProfileBufferReader::make(packed.view(), columns, 900).value();
    const axdr::ElementRange wanted = plain.view().elements().value();
    for (const axdr::DataView& row : wanted) {
        const auto values = reader.next().value();
        const axdr::ElementRange expected = row.elements().value();
        BOOST_REQUIRE(std::ranges::equal(
            values, std::vector<axdr::DataView>(expected.begin(), expected.end())));
    }
    BOOST_TEST(reader.rows_left() == 0u);
}

BOOST_AUTO_TEST_CASE(CC_ASS_1_parts_of_the_object_list) {
    const std::string list = "C001C1000F0000280000FF0201";
    const axdr::Data whole = value(ask("C001C1000F0000280000FF0200"));
    const axdr::Data plain = value(ask(list + "0100"));
    BOOST_TEST(plain.view().elements()->size() == whole.view().elements()->size());
    BOOST_TEST(plain.view().element(0)->elements()->size() == 3u);  // no access rights
    // Classes 8 and 17.
    BOOST_TEST(ask(list + "020102120008120011") ==
               "C401C1000102"
               "0203120008110009060000010000FF"
               "0203120011110009060000290000FF");
    // Two objects, one of which is not there; and one.
    BOOST_TEST(ask(list + "030102"
                          "0202120001090600002A0000FF"
                          "02021200010906636363636363") ==
               "C401C1000101"
               "0204120001110009"
               "0600002A0000FF"
               "0202010202030F0116010002030F021601000100");
    BOOST_TEST(ask(list + "040202120001090600002A0000FF")
                   .starts_with("C401C1000101"
                                "0204120001"));
    BOOST_TEST(ask(list + "0500") == "C401C101FA");
    BOOST_TEST(ask(list + "0211") == "D80102");
    BOOST_TEST(ask(list + "021101") == "C401C1010C");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
