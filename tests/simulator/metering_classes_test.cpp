// What demand registers, register activation, profiles and the clock do as time goes on.

#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

using namespace std::chrono_literals;

// Local time is UTC+1; summer time from the last Sunday of March to that of October.
const std::string scenario = R"({
 "name": "metering", "clock": {"time_zone": -60, "hundredths": false},
 "load": {"energy_at_start": {"energy_active_import": [5000000, 5000000, 5000000, 5000000]}},
 "logical_devices": [{"sap": 1, "name": "TST0000000000001",
  "associations": [{"client_sap": 1, "name": "all", "mechanism": "lowest",
   "conformance": ["get", "set", "action", "selective-access"], "max_receive_pdu_size": 65535}],
  "objects": [
   {"obis": "0-0:1.0.0.255", "class": 8, "attributes": [
     {"id": 2, "access": "rw", "computed": "clock_time"},
     {"id": 3, "access": "rw", "computed": "clock_time_zone"},
     {"id": 4, "access": "r", "computed": "clock_status"},
     {"id": 5, "access": "rw", "value": {"octet-string": "FFFF03FE0702000000800000"}},
     {"id": 6, "access": "rw", "value": {"octet-string": "FFFF0AFE0703000000800000"}},
     {"id": 7, "access": "rw", "value": {"integer": 60}},
     {"id": 8, "access": "rw", "value": {"boolean": true}}],
    "methods": [{"id": 6, "access": true}]},
   {"obis": "0-0:96.11.0.255", "class": 1, "attributes": [
     {"id": 2, "access": "rw", "value": {"long": 1}}]},
   {"obis": "1-0:1.8.0.255", "class": 3, "attributes": [
     {"id": 2, "access": "r", "living": "energy_active_import", "type": "double-long-unsigned", "scaler": 0},
     {"id": 3, "access": "r", "value": {"structure": [{"integer": 0}, {"enum": 30}]}}],
    "methods": [{"id": 1, "access": true}]},
   {"obis": "1-0:1.8.1.255", "class": 3, "attributes": [
     {"id": 2, "access": "r", "living": "energy_active_import", "type": "double-long-unsigned", "scaler": 0}]},
   {"obis": "1-0:1.8.2.255", "class": 3, "attributes": [
     {"id": 2, "access": "r", "living": "energy_active_import", "type": "double-long-unsigned", "scaler": 0}]},
   {"obis": "1-0:1.6.0.255", "class": 4, "attributes": [
     {"id": 2, "access": "rw", "value": {"double-long-unsigned": 1000}},
     {"id": 3, "access": "r", "value": {"structure": [{"integer": 0}, {"enum": 27}]}},
     {"id": 4, "access": "r", "value": null},
     {"id": 5, "access": "r", "value": {"octet-string": "FFFFFFFFFFFFFFFFFF8000FF"}}],
    "methods": [{"id": 1, "access": true}]},
   {"obis": "1-0:1.4.0.255", "class": 5, "attributes": [
     {"id": 2, "access": "r", "living": "active_power_import", "type": "double-long-unsigned", "scaler": 0},
     {"id": 3, "access": "r", "living": "active_power_import", "type": "double-long-unsigned", "scaler": 0},
     {"id": 4, "access": "r", "value": {"structure": [{"integer": 0}, {"enum": 27}]}},
     {"id": 5, "access": "r", "value": null},
     {"id": 6, "access": "r", "value": {"octet-string": "FFFFFFFFFFFFFFFFFF8000FF"}},
     {"id": 7, "access": "r", "value": {"octet-string": "FFFFFFFFFFFFFFFFFF8000FF"}},
     {"id": 8, "access": "rw", "value": {"double-long-unsigned": 60}},
     {"id": 9, "access": "rw", "value": {"long-unsigned": 3}}],
    "methods": [{"id": 1, "access": true}, {"id": 2, "access": true}]},
   {"obis": "0-0:14.0.0.255", "class": 6, "attributes": [
     {"id": 2, "access": "r", "value": {"array": [
       {"structure": [{"long-unsigned": 3}, {"octet-string": "0100010801FF"}]},
       {"structure": [{"long-unsigned": 3}, {"octet-string": "0100010802FF"}]}]}},
     {"id": 3, "access": "r", "value": {"array": [
       {"structure": [{"octet-string": "01"}, {"array": [{"unsigned": 1}]}]},
       {"structure": [{"octet-string": "02"}, {"array": [{"unsigned": 2}]}]}]}},
     {"id": 4, "access": "rw", "value": {"octet-string": "01"}}],
    "methods": [{"id": 1, "access": true}, {"id": 2, "access": true}, {"id": 3, "access": true}]},
   {"obis": "1-0:99.1.0.255", "class": 7, "version": 1, "attributes": [
     {"id": 2, "access": "r", "profile": {"history_days": 365}},
     {"id": 3, "access": "r", "value": {"array": [
       {"structure": [{"long-unsigned": 8}, {"octet-string": "0000010000FF"}, {"integer": 2}, {"long-unsigned": 0}]},
       {"structure": [{"long-unsigned": 3}, {"octet-string": "0100010800FF"}, {"integer": 2}, {"long-unsigned": 0}]},
       {"structure": [{"long-unsigned": 1}, {"octet-string": "0000600B00FF"}, {"integer": 2}, {"long-unsigned": 0}]}]}},
     {"id": 4, "access": "rw", "value": {"double-long-unsigned": 900}},
     {"id": 5, "access": "r", "value": {"enum": 1}},
     {"id": 6, "access": "r", "value": {"structure": [{"long-unsigned": 0}, {"octet-string": "000000000000"}, {"integer": 0}, {"long-unsigned": 0}]}},
     {"id": 7, "access": "r", "computed": "entries_in_use"},
     {"id": 8, "access": "rw", "value": {"double-long-unsigned": 100000}}],
    "methods": [{"id": 1, "access": true}, {"id": 2, "access": true}]},
   {"obis": "1-0:99.2.0.255", "class": 7, "version": 1, "attributes": [
     {"id": 2, "access": "r", "profile": {"captures_on": ["clock_set"]}},
     {"id": 3, "access": "rw", "value": {"array": [
       {"structure": [{"long-unsigned": 8}, {"octet-string": "0000010000FF"}, {"integer": 2}, {"long-unsigned": 0}]},
       {"structure": [{"long-unsigned": 1}, {"octet-string": "0000600B00FF"}, {"integer": 2}, {"long-unsigned": 0}]}]}},
     {"id": 4, "access": "rw", "value": {"double-long-unsigned": 0}},
     {"id": 5, "access": "rw", "value": {"enum": 1}},
     {"id": 6, "access": "rw", "value": {"structure": [{"long-unsigned": 1}, {"octet-string": "0000600B00FF"}, {"integer": 2}, {"long-unsigned": 0}]}},
     {"id": 7, "access": "r", "computed": "entries_in_use"},
     {"id": 8, "access": "rw", "value": {"double-long-unsigned": 3}}],
    "methods": [{"id": 1, "access": true}, {"id": 2, "access": true}]}
  ]}]})";

const std::string clock_object = "00080000010000FF";
const std::string code = "00010000600B00FF02";
const std::string total = "00030100010800FF";
const std::string history = "00070100630100FF";
const std::string rows = "00070100630200FF";
const std::string demand = "00050100010400FF";
const std::string activation = "000600000E0000FF";
const std::string done = "C701C10000";
const std::string written = "C501C100";
const std::string clock_column = "020412000809060000010000FF0F02120000";

std::string hex(std::uint64_t value, int octet_count) {
    std::string text;
    for (int shift = 8 * (octet_count - 1); shift >= 0; shift -= 8) {
        text += to_hex(std::array<Byte, 1>{static_cast<Byte>(value >> shift)});
    }
    return text;
}

struct MeteringFixture {
    std::unique_ptr<Meter> meter = make_meter(scenario);
    MeterLine line{*meter};

    MeteringFixture() { associate(); }
    void associate() {
        BOOST_REQUIRE(
            line.ask(aarq(context_ln + initiate("FFFFFD", "FFFF")), 1).starts_with("6129"));
    }
    std::string ask(const std::string& apdu) { return line.ask(apdu, 1); }
    std::string get(const std::string& attribute, const std::string& selection = "00") {
        const std::string answer = ask("C001C1" + attribute + selection);
        BOOST_REQUIRE_MESSAGE(answer.starts_with("C401C100"), attribute + ": " + answer);
        return answer.substr(8);
    }
    std::string set(const std::string& attribute, const std::string& value) {
        return ask("C101C1" + attribute + "00" + value);
    }
    std::string call(const std::string& method, const std::string& parameter = "0F00") {
        return ask("C301C1" + method + "01" + parameter);
    }
    axdr::Data data(const std::string& attribute, const std::string& selection = "00") {
        return axdr::Data::parse(octets(get(attribute, selection))).value();
    }
    std::uint64_t number(const std::string& attribute) {
        const axdr::Data value = data(attribute);
        return value.view().unsigned_integer().value();
    }
    /// The codes in the buffer, one digit pair each.
    std::string codes() {
        std::string all;
        const axdr::Data buffer = data(rows + "02");
        const auto each = buffer.view().elements();
        for (const axdr::DataView& row : *each) {
            all += std::to_string(*row.element(1)->signed_integer()) + " ";
        }
        return all;
    }
    void capture(std::int16_t value) {
        BOOST_TEST(set(code, "10" + hex(static_cast<std::uint16_t>(value), 2)) == written);
        BOOST_TEST(call(rows + "02") == done);
        line.advance(1s);
    }
    std::string range(const std::string& from, const std::string& to,
                      const std::string& columns = "0100") {
        return "01010204" + clock_column + "090C" + from + "090C" + to + columns;
    }
    std::string entries(std::uint64_t from, std::uint64_t to, std::uint64_t first,
                        std::uint64_t last) {
        return "0102020406" + hex(from, 4) + "06" + hex(to, 4) + "12" + hex(first, 2) + "12" +
               hex(last, 2);
    }
    std::size_t count(const std::string& selection, const std::string& profile = history) {
        const axdr::Data buffer = data(profile + "02", selection);
        return buffer.view().elements()->size();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(metering_classes, MeteringFixture)

BOOST_AUTO_TEST_CASE(CC_DEM_1_demand_register) {
    // 11:00:00 local time; a period is a minute, the mean is taken over three.
    line.advance(30s);
    BOOST_TEST(get(demand + "07").substr(14, 6) == "0A3A00");  // two minutes before 11:00
    const std::uint64_t current = number(demand + "02");
    line.advance(30s);
    const std::uint64_t last = number(demand + "03");
    BOOST_TEST(last > current);  // half a minute was missing
    BOOST_TEST(get(demand + "06").substr(14, 6) == "0B0100");
    BOOST_TEST(get(demand + "07").substr(14, 6) == "0A3B00");  // the window slides
    line.advance(180s);
    const double before = static_cast<double>(number(total + "02"));
    BOOST_TEST(get(demand + "06").substr(14, 6) == "0B0400");
    // The mean is that of the energy of three minutes.
    line.advance(180s);
    const double wh = static_cast<double>(number(total + "02")) - before;
    BOOST_TEST(std::abs(static_cast<double>(number(demand + "03")) - wh * 20) <= 20);
    line.advance(20s);
    BOOST_TEST(call(demand + "02") == done);  // next_period
    BOOST_TEST(get(demand + "06").substr(14, 6) == "0B0714");
    BOOST_TEST(number(demand + "03") > 0u);
    BOOST_TEST(call(demand + "01") == done);  // reset
    BOOST_TEST(number(demand + "02") == 0u);
    BOOST_TEST(number(demand + "03") == 0u);
    line.advance(61s);
    BOOST_TEST(number(demand + "03") > 0u);
    BOOST_TEST(set(demand + "09", "120000") == "C501C1FA");
    // As long as their types can say: the mean is of a shorter time, and nothing breaks.
    BOOST_TEST(set(demand + "08", "06FFFFFFFF") == "C501C100");
    BOOST_TEST(set(demand + "09", "12FFFF") == "C501C100");
    line.advance(61s);
    BOOST_TEST(get(demand + "07").starts_with("090C"));
    BOOST_TEST(get(demand + "02").starts_with("06"));
    BOOST_TEST(get(demand + "03").starts_with("06"));
}

BOOST_AUTO_TEST_CASE(CC_REG_1_extended_register_value_and_time) {
    const std::string maximum = "00040100010600FF";
    line.advance(90s);
    BOOST_TEST(set(maximum + "02", "0600000FA0") == written);
    BOOST_TEST(get(maximum + "05").substr(14, 6) == "0B011E");
    line.advance(30s);
    BOOST_TEST(call(maximum + "01", "0F05") == done);  // data is integer (0); its value is ignored
    BOOST_TEST(get(maximum + "02") == "06000003E8");
    BOOST_TEST(get(maximum + "05").substr(14, 6) == "0B0200");
    BOOST_TEST(call(maximum + "01", "1200") == "D80102");
}

BOOST_AUTO_TEST_CASE(CC_RACT_1_only_masked_registers_count) {
    const std::string first = "00030100010801FF02";
    const std::string second = "00030100010802FF02";
    const std::uint64_t second_stands = number(second);
    const std::uint64_t first_before = number(first);
    line.advance(1h);
    BOOST_TEST(number(first) > first_before);
    BOOST_TEST(number(second) == second_stands);
    BOOST_TEST(set(activation + "04", "090103") == "C501C1FA");  // there is no such mask
    BOOST_TEST(set(activation + "04", "090102") == written);
    const std::uint64_t first_stands = number(first);
    line.advance(1h);
    BOOST_TEST(number(first) == first_stands);
    BOOST_TEST(number(second) > second_stands);
    BOOST_TEST(call(activation + "02",
                    "0202"
                    "090103"
                    "0102"
                    "1101"
                    "1102") == done);
    BOOST_TEST(call(activation + "02",
                    "0202"
                    "090104"
                    "0101"
                    "1103") == "C701C1FA00");
    BOOST_TEST(set(activation + "04", "090103") == written);
    BOOST_TEST(call(activation + "03", "090103") == "C701C1FA00");  // in use
    BOOST_TEST(call(activation + "03", "090102") == done);
    BOOST_TEST(call(activation + "03", "090102") == "C701C1FA00");
    line.advance(1h);
    BOOST_TEST(number(first) > first_stands);
}

BOOST_AUTO_TEST_CASE(CC_PG_1_capture_on_its_period) {
    BOOST_TEST(set(rows + "08", "0600000064") == written);
    BOOST_TEST(set(rows + "04", "060000012C") == written);  // five minutes
    line.advance(17min);
    const axdr::Data buffer = data(rows + "02");
    BOOST_REQUIRE(buffer.view().elements()->size() == 3u);
    BOOST_TEST(to_hex(buffer.view().element(0)->element(0)->octets().value().subspan(5, 3)) ==
               "0B0500");
    BOOST_TEST(to_hex(buffer.view().element(2)->element(0)->octets().value().subspan(5, 3)) ==
               "0B0F00");
    BOOST_TEST(number(rows + "07") == 3u);
    BOOST_TEST(call(rows + "01") == done);
    BOOST_TEST(get(rows + "02") == "0100");
    BOOST_TEST(count(range("07EA0301FF00000000FFC400", "07EA0302FF00000000FFC400"), rows) == 0u);
}

BOOST_AUTO_TEST_CASE(CC_PG_1_capture_on_a_happening) {
    BOOST_TEST(set(clock_object + "02", "090C07EA0301FF0C000000FFC400") == written);
    BOOST_TEST(number(rows + "07") == 1u);
}

BOOST_AUTO_TEST_CASE(CC_PG_2_every_sort_method) {
    struct Expected {
        int method;
        std::string codes;
    };
    for (const auto& [method, expected] :
         {Expected{1, "-9 4 2 "}, Expected{2, "2 4 -9 "}, Expected{3, "7 4 2 "},
          Expected{4, "-9 1 2 "}, Expected{5, "1 2 4 "}, Expected{6, "-9 7 4 "}}) {
        BOOST_TEST_CONTEXT("sort method " << method) {
            BOOST_TEST(set(rows + "05", "16" + hex(static_cast<std::uint64_t>(method), 1)) ==
                       written);
            BOOST_TEST(number(rows + "07") == 0u);
            for (const int value : {1, 7, -9, 4, 2}) {
                capture(static_cast<std::int16_t>(value));
            }
            BOOST_TEST(codes() == expected);
            BOOST_TEST(number(rows + "07") == 3u);
        }
    }
    BOOST_TEST(set(rows + "05", "1607") == "C501C1FA");
}

BOOST_AUTO_TEST_CASE(CC_PG_3_changes_clear) {
    for (const auto& [attribute, value] :
         {std::pair("03", "0101" + clock_column), std::pair("04", std::string("0600000E10")),
          std::pair("05", std::string("1602")), std::pair("08", std::string("0600000002"))}) {
        capture(5);
        BOOST_TEST(number(rows + "07") > 0u);
        BOOST_TEST(set(rows + attribute, value) == written);
        BOOST_TEST(number(rows + "07") == 0u);
        BOOST_TEST(get(rows + "02") == "0100");
    }
    BOOST_TEST(set(rows + "08", "0600FFFFFF") == "C501C1FA");  // more than there is room for
}

BOOST_AUTO_TEST_CASE(CC_PG_5_range_of_a_history) {
    // A quarter of an hour each, and 365 days of them.
    BOOST_TEST(number(history + "07") == 365u * 96u);
    const std::string day = "07E90C18FF";  // 2025-12-24
    BOOST_TEST(count(range(day + "0A000000FFC400", day + "0A000000FFC400")) == 1u);
    BOOST_TEST(count(range(day + "0B000000FFC400", day + "0A000000FFC400")) == 0u);
    BOOST_TEST(count(range("07D00101FF00000000FFC400", "07D00102FF00000000FFC400")) == 0u);
    BOOST_TEST(count(range("07EE0101FF00000000FFC400", "07EE0102FF00000000FFC400")) == 0u);
    BOOST_TEST(count(range(day + "00000000FFC400", day + "173B3B00FFC400")) == 96u);
    // Without a deviation the parts are compared; in UTC the instant counts.
    BOOST_TEST(count(range(day + "0A000000800000", day + "0A0F0000800000")) == 2u);
    BOOST_TEST(count(range(day + "0900000000"
                                 "0000",
                           day + "0900000000"
                                 "0000")) == 1u);
    // The hour that comes twice: 2025-10-26, 02:00 to 02:59 in summer and in standard time.
    BOOST_TEST(count(range("07E90A1AFF00000000FF8880", "07E90A1AFF173B0000FFC400")) == 100u);
    // And the one that does not come in March... of 2025-03-30: 92 quarters.
    BOOST_TEST(count(range("07E9031EFF00000000FFC400", "07E9031EFF173B0000FF8880")) == 92u);
    // Selected columns; an unknown one.
    const axdr::Data narrow =
        data(history + "02",
             range(day + "0A000000FFC400", day + "0A000000FFC400", "0101" + clock_column));
    BOOST_TEST(narrow.view().element(0)->elements()->size() == 1u);
    BOOST_TEST(ask("C001C1" + history + "02" +
                   range(day + "0A000000FFC400", day + "0A000000FFC400",
                         "0101"
                         "02041200010906"
                         "000060FF00FF"
                         "0F02120000")) == "C401C101FA");
}

BOOST_AUTO_TEST_CASE(a_history_agrees_with_the_registers) {
    const std::uint64_t now = number(total + "02");
    const axdr::Data last = data(history + "02", entries(365 * 96, 0, 1, 0));
    BOOST_REQUIRE(last.view().elements()->size() == 1u);
    BOOST_TEST(last.view().element(0)->element(1)->unsigned_integer().value() == now);
    const std::string instant = "07EA0301FF0B0F0000FFC400";  // a quarter of an hour on
    line.advance(15min);
    const axdr::Data next = data(history + "02", range(instant, instant));
    BOOST_TEST(next.view().element(0)->element(1)->unsigned_integer().value() ==
               number(total + "02"));
    // Rows never count backwards, and the same meter tells the same twice.
    const std::string june = range("07E90601FF00000000FF8880", "07E9060AFF173B3B00FF8880");
    const std::string days = get(history + "02", june);
    BOOST_TEST(count(june) == 10u * 96u);
    const axdr::Data all = axdr::Data::parse(octets(days)).value();
    std::uint64_t before = 0;
    const auto each = all.view().elements();
    for (const axdr::DataView& row : *each) {
        const std::uint64_t value = row.element(1)->unsigned_integer().value();
        BOOST_TEST(value >= before);
        before = value;
    }
    const auto twin = make_meter(scenario);
    MeterLine other(*twin);
    BOOST_REQUIRE(other.ask(aarq(context_ln + initiate("FFFFFD", "FFFF")), 1).starts_with("6129"));
    BOOST_TEST(other.ask("C001C1" + history + "02" + june, 1).substr(8) == days);
}

BOOST_AUTO_TEST_CASE(what_changes_later_leaves_the_rows_before_as_they_were) {
    line.advance(15min);
    const std::string before = get(history + "02", entries(365 * 96 - 3, 0, 1, 0));
    BOOST_TEST(set(code, "100007") == written);
    BOOST_TEST(call(total + "01") == done);
    BOOST_TEST(number(history + "07") == 365u * 96u + 1);
    BOOST_TEST(get(history + "02", entries(365 * 96 - 3, 0, 1, 0)) == before);
    line.advance(15min);
    const axdr::Data last = data(history + "02", entries(365 * 96 + 2, 0, 1, 0));
    BOOST_TEST(last.view().element(0)->element(2)->signed_integer().value() == 7);
    BOOST_TEST(last.view().element(0)->element(1)->unsigned_integer().value() ==
               number(total + "02"));
    // The clock jumps: rows go on with its new time.
    BOOST_TEST(set(clock_object + "02", "090C07EA0301FF0D010000FFC400") == written);
    line.advance(15min);
    const axdr::Data after = data(history + "02", entries(365 * 96 + 3, 0, 1, 1));
    BOOST_TEST(to_hex(after.view().element(0)->element(0)->octets().value().subspan(5, 3)) ==
               "0D0F00");
}

BOOST_AUTO_TEST_CASE(CC_PG_6_entry_edges) {
    BOOST_TEST(set(rows + "08", "060000000A") == written);
    for (std::int16_t value = 1; value <= 10; ++value) {
        capture(value);
    }
    BOOST_TEST(count(entries(1, 1, 1, 0), rows) == 1u);
    BOOST_TEST(count(entries(8, 0, 1, 0), rows) == 3u);
    BOOST_TEST(ask("C001C1" + rows + "02" + entries(0, 3, 1, 0)) == "C401C1010C");
    BOOST_TEST(count(entries(11, 12, 1, 0), rows) == 0u);
    BOOST_TEST(count(entries(3, 2, 1, 0), rows) == 0u);
    const axdr::Data second = data(rows + "02", entries(1, 1, 2, 2));
    BOOST_TEST(second.view().element(0)->elements()->size() == 1u);
    BOOST_TEST(ask("C001C1" + rows + "02" + entries(1, 1, 5, 6)) == "C401C1010C");
    const axdr::Data whole = data(rows + "02", entries(1, 1, 0, 0));
    BOOST_TEST(whole.view().element(0)->elements()->size() == 2u);
}

BOOST_AUTO_TEST_CASE(CC_CLK_3_daylight_saving) {
    const auto time = [&] { return get(clock_object + "02").substr(4); };
    // To the 29th of March 2026, a Sunday, 01:59:59.
    BOOST_TEST(set(clock_object + "02", "090C07EA031DFF013B3B00FFC400") == written);
    BOOST_TEST(time() == "07EA031D07013B3BFFFFC400");
    line.advance(1s);
    BOOST_TEST(time() == "07EA031D07030000FFFF8880");
    BOOST_TEST(get(clock_object + "04") == "1180");
    BOOST_TEST(set(clock_object + "08", "0300") == written);
    BOOST_TEST(time() == "07EA031D07020000FFFFC400");
    BOOST_TEST(set(clock_object + "08", "0301") == written);
    BOOST_TEST(time() == "07EA031D07030000FFFF8880");
    // The 25th of October, 02:59:59 in summer time.
    BOOST_TEST(set(clock_object + "02", "090C07EA0A19FF023B3B00FF8880") == written);
    BOOST_TEST(time() == "07EA0A1907023B3BFFFF8880");
    line.advance(1s);
    BOOST_TEST(time() == "07EA0A1907020000FFFFC400");
    BOOST_TEST(get(clock_object + "04") == "1100");
    line.advance(1h);
    BOOST_TEST(time() == "07EA0A1907030000FFFFC400");
}

BOOST_AUTO_TEST_CASE(CC_CLK_1_set_without_deviation) {
    // In July local time is summer time.
    BOOST_TEST(set(clock_object + "02", "090C07EA0701FF0C000000800000") == written);
    BOOST_TEST(get(clock_object + "02") == "090C07EA0701030C0000FFFF8880");
    // The status tells which of two hours is meant.
    BOOST_TEST(set(clock_object + "02", "090C07EA0A19FF021E0000800080") == written);
    BOOST_TEST(get(clock_object + "02") == "090C07EA0A1907021E00FFFF8880");
    BOOST_TEST(set(clock_object + "02", "090C07EA0A19FF021E0000800000") == written);
    BOOST_TEST(get(clock_object + "02") == "090C07EA0A1907021E00FFFFC400");
}

BOOST_AUTO_TEST_CASE(CC_CLK_2_invalid_rules) {
    BOOST_TEST(set(clock_object + "05", "090B07EA0701FF0C0000008000") == "C501C10C");
    BOOST_TEST(set(clock_object + "05", "090CFFFF0D010702000000800000") == "C501C10C");
    BOOST_TEST(set(clock_object + "07", "0F79") == "C501C10C");
    BOOST_TEST(get(clock_object + "07") == "0F3C");
}

BOOST_AUTO_TEST_CASE(power_comes_back) {
    capture(3);
    BOOST_TEST(set(code, "100009") == written);
    const std::uint64_t before = number(total + "02");
    meter->power_off(line.now());
    line.advance(1h);
    BOOST_TEST(ask("C001C1" + code + "00") == "");  // nobody is there
    meter->power_on(line.now());
    BOOST_TEST(ask("C001C1" + code + "00") == "D80102");  // associations are not kept
    associate();
    BOOST_TEST(number(rows + "07") == 1u);
    BOOST_TEST(get(code) == "100009");
    BOOST_TEST(number(total + "02") >= before);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
