// The conformance cases APPL_DATA_SN against the simulated meter that negotiates everything.

#include <map>
#include <set>

#include "stack/axdr/data.hpp"
#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

const std::string own_name =
    "0C01000906"
    "0000280000FF";

struct ShortNameFixture {
    std::unique_ptr<Meter> meter = make_meter(builtin_scenario("full"));
    MeterLine line{*meter};
    std::map<std::string, std::uint16_t> base_names;  // by logical name in hexadecimal

    ShortNameFixture() {
        line.open_full_short_names();
        const axdr::Data list = value(read(0xFA08));
        const axdr::ElementRange entries = list.view().elements().value();
        for (const axdr::DataView& entry : entries) {
            base_names[to_hex(entry.element(3)->octets().value())] =
                static_cast<std::uint16_t>(entry.element(0)->signed_integer().value());
        }
    }
    std::string ask(const std::string& apdu) { return line.ask(apdu, 18); }
    static std::string hex(std::size_t name) {
        return to_hex(std::array<Byte, 2>{static_cast<Byte>(name >> 8), static_cast<Byte>(name)});
    }
    std::string read(std::size_t name) { return ask("050102" + hex(name)); }
    std::string write(std::size_t name, const std::string& data) {
        return ask("060102" + hex(name) + "01" + data);
    }
    static axdr::Data value(const std::string& answer) {
        BOOST_REQUIRE(answer.starts_with("0C0100"));
        return axdr::Data::parse(octets(answer.substr(6))).value();
    }
    std::size_t text() { return base_names.at("0000600D00FF") + 8u; }
    std::size_t relay_base() { return base_names.at("000060030AFF"); }
    void expect_alive() { BOOST_TEST(read(0xFA00) == own_name); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(short_name_conformance, ShortNameFixture)

BOOST_AUTO_TEST_CASE(APPL_OPEN_1_short_names) {
    const std::string answer = ask(aarq(context_sn + lls + password + initiate("FFFFFF", "FFFF")));
    BOOST_TEST(answer.substr(answer.size() - 14) == "3C1BA00400FA00");
    expect_alive();
    // The context must be the declared one.
    BOOST_TEST(ask(aarq(context_ln + lls + password + initiate("FFFFFF", "FFFF")))
                   .find("A203020101A305A103020102") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(APPL_IDLE_N1_short_names) {
    MeterLine other(*meter);
    BOOST_TEST(other.ask("050102FA00", 18) == "0E010302");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_N1_read_with_errors) {
    BOOST_TEST(ask("05014102FA00") == "0E050302");
    BOOST_TEST(ask("050102") == "0E050302");
    BOOST_TEST(read(0) == "0C010104");
    expect_alive();
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_N2_write_with_errors) {
    BOOST_TEST(ask("06014102FA00011101") == "0E060302");
    BOOST_TEST(ask("060102") == "0E060302");
    BOOST_TEST(write(0, "1101") == "0D010104");
    BOOST_TEST(read(text()) == "0C01000900");
    expect_alive();
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_N3_unsupported_service) {
    BOOST_TEST(ask("C001C1000100002A0000FF0200") == "0E010302");
    BOOST_TEST(ask("C101C1000100002A0000FF02001101") == "0E010302");
    expect_alive();
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_X_1_read_and_write) {
    BOOST_TEST(read(0xFD08) == "0C0100" + full_name);
    BOOST_TEST(write(text(), "090141") == "0D0100");
    BOOST_TEST(read(text()) == "0C0100090141");
    BOOST_TEST(write(text(), "1101") == "0D01010C");
    BOOST_TEST(read(text()) == "0C0100090141");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_X_2_multiple_references) {
    BOOST_TEST(ask("050302FA0002000002FD08") ==
               "0C03000906"
               "0000280000FF"
               "0104"
               "00" +
                   full_name);
    BOOST_TEST(ask("060202" + hex(text()) + "02FD0802090142090143") == "0D02000103");
    BOOST_TEST(read(text()) == "0C0100090142");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_X_3_parameterized_access) {
    const std::string buffer = hex(base_names.at("0100630100FF") + 8u);
    // Entry 1, column 1.
    const std::string entry = "04" + buffer +
                              "020204"
                              "0600000001"
                              "0600000001"
                              "120001"
                              "120001";
    BOOST_TEST(ask("0501" + entry) ==
               "0C0100"
               "01010201090C07EA030EFF000F00FF8000FF");
    BOOST_TEST(ask("050104" + buffer + "0900") == "0C0101FA");
    BOOST_TEST(ask("050104FD080100") == "0C0101FA");
    // The objects of class 8.
    BOOST_TEST(ask("050104FA080112"
                   "0008")
                   .starts_with("0C010001010204"));
    line.ask(aarq(context_sn + lls + password + initiate("FFFFDF", "FFFF")), 18);
    BOOST_TEST(ask("0501" + entry) == "0E050302");
    expect_alive();
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_X_4_read_in_blocks) {
    const std::string whole = read(0xFA10);
    line.ask(aarq(context_sn + lls + password + initiate("DFFFFF", "0040")), 18);
    std::string answer = read(0xFA10);
    std::string collected;
    for (std::size_t number = 1;; ++number) {
        BOOST_TEST(answer.size() <= 2u * 64);
        BOOST_REQUIRE(answer.starts_with("0C0102"));
        BOOST_TEST(answer.substr(8, 4) == hex(number));
        collected += answer.substr(14);
        if (answer.substr(6, 2) == "01") {
            break;
        }
        answer = ask("050105" + hex(number));
    }
    // The blocks together are the answer without its tag.
    BOOST_TEST(collected == whole.substr(2));
    read(0xFA10);
    BOOST_TEST(ask("0501050003") == "0C010113");
    BOOST_TEST(ask("0501050001") == "0C010110");
    expect_alive();
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_X_5_write_in_blocks) {
    // The list of names and the list of values: 01 02 nnnn, 01 09 03 AABBCC.
    BOOST_TEST(ask("0601070000010109"
                   "05"
                   "0102" +
                   hex(text()) + "01") == "0D01020001");
    BOOST_TEST(read(text()) == "0C01000900");  // gives the blocks up
    BOOST_TEST(ask("06010701000201"
                   "0905"
                   "0903AABBCC") == "0D010112");
    BOOST_TEST(ask("0601070000010109"
                   "05"
                   "0102" +
                   hex(text()) + "01") == "0D01020001");
    BOOST_TEST(ask("06010701000201"
                   "0905"
                   "0903AABBCC") == "0D0100");
    BOOST_TEST(read(text()) == "0C01000903AABBCC");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_X_6_unconfirmed_write) {
    BOOST_TEST(ask("160102" + hex(text()) + "01090177") == "");
    BOOST_TEST(read(text()) == "0C0100090177");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_X_7_address_map) {
    BOOST_TEST(base_names.at("0000280000FF") == 0xFA00);
    BOOST_TEST(base_names.at("0000290000FF") == 0xFC00);
    BOOST_TEST(base_names.at("00002A0000FF") == 0xFD00);
    std::map<std::uint16_t, std::string> objects;
    for (const auto& [logical_name, base] : base_names) {
        objects[base] = logical_name;
    }
    std::set<std::size_t> names;
    const axdr::Data rights = value(read(0xFA10));
    const axdr::ElementRange entries = rights.view().elements().value();
    BOOST_TEST(entries.size() == base_names.size());
    for (const axdr::DataView& entry : entries) {
        const auto base = static_cast<std::uint16_t>(entry.element(0)->signed_integer().value());
        BOOST_TEST(base % 8 == 0);
        BOOST_TEST(read(base) == "0C01000906" + objects.at(base));
        const axdr::DataView list = entry.element(1).value();
        const axdr::ElementRange attributes = list.elements().value();
        for (const axdr::DataView& attribute : attributes) {
            const auto id = attribute.element(0)->signed_integer().value();
            const std::size_t name = base + 8u * static_cast<std::size_t>(id - 1);
            BOOST_TEST(names.insert(name).second);
            const bool readable = (attribute.element(1)->unsigned_integer().value() & 1) != 0;
            BOOST_TEST(read(name).starts_with(readable ? "0C0100" : "0C010103"));
        }
    }
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_X_8_methods) {
    // Methods of the disconnect control lie at 0x20 and 0x28.
    const std::size_t disconnect = relay_base() + 0x20;
    BOOST_TEST(read(disconnect) == "0C01010C");
    BOOST_TEST(read(relay_base() + 16) == "0C01001601");
    const std::vector<std::string> answers =
        line.ask_all("050104" + hex(disconnect) + "000F00", 18);
    BOOST_REQUIRE_EQUAL(answers.size(), 2u);  // the change is reported
    BOOST_TEST(answers[1] == "0C010000");
    BOOST_TEST(read(relay_base() + 16) == "0C01001600");
    BOOST_TEST(line.ask_all("060102" + hex(disconnect + 8) + "010F00", 18).back() == "0D0100");
    BOOST_TEST(read(relay_base() + 16) == "0C01001601");
    BOOST_TEST(write(0xFD08, "090141") == "0D010103");
    // A read-only association.
    line.ask(aarq(context_sn + initiate("FFFFFF", "FFFF")), 19);
    BOOST_TEST(line.ask("060102FD08"
                        "01090141",
                        19) == "0D010103");
    BOOST_TEST(line.ask("060102" + hex(disconnect) + "010F00", 19) == "0D010104");  // not visible
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_X_8_read_by_logicalname) {
    const auto element = [](const std::string& class_id, const std::string& name, int id) {
        return "020312" + class_id + "0906" + name + "0F0" + std::to_string(id);
    };
    const auto read_by_name = [&](const std::string& elements) {
        return ask("050104FA3000" + elements);
    };
    const std::string own = element("000C", "0000280000FF", 1);
    const std::string state = element("0046", "000060030AFF", 3);
    BOOST_TEST(read_by_name("0102" + own + state) ==
               "0C01000102"
               "09060000280000FF"
               "1601");
    BOOST_TEST(read_by_name("0100") == "0C01000100");
    // An object of another class, one that is not there, an attribute that the client may not read;
    // what is no list.
    BOOST_TEST(read_by_name("0101" + element("0003", "000060030AFF", 3)) == "0C010109");
    BOOST_TEST(read_by_name("0102" + own + element("0001", "636363636363", 2)) == "0C010104");
    BOOST_TEST(read_by_name("01010201"
                            "0906000060030AFF") == "0C01010C");
    BOOST_TEST(ask("050102FA30") == "0C01010C");
    expect_alive();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
