// Profile buffers that go as compact-array. The octets are made by hand.

#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

/// `rows` of a time and a value each; the first profile packs them, the second has rows of
/// different types.
constexpr std::string_view scenario = R"({"name": "compact", "logical_devices": [{
 "sap": 1, "name": "CPT0000000000001",
 "associations": [{"client_sap": 16, "name": "public", "mechanism": "lowest",
                   "conformance": ["get", "action", "selective-access"]}],
 "objects": [
  {"obis": "1-0:99.1.0.255", "class": 7, "version": 1, "attributes": [
   {"id": 2, "access": "r", "profile": {"compact_array": true, "rows": [
     [{"octet-string": "0102"}, {"long-unsigned": 1}],
     [{"octet-string": "030405"}, {"long-unsigned": 2}],
     [{"octet-string": ""}, {"long-unsigned": 3}]]}},
   {"id": 3, "access": "r", "value": {"array": [
     {"structure": [{"long-unsigned": 1}, {"octet-string": "0000600100FF"}, {"integer": 2},
                    {"long-unsigned": 0}]},
     {"structure": [{"long-unsigned": 3}, {"octet-string": "0100010800FF"}, {"integer": 2},
                    {"long-unsigned": 0}]}]}},
   {"id": 4, "access": "r", "value": {"double-long-unsigned": 0}},
   {"id": 5, "access": "r", "value": {"enum": 1}},
   {"id": 8, "access": "r", "value": {"double-long-unsigned": 10}}],
   "methods": [{"id": 1, "access": true}]},
  {"obis": "1-0:99.2.0.255", "class": 7, "version": 1, "attributes": [
   {"id": 2, "access": "r", "profile": {"compact_array": true, "rows": [
     [{"long-unsigned": 1}], [{"unsigned": 2}]]}},
   {"id": 3, "access": "r", "value": {"array": [
     {"structure": [{"long-unsigned": 3}, {"octet-string": "0100010800FF"}, {"integer": 2},
                    {"long-unsigned": 0}]}]}},
   {"id": 4, "access": "r", "value": {"double-long-unsigned": 0}},
   {"id": 5, "access": "r", "value": {"enum": 1}},
   {"id": 8, "access": "r", "value": {"double-long-unsigned": 10}}]}]}]})";

const std::string buffer =
    "C001C1"
    "00070100630100FF"
    "02";

struct CompactFixture {
    std::unique_ptr<Meter> meter = make_meter(scenario);
    MeterLine line{*meter};

    CompactFixture() {
        BOOST_REQUIRE(
            line.ask(aarq(context_ln + initiate("FFFFFF", "FFFF")), 16).starts_with("6129"));
    }
    std::string ask(const std::string& apdu) { return line.ask(apdu, 16); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(compact_profile, CompactFixture)

BOOST_AUTO_TEST_CASE(all_rows) {
    // A structure of an octet-string and a long-unsigned; 14 octets of contents.
    BOOST_TEST(ask(buffer + "00") ==
               "C401C100"
               "13"
               "02020912"
               "0E"
               "020102"
               "0001"
               "03030405"
               "0002"
               "00"
               "0003");
}

BOOST_AUTO_TEST_CASE(some_rows_and_columns) {
    // Entries 2 and 3, of them the second column.
    BOOST_TEST(ask(buffer + "0102"
                            "0204"
                            "0600000002"
                            "0600000003"
                            "120002"
                            "120002") ==
               "C401C100"
               "13"
               "020112"
               "04"
               "0002"
               "0003");
}

BOOST_AUTO_TEST_CASE(no_rows_and_rows_of_different_types_go_as_an_array) {
    BOOST_TEST(ask("C001C1"
                   "00070100630200FF"
                   "0200") ==
               "C401C100"
               "0102"
               "0201120001"
               "02011102");
    BOOST_TEST(ask("C301C1"
                   "00070100630100FF"
                   "01010F00") == "C701C10000");
    BOOST_TEST(ask(buffer + "00") ==
               "C401C100"
               "0100");
}

BOOST_AUTO_TEST_CASE(both_encodings_are_a_contradiction) {
    std::string text(scenario);
    const std::string compact = "\"compact_array\": true";
    text.replace(text.find(compact), compact.size(), compact + ", \"null_data_compression\": true");
    const auto parsed = parse_scenario(text);
    BOOST_REQUIRE(!parsed);
    BOOST_TEST(parsed.error() ==
               "/logical_devices/0/objects/0/attributes/0/profile/compact_array: expected false, "
               "where null_data_compression is true");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
