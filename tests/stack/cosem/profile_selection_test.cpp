#include "stack/cosem/profile_selection.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/axdr/data_builder.hpp"
#include "stack/cosem/date_time.hpp"
#include "tests/support/octets.hpp"

namespace {

using dlms::ErrorCode;
using dlms::axdr::Data;
using dlms::axdr::DataBuilder;
using namespace dlms::cosem;
using dlms::testing::octets;

const CaptureObject clock_column{8, "0-0:1.0.0.255"_obis, 2, 0};
const CaptureObject energy_column{3, "1-0:1.8.0.255"_obis, 2, 0};
const CaptureObject status_column{1, "0-0:96.10.1.255"_obis, 2, 0};
const std::vector<CaptureObject> columns{clock_column, energy_column, status_column};

Data data_of(std::string_view hex) {
    return Data::parse(octets(hex)).value();
}

/// Ten rows, one an hour from 2026-11-23T00:00 on, that state no deviation.
Data hourly_row(int hour) {
    DateTime time;
    time.date = {2026, 11, 23, 1};
    time.time = {static_cast<std::uint8_t>(hour), 0, 0, 0};
    time.status = 0;
    return DataBuilder()
        .structure(3)
        .octet_string(encode(time))
        .double_long_unsigned(static_cast<std::uint32_t>(1000 + 10 * hour))
        .unsigned_(0)
        .finish()
        .value();
}

/// The hours that a range selects; "error" when it cannot be used.
std::string selected(const CaptureObject& column, std::string_view from, std::string_view to) {
    const Data first = data_of(from);
    const Data last = data_of(to);
    const RangeDescriptor range{column, first.view(), last.view(), {}};
    const auto filter = RangeFilter::make(range, columns);
    if (!filter) {
        return "error";
    }
    std::string hours;
    for (int hour = 0; hour < 10; ++hour) {
        const Data row = hourly_row(hour);
        if (filter->selects(row.view())) {
            hours += std::to_string(hour);
        }
    }
    return hours;
}

ErrorCode error_of(const Data& parameters, std::uint8_t selector) {
    return selector == range_selector ? read_range_descriptor(parameters.view()).error().code
                                      : read_entry_descriptor(parameters.view()).error().code;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(profile_selection)

BOOST_AUTO_TEST_CASE(a_range_descriptor_reads_and_writes_the_same_octets) {
    const Data parameters = data_of(
        "0204 0204 120008 09060000010000FF 0F02 120000"
        " 090C 07EA0B17FF00000000800000 090C 07EA0B18FF00000000800000"
        " 0101 0204 120003 09060100010800FF 0F02 120000");
    const auto range = read_range_descriptor(parameters.view());
    BOOST_REQUIRE(range.has_value());
    BOOST_CHECK(range->restricting_object == clock_column);
    BOOST_REQUIRE(range->selected_values.size() == 1u);
    BOOST_CHECK(range->selected_values[0] == energy_column);
    BOOST_TEST(dlms::to_hex(range->to.encoded()) == "090C07EA0B18FF00000000800000");
    BOOST_CHECK(to_data(*range).value() == parameters);
}

BOOST_AUTO_TEST_CASE(an_entry_descriptor_reads_and_writes_the_same_octets) {
    const Data parameters = data_of("0204 0600000002 0600000005 120001 120003");
    const auto entries = read_entry_descriptor(parameters.view());
    BOOST_REQUIRE(entries.has_value());
    BOOST_CHECK((*entries == EntryDescriptor{2, 5, 1, 3}));
    BOOST_CHECK(to_data(*entries).value() == parameters);
    // Some clients send other widths.
    const Data narrow = data_of("0204 1102 120005 1101 1103");
    BOOST_CHECK(read_entry_descriptor(narrow.view()) == entries);
}

BOOST_AUTO_TEST_CASE(other_parameters_are_refused) {
    using enum ErrorCode;
    BOOST_CHECK(error_of(data_of("00"), 1) == type_mismatch);
    BOOST_CHECK(error_of(data_of("0203 0600000001 0600000001 120001"), 2) == element_missing);
    BOOST_CHECK(error_of(data_of("0205 1101 1101 1101 1101 1101"), 2) == trailing_octets);
    BOOST_CHECK(error_of(data_of("0204 1101 1101 0600010000 1101"), 2) == value_out_of_range);
    BOOST_CHECK(error_of(data_of("0204 0FFF 1101 1101 1101"), 2) == type_mismatch);
    BOOST_CHECK(error_of(data_of("0104 1101 1101 1101 1101"), 2) == type_mismatch);
    BOOST_CHECK(error_of(data_of("0204 0204 120008 0905 0000010000 0F02 120000 00 00 0100"), 1) ==
                value_out_of_range);
    BOOST_CHECK(error_of(data_of("0204 0204 120008 09060000010000FF 0F02 120000 00 00 00"), 1) ==
                type_mismatch);
}

BOOST_AUTO_TEST_CASE(conformance_CC_PG_6_entries_select_rows_and_columns_by_number) {
    const auto rows = [](std::uint32_t from, std::uint32_t to) {
        return selected_rows({from, to, 1, 0}, 10).value();
    };
    BOOST_CHECK((rows(1, 1) == Selected{0, 1}));
    BOOST_CHECK((rows(8, 0) == Selected{7, 3}));
    BOOST_CHECK((rows(1, 0) == Selected{0, 10}));
    BOOST_CHECK((rows(11, 12) == Selected{}));
    BOOST_CHECK((rows(3, 2) == Selected{}));
    BOOST_CHECK((rows(9, 4'000'000'000) == Selected{8, 2}));
    BOOST_CHECK(selected_rows({0, 3, 1, 0}, 10).error().code == ErrorCode::value_out_of_range);
    const auto some = [](std::uint16_t from, std::uint16_t to) {
        return selected_columns(EntryDescriptor{1, 0, from, to}, 4);
    };
    BOOST_CHECK((some(2, 3).value() == Selected{1, 2}));
    BOOST_CHECK((some(1, 0).value() == Selected{0, 4}));
    BOOST_CHECK((some(0, 0).value() == Selected{0, 4}));
    BOOST_CHECK(some(5, 6).error().code == ErrorCode::value_out_of_range);
    BOOST_CHECK(some(3, 2).error().code == ErrorCode::value_out_of_range);
}

BOOST_AUTO_TEST_CASE(conformance_CC_PG_5_ranges_select_by_time) {
    // The hour that a text of octets stands for.
    const auto at = [](std::string_view hour) {
        return "090C 07EA0B17FF" + std::string(hour) + "000000 8000 00";
    };
    BOOST_TEST(selected(clock_column, at("03"), at("03")) == "3");
    BOOST_TEST(selected(clock_column, at("03"), at("05")) == "345");
    BOOST_TEST(selected(clock_column, at("05"), at("03")) == "");
    BOOST_TEST(selected(clock_column, at("0A"), at("17")) == "");
    BOOST_TEST(selected(clock_column, "090C 07EA0B16FF00000000 8000 00",
                        "090C 07EA0B16FF17000000 8000 00") == "");
    BOOST_TEST(selected(clock_column, at("08"), at("17")) == "89");
    // A part that is not specified agrees with all: every day's hours up to 2.
    BOOST_TEST(selected(clock_column, "090C FFFFFFFFFF00000000 8000 00",
                        "090C FFFFFFFFFF02FFFFFF 8000 00") == "012");
    // The rows state no deviation: that of the range plays no part.
    BOOST_TEST(selected(clock_column, "090C 07EA0B17FF04000000 FFC4 00", at("05")) == "45");
}

BOOST_AUTO_TEST_CASE(times_that_state_their_deviation_are_instants) {
    const Data row = data_of("0203 090C 07EA0B1701091E0000FFC400 0600000001 1100");  // 08:30 UTC
    const auto is_selected = [&row](std::string_view from, std::string_view to) {
        const Data first = data_of(from);
        const Data last = data_of(to);
        const RangeDescriptor range{clock_column, first.view(), last.view(), {}};
        return RangeFilter::make(range, columns).value().selects(row.view());
    };
    BOOST_TEST(is_selected("090C 07EA0B17FF081E0000000000", "090C 07EA0B17FF081E0000000000"));
    BOOST_TEST(!is_selected("090C 07EA0B17FF091E0000000000", "090C 07EA0B17FF0A1E0000000000"));
    BOOST_TEST(is_selected("19 07EA0B17FF0A000000FF8800", "19 07EA0B17FF0B000000FF8800"));
}

BOOST_AUTO_TEST_CASE(conformance_CC_PG_5_ranges_select_by_value) {
    BOOST_TEST(selected(energy_column, "06000003FC", "0600000410") == "234");
    BOOST_TEST(selected(energy_column, "120400", "05 00000410") == "34");
    BOOST_TEST(selected(energy_column, "05 FFFFFFFF", "05 000003F2") == "01");
    BOOST_TEST(selected(status_column, "1101", "1105") == "");
    BOOST_TEST(selected(status_column, "1100", "1100") == "0123456789");
    // Nothing that can be compared, and a column that is not there.
    BOOST_TEST(selected(energy_column, "00", "0600000410") == "error");
    BOOST_TEST(selected(clock_column, "0902 0102", "0902 0103") == "error");
    BOOST_TEST(selected({3, "1-0:2.8.0.255"_obis, 2, 0}, "1100", "1101") == "error");
    // Values of another type than the range's are not in it.
    BOOST_TEST(selected(energy_column, "0901 00", "0901 FF") == "");
}

BOOST_AUTO_TEST_CASE(columns_come_in_the_ranges_order) {
    const Data nothing = data_of("00");
    RangeDescriptor range{clock_column, nothing.view(), nothing.view(), {}};
    BOOST_CHECK((selected_columns(range, columns).value() == std::vector<std::size_t>{0, 1, 2}));
    range.selected_values = {energy_column, clock_column};
    const auto places = selected_columns(range, columns).value();
    BOOST_CHECK((places == std::vector<std::size_t>{1, 0}));
    const Data whole = hourly_row(0);
    DataBuilder builder;
    write_selected(builder, whole.view(), places);
    const Data row = builder.finish().value();
    BOOST_TEST(dlms::to_hex(row.encoded()) == "020206000003E8090C07EA0B170100000000800000");
    range.selected_values = {{3, "1-0:2.8.0.255"_obis, 2, 0}};
    BOOST_CHECK(selected_columns(range, columns).error().code == ErrorCode::element_missing);
}

BOOST_AUTO_TEST_SUITE_END()
