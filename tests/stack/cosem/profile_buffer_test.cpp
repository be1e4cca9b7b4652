#include "stack/cosem/profile_buffer.hpp"

#include <random>

#include <boost/test/unit_test.hpp>

#include "stack/axdr/compact_array.hpp"
#include "stack/axdr/data_builder.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/vectors.hpp"

namespace {

using dlms::ErrorCode;
using dlms::axdr::Data;
using dlms::axdr::DataBuilder;
using dlms::axdr::DataView;
using namespace dlms::cosem;
using dlms::testing::octets;

const CaptureObject clock_column{8, "0-0:1.0.0.255"_obis, 2, 0};
const CaptureObject energy_column{3, "1-0:1.8.0.255"_obis, 2, 0};

std::string hex_of(const Data& data) {
    return dlms::to_hex(data.encoded());
}

Data data_of(std::string_view hex) {
    return Data::parse(octets(hex)).value();
}

/// The rows with every value in its place, as an array; the error's name at the first bad row.
std::string expanded(const Data& buffer, const std::vector<CaptureObject>& columns,
                     std::uint32_t period) {
    auto reader = ProfileBufferReader::make(buffer.view(), columns, period);
    if (!reader) {
        return std::string(name(reader.error().code));
    }
    DataBuilder builder;
    builder.array(reader->rows_left());
    while (reader->rows_left() > 0) {
        const auto values = reader->next();
        if (!values) {
            return std::string(name(values.error().code));
        }
        builder.structure(values->size());
        for (const DataView& value : *values) {
            builder.element(value);
        }
    }
    BOOST_TEST(reader->next().value().empty());
    return hex_of(builder.finish().value());
}

std::string hex(std::string_view spaced) {
    return dlms::to_hex(octets(spaced));
}

Data compressed(const std::vector<Data>& rows, const std::vector<CaptureObject>& columns,
                std::uint32_t period) {
    DataBuilder builder;
    builder.array(rows.size());
    ProfileRowCompressor compressor(columns, period);
    for (const Data& row : rows) {
        std::vector<DataView> values;
        const auto elements = row.view().elements().value();
        for (const DataView value : elements) {
            values.push_back(value);
        }
        compressor.write(builder, values);
    }
    return builder.finish().value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(profile_buffer)

BOOST_AUTO_TEST_CASE(conformance_CC_PG_7_null_data_stand_for_what_was_before) {
    const Data buffer = data_of(
        "0104 0202 090C 07EA0B1701173B0000FFC400 0600000005"
        " 0202 00 00"
        " 0202 00 0600000007"
        " 0202 090C 07EA0B1802060000 00FFC400 00");
    BOOST_TEST(expanded(buffer, {clock_column, energy_column}, 60) ==
               hex("0104 0202 090C 07EA0B1701173B0000FFC400 0600000005"
                   " 0202 090C 07EA0B180200000000FFC400 0600000005"
                   " 0202 090C 07EA0B180200010000FFC400 0600000007"
                   " 0202 090C 07EA0B180206000000FFC400 0600000007"));
    // A profile that is not captured periodically has no time to derive.
    BOOST_TEST(expanded(data_of("0102 0201 090C 07EA0B1701173B0000FFC400 0201 00"), {clock_column},
                        0) == hex("0102 0201 090C 07EA0B1701173B0000FFC400"
                                  " 0201 090C 07EA0B1701173B0000FFC400"));
}

BOOST_AUTO_TEST_CASE(times_keep_their_convention_and_their_tag) {
    BOOST_TEST(
        expanded(data_of("0102 0201 19 07EA0B17FF173B00FF8000FF 0201 00"), {clock_column}, 900) ==
        hex("0102 0201 19 07EA0B17FF173B00FF8000FF 0201 19 07EA0B18FF000E00FF8000FF"));
    // What cannot be counted on stays open, until the meter says a time again.
    BOOST_TEST(expanded(data_of("0104 0201 090C FFFF0B17FF173B00FF8000FF 0201 00"
                                " 0201 090C 07EA0B1701173B0000FFC400 0201 00"),
                        {clock_column}, 60) ==
               hex("0104 0201 090C FFFF0B17FF173B00FF8000FF 0201 00"
                   " 0201 090C 07EA0B1701173B0000FFC400 0201 090C 07EA0B180200000000FFC400"));
}

BOOST_AUTO_TEST_CASE(nothing_before_the_first_row_is_repeated) {
    BOOST_TEST(expanded(data_of("0102 0202 00 00 0202 00 1105"), {clock_column, energy_column},
                        60) == hex("0102 0202 00 00 0202 00 1105"));
    BOOST_TEST(expanded(data_of("0100"), {clock_column}, 60) == "0100");
}

BOOST_AUTO_TEST_CASE(rows_of_another_form_are_refused_and_passed_over) {
    const std::vector<CaptureObject> columns{clock_column, energy_column};
    BOOST_TEST(expanded(data_of("0101 1105"), columns, 0) == "type-mismatch");
    BOOST_TEST(expanded(data_of("0101 0201 1105"), columns, 0) == "element-missing");
    BOOST_TEST(expanded(data_of("0101 0203 1105 1105 1105"), columns, 0) == "trailing-octets");
    BOOST_TEST(expanded(data_of("1105"), columns, 0) == "type-mismatch");
    const Data mixed = data_of("0102 1105 0201 1106");
    auto reader = ProfileBufferReader::make(mixed.view(), {{energy_column}}, 0).value();
    BOOST_TEST(!reader.next());
    BOOST_TEST(reader.next().value()[0].unsigned_integer().value() == 6u);
}

BOOST_AUTO_TEST_CASE(deltas_count_from_the_value_before_in_its_type) {
    const std::vector<CaptureObject> columns{energy_column};
    for (const std::string_view delta :
         {"1C05", "1D0005", "1E00000005", "1F05", "200005", "2100000005"}) {
        const std::string rows = "0102 0201 0600000064 0201 " + std::string(delta);
        BOOST_TEST(expanded(data_of(rows), columns, 0) ==
                   hex("0102 0201 0600000064 0201 0600000069"));
    }
    // One after the other, down, and left out in between.
    BOOST_TEST(expanded(data_of("0105 0201 0600000064 0201 1F05 0201 1CF6 0201 00 0201 1F01"),
                        columns, 0) == hex("0105 0201 0600000064 0201 0600000069 0201 060000005F"
                                           " 0201 060000005F 0201 0600000060"));
    BOOST_TEST(expanded(data_of("0102 0201 0FFE 0201 1FFF"), columns, 0) == "value-out-of-range");
    BOOST_TEST(expanded(data_of("0102 0201 0F80 0201 1F7F"), columns, 0) ==
               hex("0102 0201 0F80 0201 0FFF"));
    BOOST_TEST(expanded(data_of("0102 0201 15FFFFFFFFFFFFFFF0 0201 1F0F"), columns, 0) ==
               hex("0102 0201 15FFFFFFFFFFFFFFF0 0201 15FFFFFFFFFFFFFFFF"));
}

BOOST_AUTO_TEST_CASE(deltas_that_lead_nowhere_are_refused_and_never_taken_for_readings) {
    const std::vector<CaptureObject> columns{energy_column};
    BOOST_TEST(expanded(data_of("13 0201 1F 02 0506"), columns, 0) == "unsupported-type");
    BOOST_TEST(expanded(data_of("0101 0201 1F05"), columns, 0) == "unsupported-type");
    BOOST_TEST(expanded(data_of("0102 0201 00 0201 1F05"), columns, 0) == "unsupported-type");
    BOOST_TEST(expanded(data_of("0102 0201 0A0131 0201 1F05"), columns, 0) == "unsupported-type");
    BOOST_TEST(expanded(data_of("0102 0201 11FF 0201 1F01"), columns, 0) == "value-out-of-range");
    BOOST_TEST(expanded(data_of("0102 0201 1100 0201 1CFF"), columns, 0) == "value-out-of-range");
    BOOST_TEST(expanded(data_of("0102 0201 0F80 0201 1CFF"), columns, 0) == "value-out-of-range");
    BOOST_TEST(expanded(data_of("0102 0201 15FFFFFFFFFFFFFFFF 0201 1F01"), columns, 0) ==
               "value-out-of-range");
    BOOST_TEST(expanded(data_of("0102 0201 147FFFFFFFFFFFFFFF 0201 1F01"), columns, 0) ==
               "value-out-of-range");
}

BOOST_AUTO_TEST_CASE(compact_arrays_are_read_alike) {
    const Data compact = data_of(
        "13 0202 19 06 20"
        " 07EA0B1701173B0000FFC400 00000005 07EA0B180200000000FFC400"
        " 00000007");
    BOOST_TEST(expanded(compact, {clock_column, energy_column}, 60) ==
               hex("0102 0202 19 07EA0B1701173B0000FFC400 0600000005"
                   " 0202 19 07EA0B180200000000FFC400 0600000007"));
    // A reader that is moved keeps what it has unrolled.
    auto reader =
        ProfileBufferReader::make(compact.view(), {{clock_column, energy_column}}, 60).value();
    const ProfileBufferReader before = std::move(reader);
    BOOST_TEST(before.rows_left() == 2u);
}

BOOST_AUTO_TEST_CASE(buffers_of_a_real_meter) {
    int filled = 0;
    for (const auto& json : dlms::testing::load_vector_lines("meter_profiles")) {
        const std::string buffer_hex = json.at("buffer_hex");
        if (buffer_hex.empty()) {
            continue;
        }
        ++filled;
        const Data buffer = data_of(buffer_hex);
        const Data objects = data_of(json.at("capture_objects_hex").get<std::string>());
        const auto columns = read_capture_objects(objects.view());
        BOOST_REQUIRE(columns.has_value());
        // The meter leaves nothing out: what is read is what stands there.
        BOOST_TEST(expanded(buffer, *columns, 0) == buffer_hex);
        // What we leave out comes back.
        std::vector<Data> rows;
        const auto elements = buffer.view().elements().value();
        for (const DataView row : elements) {
            rows.emplace_back(row);
        }
        for (const std::uint32_t period : {0u, 2u, 3600u}) {
            BOOST_TEST(expanded(compressed(rows, *columns, period), *columns, period) ==
                       buffer_hex);
        }
    }
    BOOST_TEST(filled == 9);
}

BOOST_AUTO_TEST_CASE(compression_leaves_out_what_repeats_and_what_the_period_tells) {
    const std::vector<CaptureObject> columns{clock_column, energy_column};
    const std::vector<Data> rows{data_of("0202 090C 07EA0B1701173B0000FFC400 0600000005"),
                                 data_of("0202 090C 07EA0B180200000000FFC400 0600000005"),
                                 data_of("0202 090C 07EA0B180200000000FFC400 0600000006")};
    // The third row has the second's time: left out it would be read as a minute later.
    BOOST_TEST(hex_of(compressed(rows, columns, 60)) ==
               hex("0103 0202 090C 07EA0B1701173B0000FFC400 0600000005 0202 00 00"
                   " 0202 090C 07EA0B180200000000FFC400 0600000006"));
    BOOST_TEST(hex_of(compressed(rows, columns, 0)) ==
               hex("0103 0202 090C 07EA0B1701173B0000FFC400 0600000005"
                   " 0202 090C 07EA0B180200000000FFC400 00 0202 00 0600000006"));
}

BOOST_AUTO_TEST_CASE(what_is_compressed_is_read_back) {
    std::mt19937 random(7);
    const std::vector<CaptureObject> columns{clock_column, energy_column, energy_column};
    for (int round = 0; round < 200; ++round) {
        std::vector<Data> rows;
        LocalSeconds now = 1'790'000'000;
        for (unsigned i = 0; i < 20; ++i) {
            now += random() % 4 == 0 ? 77 : 900;
            DataBuilder builder;
            builder.structure(3);
            if (random() % 10 == 0) {
                builder.octet_string(octets("0102"));
            } else {
                builder.octet_string(encode(date_time_from_local(now)));
            }
            builder.double_long_unsigned(static_cast<std::uint32_t>(random() % 3));
            random() % 2 == 0 ? builder.unsigned_(1) : builder.visible_string("1");
            rows.push_back(builder.finish().value());
        }
        DataBuilder whole;
        whole.array(rows.size());
        for (const Data& row : rows) {
            whole.element(row.view());
        }
        const Data packed = compressed(rows, columns, 900);
        const Data plain = whole.finish().value();
        BOOST_TEST(packed.encoded().size() < plain.encoded().size());
        BOOST_TEST(expanded(packed, columns, 900) == dlms::to_hex(plain.encoded()));
    }
}

BOOST_AUTO_TEST_SUITE_END()
