// Every attribute of every object that a built-in meter lists is read: it answers, with the type
// that its class has.

#include <map>
#include <set>

#include "stack/axdr/data.hpp"
#include "stack/cosem/obis_code.hpp"
#include "stack/cosem/scaler_unit.hpp"
#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

using axdr::DataView;
using axdr::Tag;
using cosem::ObisCode;
using namespace cosem::literals;

struct ListedObject {
    std::uint16_t class_id = 0;
    ObisCode instance;
    std::map<int, std::uint64_t> attributes;  // id and access mode
};

std::uint64_t number(const DataView& data) {
    return data.unsigned_integer().value();
}

axdr::ElementRange elements(const DataView& data) {
    return data.elements().value();
}
DataView element(const DataView& data, std::size_t index) {
    return data.element(index).value();
}

/// Reads one attribute, in blocks where the meter sends blocks; the answer's Data or
/// "refused <code>".
std::string read(MeterLine& line, std::uint16_t client, std::uint16_t class_id,
                 const ObisCode& instance, int attribute) {
    const std::array<Byte, 2> class_octets{static_cast<Byte>(class_id >> 8),
                                           static_cast<Byte>(class_id)};
    const std::array<Byte, 1> id{static_cast<Byte>(attribute)};
    std::string answer = line.ask(
        "C001C1" + to_hex(class_octets) + to_hex(instance.octets()) + to_hex(id) + "00", client);
    std::string collected;
    while (answer.starts_with("C402C1")) {
        BOOST_REQUIRE(answer.substr(16, 2) == "00");
        const ByteBuffer block = octets(answer.substr(18));
        const std::size_t skip = block[0] < 0x80 ? 1u : 1u + (block[0] & 0x7Fu);
        collected += to_hex(ByteView(block).subspan(skip));
        if (answer.substr(6, 2) != "00") {
            return collected;
        }
        answer = line.ask("C002C1" + answer.substr(8, 8), client);
    }
    if (answer.starts_with("C401C100")) {
        return answer.substr(8);
    }
    return "refused " + answer.substr(8);
}

std::vector<ListedObject> list(MeterLine& line, std::uint16_t client) {
    const std::string hex = read(line, client, 15, "0-0:40.0.0.255"_obis, 2);
    const axdr::Data data = axdr::Data::parse(octets(hex)).value();
    std::vector<ListedObject> objects;
    for (const DataView& entry : elements(data.view())) {
        BOOST_REQUIRE_EQUAL(entry.elements()->size(), 4u);
        ListedObject object;
        object.class_id = static_cast<std::uint16_t>(number(*entry.element(0)));
        object.instance = ObisCode::from_octets(entry.element(2)->octets().value().first<6>());
        for (const DataView& attribute : elements(element(element(entry, 3), 0))) {
            object.attributes[static_cast<int>(*attribute.element(0)->signed_integer())] =
                number(*attribute.element(1));
        }
        for (const DataView& method : elements(element(element(entry, 3), 1))) {
            BOOST_REQUIRE(method.element(1)->boolean());
        }
        objects.push_back(object);
    }
    return objects;
}

/// The types that the standard's class table gives; absent where it is a CHOICE.
const std::map<std::pair<int, int>, Tag> class_types = {
    {{3, 3}, Tag::structure},
    {{4, 3}, Tag::structure},
    {{4, 5}, Tag::octet_string},
    {{7, 2}, Tag::array},
    {{7, 3}, Tag::array},
    {{7, 4}, Tag::double_long_unsigned},
    {{7, 5}, Tag::enum_},
    {{7, 6}, Tag::structure},
    {{7, 7}, Tag::double_long_unsigned},
    {{7, 8}, Tag::double_long_unsigned},
    {{8, 2}, Tag::octet_string},
    {{8, 3}, Tag::long_},
    {{8, 4}, Tag::unsigned_},
    {{8, 5}, Tag::octet_string},
    {{8, 6}, Tag::octet_string},
    {{8, 7}, Tag::integer},
    {{8, 8}, Tag::boolean},
    {{8, 9}, Tag::enum_},
    {{11, 2}, Tag::array},
    {{15, 2}, Tag::array},
    {{15, 3}, Tag::structure},
    {{15, 4}, Tag::octet_string},
    {{15, 5}, Tag::structure},
    {{15, 6}, Tag::octet_string},
    {{15, 8}, Tag::enum_},
    {{17, 2}, Tag::array},
    {{20, 2}, Tag::octet_string},
    {{20, 3}, Tag::array},
    {{20, 4}, Tag::array},
    {{20, 5}, Tag::array},
    {{20, 6}, Tag::octet_string},
    {{20, 7}, Tag::array},
    {{20, 8}, Tag::array},
    {{20, 9}, Tag::array},
    {{20, 10}, Tag::octet_string},
    {{22, 2}, Tag::structure},
    {{22, 3}, Tag::enum_},
    {{22, 4}, Tag::array},
    {{23, 2}, Tag::enum_},
    {{23, 3}, Tag::unsigned_},
    {{23, 4}, Tag::unsigned_},
    {{23, 5}, Tag::long_unsigned},
    {{23, 6}, Tag::long_unsigned},
    {{23, 7}, Tag::long_unsigned},
    {{23, 8}, Tag::long_unsigned},
    {{23, 9}, Tag::long_unsigned},
    {{41, 2}, Tag::long_unsigned},
    {{41, 3}, Tag::octet_string},
    {{41, 4}, Tag::long_unsigned},
    {{41, 5}, Tag::unsigned_},
    {{41, 6}, Tag::long_unsigned},
    {{70, 2}, Tag::boolean},
    {{70, 3}, Tag::enum_},
    {{70, 4}, Tag::enum_},
};

void expect_readable(MeterLine& line, std::uint16_t client, const ListedObject& object) {
    for (const auto& [id, mode] : object.attributes) {
        BOOST_TEST_CONTEXT("class " << object.class_id << " " << object.instance.text()
                                    << " attribute " << id) {
            const std::string answer = read(line, client, object.class_id, object.instance, id);
            if ((mode & 1) == 0) {
                BOOST_TEST(answer == "refused 03");
                continue;
            }
            const auto data = axdr::Data::parse(octets(answer));
            BOOST_REQUIRE(data);
            if (id == 1) {
                BOOST_TEST(answer == "0906" + to_hex(object.instance.octets()));
            }
            const auto type = class_types.find({object.class_id, id});
            if (type != class_types.end()) {
                BOOST_TEST(axdr::name(data->tag()) == axdr::name(type->second));
            }
            if ((object.class_id == 3 || object.class_id == 4) && id == 3) {
                BOOST_TEST(cosem::read_scaler_unit(data->view()).has_value());
            }
        }
    }
}

std::size_t expect_all_readable(std::string_view scenario, std::uint16_t client,
                                const std::string& request) {
    auto meter = make_meter(builtin_scenario(scenario));
    MeterLine line(*meter);
    BOOST_REQUIRE(line.ask(request, client).starts_with("6129A109060760857405080101A203020100"));
    const std::vector<ListedObject> objects = list(line, client);
    for (const ListedObject& object : objects) {
        expect_readable(line, client, object);
    }
    return objects.size();
}

const std::string lls_aarq = aarq(context_ln + lls + password + initiate("00FFFF", "04B0"));
const std::string public_aarq = aarq(context_ln + initiate("00FFFF", "04B0"));

std::int64_t read_number(MeterLine& line, std::uint16_t class_id, const ObisCode& instance) {
    const std::string hex = read(line, 17, class_id, instance, 2);
    const axdr::Data data = axdr::Data::parse(octets(hex)).value();
    return data.view().signed_integer().value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(builtin_scenarios)

BOOST_AUTO_TEST_CASE(every_listed_attribute_of_hexcell_answers) {
    // 1096 of the catalogue (five codes stand under two classes), and six of the base.
    BOOST_TEST(expect_all_readable("hexcell", 17, lls_aarq) == 1102u);
    BOOST_TEST(expect_all_readable("hexcell", 16, public_aarq) == 6u);
}

BOOST_AUTO_TEST_CASE(every_listed_attribute_of_hexing_answers) {
    BOOST_TEST(expect_all_readable("hexing", 1, lls_aarq) == 343u);
    BOOST_TEST(expect_all_readable("hexing", 2, lls_aarq) == 343u);
    BOOST_TEST(expect_all_readable("hexing", 16, public_aarq) == 6u);
}

BOOST_AUTO_TEST_CASE(every_listed_attribute_of_full_answers) {
    // Without general blocks, for read() knows the blocks of GET.
    const std::string management = aarq(context_ln + lls + password + initiate("DFFFFF", "04B0"));
    BOOST_TEST(expect_all_readable("full", 1, management) == 25u);
    BOOST_TEST(expect_all_readable("full", 2, management) == 25u);
    BOOST_TEST(expect_all_readable("full", 16, aarq(context_ln + initiate("DFFFFF", "04B0"))) ==
               6u);
}

BOOST_AUTO_TEST_CASE(types_and_scalers_of_hexcell) {
    auto meter = make_meter(builtin_scenario("hexcell"));
    MeterLine line(*meter);
    line.ask(lls_aarq);
    const auto starts = [&](const ObisCode& code, const std::string& value,
                            const std::string& scaler_unit) {
        BOOST_TEST_CONTEXT(code.text()) {
            BOOST_TEST(read(line, 17, 3, code, 2).substr(0, value.size()) == value);
            BOOST_TEST(read(line, 17, 3, code, 3) == scaler_unit);
        }
    };
    starts("1-0:1.8.0.255"_obis, "06", "02020F01161E");
    starts("1-0:2.8.0.255"_obis, "06", "02020F01161E");
    starts("1-0:15.8.0.255"_obis, "06", "02020F01161E");
    starts("1-0:32.7.0.255"_obis, "12", "02020FFF1623");
    starts("1-0:31.7.0.255"_obis, "06", "02020FFD1621");
    starts("1-0:14.7.0.255"_obis, "12", "02020FFE162C");
    starts("1-0:1.7.0.255"_obis, "05", "02020FFF161B");
    // No type is known of these: null-data, and {0, 255} where no scaler is known.
    starts("1-0:5.8.0.255"_obis, "00", "02020F0016FF");
}

BOOST_AUTO_TEST_CASE(values_live) {
    auto meter = make_meter(builtin_scenario("hexcell"), 7);
    MeterLine line(*meter);
    line.ask(lls_aarq);
    const auto total = [&] {
        std::int64_t sum = 0;
        for (std::uint8_t tariff = 1; tariff <= 4; ++tariff) {
            sum += read_number(line, 3, ObisCode(1, 0, 1, 8, tariff, 255));
        }
        return sum;
    };
    std::int64_t energy = read_number(line, 3, "1-0:1.8.0.255"_obis);
    std::set<std::int64_t> voltages;
    // Read every minute, so that the connection does not idle.
    for (int minute = 0; minute < 48 * 60; ++minute) {
        line.advance(std::chrono::minutes(1));
        const std::int64_t voltage = read_number(line, 3, "1-0:32.7.0.255"_obis);
        BOOST_TEST((voltage > 2200 && voltage < 2400));
        voltages.insert(voltage);
        const std::int64_t later = read_number(line, 3, "1-0:1.8.0.255"_obis);
        BOOST_TEST(later >= energy);
        energy = later;
        // Each of the four counts whole steps of 10 Wh.
        BOOST_TEST((energy - total() >= 0 && energy - total() <= 3));
    }
    BOOST_TEST(voltages.size() > 20u);
    // Two days of a household, in steps of 10 Wh over the 12345.5 kWh at the start.
    BOOST_TEST(energy > 1'234'550 + 1'000);
    BOOST_TEST(energy < 1'234'550 + 20'000);
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_meter) {
    auto one = make_meter(builtin_scenario("hexing"), 3);
    auto two = make_meter(builtin_scenario("hexing"), 3);
    auto three = make_meter(builtin_scenario("hexing"), 4);
    const auto voltage_after_an_hour = [](Meter& meter) {
        MeterLine line(meter, Instant{} + std::chrono::hours(1));
        line.ask(lls_aarq, 1);
        return read(line, 1, 3, "1-0:32.7.0.255"_obis, 2);
    };
    BOOST_TEST(voltage_after_an_hour(*one) == voltage_after_an_hour(*two));
    BOOST_TEST(voltage_after_an_hour(*one) != voltage_after_an_hour(*three));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
