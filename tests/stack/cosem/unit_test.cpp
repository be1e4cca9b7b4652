#include "stack/cosem/unit.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

using namespace dlms::cosem;

BOOST_AUTO_TEST_SUITE(unit)

BOOST_AUTO_TEST_CASE(the_units_of_electricity) {
    BOOST_TEST(symbol(Unit::watt).value() == "W");
    BOOST_TEST(symbol(Unit::volt_ampere).value() == "VA");
    BOOST_TEST(symbol(Unit::var).value() == "var");
    BOOST_TEST(symbol(Unit::watt_hour).value() == "Wh");
    BOOST_TEST(symbol(Unit::volt_ampere_hour).value() == "VAh");
    BOOST_TEST(symbol(Unit::var_hour).value() == "varh");
    BOOST_TEST(symbol(Unit::ampere).value() == "A");
    BOOST_TEST(symbol(Unit::volt).value() == "V");
    BOOST_TEST(symbol(Unit::hertz).value() == "Hz");
    BOOST_TEST(symbol(Unit::none).value().empty());
}

BOOST_AUTO_TEST_CASE(all_codes_of_the_table_and_no_others) {
    // Reserved: 0, 58, 59, 68, 69, 73 to 127, 175 to 252.
    for (unsigned code = 0; code < 256; ++code) {
        const bool reserved = code == 0 || code == 58 || code == 59 || code == 68 || code == 69 ||
                              (code >= 73 && code <= 127) || (code >= 175 && code <= 252);
        BOOST_TEST_CONTEXT(code) {
            BOOST_TEST(symbol(static_cast<Unit>(code)).has_value() == !reserved);
        }
    }
}

BOOST_AUTO_TEST_CASE(symbols_lead_back_to_the_lowest_code) {
    for (unsigned code = 1; code < 255; ++code) {
        if (const auto text = symbol(static_cast<Unit>(code))) {
            const auto found = unit_from_symbol(*text);
            BOOST_REQUIRE(found.has_value());
            BOOST_TEST(static_cast<unsigned>(*found) <= code);
            BOOST_TEST(symbol(*found).value() == *text);
        }
    }
    BOOST_TEST((unit_from_symbol("Wh") == Unit::watt_hour));
    BOOST_TEST((unit_from_symbol("m³") == static_cast<Unit>(13)));
    BOOST_TEST(!unit_from_symbol("kWh").has_value());
    BOOST_TEST(!unit_from_symbol("wh").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
