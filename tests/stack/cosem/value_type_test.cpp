#include "stack/cosem/value_type.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/axdr/data.hpp"
#include "stack/cosem/date_time.hpp"
#include "stack/cosem/interface_class.hpp"
#include "tests/support/octets.hpp"

namespace {

using dlms::axdr::Data;
using namespace dlms::cosem;
using dlms::testing::octets;

Fit fit_of(std::uint16_t class_id, std::int8_t attribute_id, std::string_view hex) {
    const Data data = Data::parse(octets(hex)).value();
    return fit(*find_attribute(class_id, attribute_id)->type, data.view());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(value_type)

BOOST_AUTO_TEST_CASE(data_fit_exactly_loosely_or_not) {
    BOOST_TEST((fit_of(3, 3, "0202 0FFD 161E") == Fit::exact));
    BOOST_TEST((fit_of(3, 3, "0202 0FFD 111E") == Fit::loose));
    BOOST_TEST((fit_of(3, 3, "0201 0FFD") == Fit::none));
    BOOST_TEST((fit_of(3, 3, "161E") == Fit::none));
    BOOST_TEST((fit_of(3, 3, "00") == Fit::loose));
    BOOST_TEST((fit_of(3, 2, "0202 0FFD 161E") == Fit::exact));
}

BOOST_AUTO_TEST_CASE(a_length_other_than_the_classes_is_loose) {
    BOOST_TEST((fit_of(41, 3, "0906 0000190000FF") == Fit::exact));
    BOOST_TEST((fit_of(41, 3, "0900") == Fit::loose));
    BOOST_TEST((fit_of(41, 3, "0101 0905 0000190000") == Fit::none));
}

BOOST_AUTO_TEST_CASE(arrays_fit_as_well_as_their_worst_element) {
    BOOST_TEST((fit_of(71, 9, "0102 120001 120002") == Fit::exact));
    BOOST_TEST((fit_of(71, 9, "0102 120001 1102") == Fit::loose));
    BOOST_TEST((fit_of(71, 9, "0102 120001 0100") == Fit::none));
    BOOST_TEST((fit_of(71, 9, "0100") == Fit::exact));
    BOOST_TEST((fit_of(71, 9, "0202 120001 120002") == Fit::none));
}

BOOST_AUTO_TEST_CASE(a_choice_fits_as_its_best_alternative) {
    BOOST_TEST((fit_of(44, 5, "00") == Fit::exact));
    BOOST_TEST((fit_of(44, 5, "0202 090141 090142") == Fit::exact));
    BOOST_TEST((fit_of(44, 5, "0202 090141 1105") == Fit::exact));
    BOOST_TEST((fit_of(44, 5, "0202 090141 120005") == Fit::loose));
    BOOST_TEST((fit_of(44, 5, "0203 090141 1105 1105") == Fit::none));
}

BOOST_AUTO_TEST_CASE(codes_have_names_in_any_form) {
    const auto codes = find_attribute(70, 3)->type->codes;
    BOOST_TEST(name_of(codes, 2) == "ready-for-reconnection");
    BOOST_TEST(name_of(codes, 3) == "");
    BOOST_TEST((code_of(codes, "Ready_For reconnection") == 2));
    BOOST_TEST(!code_of(codes, "ready"));
    BOOST_TEST(!code_of({}, ""));
}

BOOST_AUTO_TEST_CASE(clock_texts_with_parts_that_are_not_specified) {
    for (const char* text : {"2026-11-23", "*-*-01", "*-12-*", "*-dst-begin-last",
                             "*-dst-end-last-1", "12026-02-28", "2024-02-29"}) {
        const auto date = date_from_text(text);
        BOOST_REQUIRE_MESSAGE(date.has_value(), text);
        BOOST_TEST(iso_text(*date) == text);
    }
    BOOST_TEST(date_from_text("2026-11-23")->day_of_week == 1);
    BOOST_TEST(date_from_text("*-11-23")->day_of_week == Date::not_specified);
    for (const char* text : {"2026-02-29", "2026-13-01", "2026-11-32", "2026-11", "2026-11-last-2",
                             "", "*", "*-*-*x", "26-01-01", "65535-01-01", "123456-01-01"}) {
        BOOST_TEST(!date_from_text(text).has_value(), text);
    }
    BOOST_TEST(iso_text(*time_from_text("*:30:*")) == "*:30:*");
    BOOST_TEST(iso_text(*time_from_text("09:30")) == "09:30:00");
    BOOST_TEST(iso_text(*time_from_text("09:30:05.25")) == "09:30:05.25");
    BOOST_TEST(!time_from_text("24:00").has_value());
    BOOST_TEST(!time_from_text("09:30Z").has_value());
    BOOST_TEST(iso_text(*date_time_from_text("*-04-01T00:00:00")) == "*-04-01T00:00:00");
    BOOST_TEST(iso_text(*date_time_from_text("*-*-*T*:*:*-05:30")) == "*-*-*T*:*:*-05:30");
    BOOST_TEST(!date_time_from_text("*-04-01").has_value());
    // What must be a moment takes numbers only.
    BOOST_TEST(!date_time_from_iso("*-04-01T00:00:00").has_value());
    BOOST_TEST(!date_time_from_iso("2026-04-lastT00:00:00").has_value());
    BOOST_TEST(!date_time_from_iso("12026-04-01T00:00:00").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
