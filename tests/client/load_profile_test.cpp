// Profiles of meters that are made of octets: what is asked for, and what comes of it.

#include "client/load_profile.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "client/meter_profile.hpp"
#include "stack/cosem/profile_selection.hpp"
#include "tests/client/client_scripts.hpp"
#include "tests/support/answering_meter.hpp"
#include "tests/support/vectors.hpp"

namespace dlms::client {
namespace {

using namespace dlms::client::testing_scripts;
using cosem::DateTime;
using cosem::LocalSeconds;
using cosem::ObisCode;

const ObisCode load_curve(1, 0, 99, 1, 0, 255);
constexpr auto clock_and_energy =
    "0102020412000809060000010000FF0F02120000020412000309060100010800FF0F02120000";
constexpr auto not_specified_clock = "090C07EA030FFF0C0000FF8000FF";

std::string hex_of(const DateTime& time) {
    return "090C" + to_hex(encode(time));
}

DateTime at(const std::string& iso) {
    return *cosem::date_time_from_iso(iso);
}

/// A time as a clock without deviation, weekday and status has it.
DateTime bare(LocalSeconds local) {
    DateTime time = cosem::date_time_from_local(local);
    time.date.day_of_week = 0xFF;
    time.time.hundredths = 0xFF;
    return time;
}

/// A profile of clock and energy.
struct ProfileMeter {
    std::string capture_objects = clock_and_energy;
    std::string clock = not_specified_clock;
    std::vector<std::string> rows;  ///< structures in hexadecimal, in the buffer's order
    std::uint32_t period = 900;
    bool takes_ranges = true;
    bool takes_entries = true;
    bool heeds_ranges = true;
    std::size_t most_rows = 10'000;  ///< of one answer
    std::string refusal = "FA";      ///< of a selection that is not there: other-reason
    std::string aare_ = aare_without_lists;
    std::string whole;  ///< in place of the rows

    void add(const DateTime& time, std::uint32_t energy) {
        rows.push_back("0202" + hex_of(time) + "06" + number(energy));
    }
    /// A row every quarter of an hour from a local time on.
    void fill(const std::string& from, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            add(bare(*cosem::local_seconds(at(from)) + 900 * static_cast<LocalSeconds>(i)),
                1000 + static_cast<std::uint32_t>(i));
        }
    }

    ByteBuffer answer(ByteView apdu) const {
        if (apdu[0] == 0x60) {
            return octets(aare_);
        }
        if (to_hex(apdu.first(2)) != "C001") {
            return {};
        }
        const std::uint16_t class_id = static_cast<std::uint16_t>(apdu[3] << 8 | apdu[4]);
        const std::string value = attribute(class_id, apdu[11], apdu.subspan(12));
        const std::string invoke_id = to_hex(apdu.subspan(2, 1));
        return octets("C401" + invoke_id + (value.size() == 2 ? "01" + value : "00" + value));
    }

private:
    static std::string number(std::uint32_t value) {
        const Byte octets[]{static_cast<Byte>(value >> 24), static_cast<Byte>(value >> 16),
                            static_cast<Byte>(value >> 8), static_cast<Byte>(value)};
        return to_hex(octets);
    }
    std::string attribute(std::uint16_t class_id, Byte id, ByteView selection) const {
        if (class_id == 8) {
            return clock;
        }
        if (class_id == 3 && id == 3) {
            return "02020F01161E";  // scaler 1, Wh
        }
        if (class_id != 7) {
            return "04";
        }
        switch (id) {
            case 2: return buffer(selection);
            case 3: return capture_objects;
            case 4: return "06" + number(period);
            case 7: return "06" + number(static_cast<std::uint32_t>(rows.size()));
            default: return "04";
        }
    }
    std::string buffer(ByteView selection) const {
        if (selection[0] == 0) {
            return whole.empty() ? of(rows) : whole;
        }
        const auto parameters = *axdr::parse_data(selection.subspan(2));
        return selection[1] == 1 ? by_range(parameters) : by_entry(parameters);
    }
    std::string by_range(const axdr::DataView& parameters) const {
        if (!takes_ranges) {
            return refusal;
        }
        const auto range = *cosem::read_range_descriptor(parameters);
        const auto local = [](const axdr::DataView& value) {
            return *cosem::local_seconds(*cosem::read_date_time(*value.octets()));
        };
        std::vector<std::string> chosen;
        for (const std::string& row : rows) {
            const auto data = *axdr::Data::parse(octets(row));
            const LocalSeconds time = local(*data.view().element(0));
            if (!heeds_ranges || (time >= local(range.from) && time <= local(range.to))) {
                chosen.push_back(row);
            }
        }
        return of(chosen);
    }
    std::string by_entry(const axdr::DataView& parameters) const {
        if (!takes_entries) {
            return refusal;
        }
        const auto entries = *cosem::read_entry_descriptor(parameters);
        const auto selected = *cosem::selected_rows(entries, rows.size());
        const auto first = rows.begin() + static_cast<std::ptrdiff_t>(selected.first);
        return of({first, first + static_cast<std::ptrdiff_t>(selected.count)});
    }
    std::string of(const std::vector<std::string>& chosen) const {
        if (chosen.size() > most_rows) {
            return "0E";  // data-block-unavailable
        }
        std::string hex = "0182" + number(static_cast<std::uint32_t>(chosen.size())).substr(4);
        for (const std::string& row : chosen) {
            hex += row;
        }
        return hex;
    }
};

/// A reader before such a meter.
struct ProfileDesk {
    explicit ProfileDesk(const ProfileMeter& model, const char* brand = "generic")
        : meter([model](ByteView apdu) { return model.answer(apdu); }),
          desk(meter.port()),
          registers(desk.client),
          reader(desk.client, registers, profile_of_brand(brand), limits) {}

    Outcome<cosem::ProfileTable> read(const std::string& from, const std::string& to,
                                      cosem::LocalFromUtc zone = {}) {
        ProfileQuery query;
        query.profile = load_curve;
        if (!from.empty()) {
            query.range.from = at(from);
        }
        if (!to.empty()) {
            query.range.to = at(to);
        }
        return desk.wait(reader.read(query, std::move(zone), in(60s)));
    }
    /// Requests for the buffer since the last call.
    std::vector<std::string> buffer_requests() {
        std::vector<std::string> found;
        const auto asked = meter.asked();
        for (; seen < asked.size(); ++seen) {
            const bool is_it = asked[seen].starts_with("C001") &&
                               asked[seen].substr(6, 4) == "0007" &&
                               asked[seen].substr(22, 2) == "02";
            if (is_it) {
                found.push_back(asked[seen].substr(24));
            }
        }
        return found;
    }

    AnsweringMeter meter;
    Desk desk;
    LearntLimits limits;
    RegisterReader registers;
    ProfileReader reader;
    std::size_t seen = 0;
};

/// "09:00=1000 09:15=1001 ..." of the rows, with what is missing in brackets.
std::string text(const Outcome<cosem::ProfileTable>& table) {
    if (!table) {
        return std::string(code_text(table.error()));
    }
    std::string words;
    for (const cosem::ProfileRow& row : table->rows) {
        const auto energy = row.values.view().element(1);
        words += (words.empty() ? "" : " ") +
                 (row.time ? iso_text(*row.time).substr(11, 5) : std::string("?")) + "=" +
                 (energy ? std::to_string(energy->unsigned_integer().value_or(0)) : "");
    }
    for (const cosem::MissingInterval& gap : table->missing) {
        words +=
            " [" + iso_text(gap.from).substr(11, 5) + "-" + iso_text(gap.to).substr(11, 5) + "]";
    }
    return words + (table->complete ? (*table->complete ? " complete" : " incomplete") : " ?");
}

/// Central Europe around the end of summer time, 2026-10-25T01:00Z.
LocalSeconds central_europe(std::int64_t utc) {
    constexpr std::int64_t change = 1'792'890'000;
    return utc + (utc < change ? 7200 : 3600);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(load_profile)

BOOST_AUTO_TEST_CASE(a_range_is_asked_for_in_the_clocks_own_convention) {
    ProfileMeter model;
    model.fill("2026-03-14T09:00", 8);
    ProfileDesk desk(model);
    BOOST_TEST(text(desk.read("2026-03-14T09:15", "2026-03-14T10:00")) ==
               "09:15=1001 09:30=1002 09:45=1003 complete");
    // Both ends of the meter's range belong to it; the end is filtered here.
    BOOST_TEST(
        desk.buffer_requests() == (std::vector<std::string>{"0101"
                                                            "0204"
                                                            "020412000809060000010000FF0F02120000"
                                                            "090C07EA030EFF090F00FF8000FF"
                                                            "090C07EA030EFF0A0000FF8000FF"
                                                            "0100"}),
        boost::test_tools::per_element());
    // An instant is converted: the zone is two hours ahead.
    BOOST_TEST(text(desk.read("2026-03-14T07:15Z", "2026-03-14T11:00+03:00", [](std::int64_t utc) {
                   return utc + 7200;
               })) == "09:15=1001 09:30=1002 09:45=1003 complete");
    BOOST_TEST(desk.buffer_requests().at(0).substr(44, 28) == "090C07EA030EFF090F00FF8000FF");
}

BOOST_AUTO_TEST_CASE(a_clock_with_deviation_gets_it_and_rows_are_instants) {
    ProfileMeter model;
    // Monday to Sunday and hundredths stated, winter time of central Europe.
    model.clock = "090C07EA030F070C000000FFC400";
    for (unsigned i = 0; i < 8; ++i) {
        model.add(cosem::date_time_from_local(
                      *cosem::local_seconds(at("2026-03-14T09:00")) + 900 * i, -60, 0),
                  1000 + i);
    }
    ProfileDesk desk(model);
    // 08:15Z is 09:15 there. An hour more on both sides, for meters that compare local times.
    BOOST_TEST(text(desk.read("2026-03-14T08:15Z", "2026-03-14T09:00Z")) ==
               "09:15=1001 09:30=1002 09:45=1003 complete");
    BOOST_TEST(desk.buffer_requests().at(0).substr(44, 56) ==
               "090C07EA030E06080F0000FFC400"
               "090C07EA030E060B000000FFC400");
}

BOOST_AUTO_TEST_CASE(an_hour_that_comes_twice_is_told_apart_by_the_order_of_its_rows) {
    ProfileMeter model;
    model.clock = "090C07EA0A1AFF0C0000FF8000FF";
    const std::int64_t first = 1'792'890'000 - 1800;  // 02:30 of summer time
    for (unsigned i = 0; i < 8; ++i) {
        model.add(bare(central_europe(first + 900 * i)), i);
    }
    ProfileDesk desk(model);
    BOOST_TEST(text(desk.read("2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00",
                              central_europe)) == "02:30=0 02:45=1 02:00=2 02:15=3 complete");
    // Newest first makes no difference.
    std::ranges::reverse(model.rows);
    ProfileDesk reversed(model);
    BOOST_TEST(
        text(reversed.read("2026-10-25T02:30+02:00", "2026-10-25T03:30+01:00", central_europe)) ==
        "02:30=0 02:45=1 02:00=2 02:15=3 02:30=4 02:45=5 03:00=6 03:15=7 complete");
}

BOOST_AUTO_TEST_CASE(a_meter_that_refuses_ranges_is_asked_by_entry_and_that_is_remembered) {
    ProfileMeter model;
    model.takes_ranges = false;
    model.fill("2026-03-01T00:00", 1500);
    ProfileDesk desk(model);
    BOOST_TEST(text(desk.read("2026-03-14T09:15", "2026-03-14T10:00")) ==
               "09:15=2285 09:30=2286 09:45=2287 complete");
    BOOST_TEST(desk.limits.profiles[load_curve].refuses_ranges);
    // No row is read that is far from the range, and no range is asked for again.
    desk.buffer_requests();
    BOOST_TEST(text(desk.read("2026-03-14T10:00", "2026-03-14T10:30")) ==
               "10:00=2288 10:15=2289 complete");
    for (const std::string& request : desk.buffer_requests()) {
        BOOST_TEST(request.substr(0, 8) == "01020204");
    }
}

BOOST_AUTO_TEST_CASE(entries_of_a_buffer_with_the_newest_first_come_in_order) {
    ProfileMeter model;
    model.takes_ranges = false;
    model.fill("2026-03-01T00:00", 1400);
    std::ranges::reverse(model.rows);
    model.most_rows = 100;
    ProfileDesk desk(model);
    const auto table = desk.read("2026-03-02T00:00", "2026-03-06T00:00");
    BOOST_REQUIRE(table.has_value());
    BOOST_TEST(table->rows.size() == 4 * 96);
    BOOST_TEST(table->complete.value_or(false));
    BOOST_TEST(iso_text(*table->rows.front().time) == "2026-03-02T00:00:00");
    BOOST_TEST(std::ranges::is_sorted(table->rows, {}, &cosem::ProfileRow::instant));
}

BOOST_AUTO_TEST_CASE(a_meter_that_knows_no_selection_gives_the_whole_buffer) {
    ProfileMeter model;
    model.takes_ranges = false;
    model.takes_entries = false;
    model.fill("2026-03-14T09:00", 8);
    ProfileDesk desk(model);
    BOOST_TEST(text(desk.read("2026-03-14T10:30", "")) ==
               "10:30=1006 10:45=1007 [11:00-12:15] incomplete");
    model.aare_ =
        "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F0400007C1B04C80007";
    model.takes_ranges = true;
    ProfileDesk without(model);
    BOOST_TEST(text(without.read("2026-03-14T10:30", "2026-03-14T11:00")) ==
               "10:30=1006 10:45=1007 complete");
    BOOST_TEST(without.buffer_requests() == std::vector<std::string>{"00"},
               boost::test_tools::per_element());
    BOOST_TEST(without.limits.profiles.empty());
}

BOOST_AUTO_TEST_CASE(a_meter_that_pays_no_heed_to_ranges_is_filtered) {
    ProfileMeter model;
    model.heeds_ranges = false;
    model.fill("2026-03-10T00:00", 500);
    ProfileDesk desk(model);
    BOOST_TEST(text(desk.read("2026-03-14T09:15", "2026-03-14T10:00")) ==
               "09:15=1421 09:30=1422 09:45=1423 complete");
}

BOOST_AUTO_TEST_CASE(what_is_too_much_for_an_answer_is_asked_for_in_parts) {
    for (const bool ranges : {true, false}) {
        ProfileMeter model;
        model.takes_ranges = ranges;
        model.most_rows = 30;
        model.fill("2026-03-01T00:00", 1400);
        ProfileDesk desk(model);
        const auto table = desk.read("2026-03-02T00:00", "2026-03-04T00:00");
        BOOST_REQUIRE_MESSAGE(table.has_value(), text(table));
        BOOST_TEST(table->rows.size() == 192);
        BOOST_TEST(table->complete.value_or(false));
        const std::uint32_t learnt = desk.limits.profiles[load_curve].most_rows;
        BOOST_TEST((learnt > 10 && learnt <= 30));
        // The next time nothing is refused.
        desk.buffer_requests();
        BOOST_TEST(desk.read("2026-03-02T00:00", "2026-03-03T00:00")->rows.size() == 96);
        BOOST_TEST(desk.limits.profiles[load_curve].most_rows == learnt);
    }
}

BOOST_AUTO_TEST_CASE(a_range_of_years_costs_no_request_for_each_empty_part) {
    ProfileMeter model;
    model.most_rows = 30;
    model.fill("2026-03-14T00:00", 96);
    ProfileDesk desk(model);
    BOOST_TEST(desk.read("1990-01-01T00:00", "2030-01-01T00:00")->rows.size() == 96);
    BOOST_TEST(desk.buffer_requests().size() < 20);
    BOOST_TEST(desk.read("", "")->rows.size() == 96);
}

BOOST_AUTO_TEST_CASE(an_answer_fits_the_pdu_where_the_meter_has_no_blocks) {
    ProfileMeter model;
    // The same conformance but for block transfer with get; PDUs of 200 octets.
    model.aare_ =
        "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F0400002C1F00C80007";
    model.most_rows = 7;
    model.fill("2026-03-14T00:00", 40);
    ProfileDesk desk(model);
    BOOST_TEST(desk.read("2026-03-14T00:00", "2026-03-14T10:00")->rows.size() == 40);
    BOOST_TEST(desk.limits.profiles.empty());  // nothing was ever refused
}

BOOST_AUTO_TEST_CASE(missing_periods_are_told_and_rows_beside_the_beat_fill_none) {
    ProfileMeter model;
    model.fill("2026-03-14T09:00", 3);
    const LocalSeconds start = *cosem::local_seconds(at("2026-03-14T09:00"));
    model.add(bare(start + 4 * 900 + 421), 7);  // the power came back
    model.add(bare(start + 5 * 900), 8);
    ProfileDesk desk(model);
    BOOST_TEST(text(desk.read("2026-03-14T08:30", "2026-03-14T11:00")) ==
               "09:00=1000 09:15=1001 09:30=1002 10:07=7 10:15=8 [08:30-09:00] [09:45-10:15] "
               "[10:30-11:00] incomplete");
    // What is not over is not missing: the meter's clock shows 12:00.
    BOOST_TEST(text(desk.read("2026-03-15T11:30", "2026-03-16T00:00")) ==
               " [11:30-12:15] incomplete");
}

BOOST_AUTO_TEST_CASE(rows_that_are_in_no_order_are_sorted) {
    ProfileMeter model;
    model.fill("2026-03-14T09:00", 5);
    std::ranges::swap(model.rows[0], model.rows[3]);
    std::ranges::swap(model.rows[1], model.rows[2]);
    ProfileDesk desk(model);
    BOOST_TEST(text(desk.read("2026-03-14T09:00", "2026-03-14T10:15")) ==
               "09:00=1000 09:15=1001 09:30=1002 09:45=1003 10:00=1004 complete");
}

BOOST_AUTO_TEST_CASE(values_that_were_left_out_are_put_back) {
    ProfileMeter model;
    model.add(bare(*cosem::local_seconds(at("2026-03-14T09:00"))), 5);
    model.rows.push_back("02020000");
    model.rows.push_back(
        "020200"
        "0600000009");
    model.takes_ranges = false;
    model.takes_entries = false;
    ProfileDesk desk(model);
    BOOST_TEST(text(desk.read("2026-03-14T09:00", "2026-03-14T09:45")) ==
               "09:00=5 09:15=5 09:30=9 complete");
}

BOOST_AUTO_TEST_CASE(the_register_gives_scaler_and_unit_once) {
    ProfileMeter model;
    model.fill("2026-03-14T09:00", 2);
    ProfileDesk desk(model);
    for (int i = 0; i < 2; ++i) {
        const auto table = desk.read("2026-03-14T09:00", "2026-03-14T09:30");
        BOOST_REQUIRE(table.has_value());
        BOOST_TEST(!table->columns[0].scaler_unit.has_value());
        BOOST_TEST((table->columns[1].scaler_unit == cosem::ScalerUnit{1, cosem::Unit::watt_hour}));
    }
    BOOST_TEST(std::ranges::count_if(desk.meter.asked(), [](const std::string& apdu) {
                   return apdu.starts_with("C001") && apdu.substr(6) == "00030100010800FF0300";
               }) == 1);
}

BOOST_AUTO_TEST_CASE(a_brands_column_has_the_brands_scaler_where_it_is_of_that_type) {
    ProfileMeter model;
    model.capture_objects =
        "0102020412000809060000010000FF0F02120000020412000309060100200700FF0F02120000";
    model.fill("2026-03-14T09:00", 2);
    ProfileDesk hexcell(model, "hexcell");
    const auto table = hexcell.read("2026-03-14T09:00", "2026-03-14T09:30");
    BOOST_REQUIRE(table.has_value());
    BOOST_TEST(table->columns[1].is_scaled_by_brand);
    BOOST_TEST((table->columns[1].scaler_unit == cosem::ScalerUnit{-2, cosem::Unit::volt}));
    model.rows = {
        "0202"
        "090C07EA030EFF090000FF8000FF"
        "1208F9"};  // long-unsigned as the register
    ProfileDesk other(model, "hexcell");
    BOOST_TEST(!other.read("2026-03-14T09:00", "2026-03-14T09:30")->columns[1].is_scaled_by_brand);
}

BOOST_AUTO_TEST_CASE(a_refusal_of_everything_is_the_meters_and_nothing_is_learnt) {
    ProfileMeter model;
    model.fill("2026-03-14T09:00", 2);
    model.takes_ranges = false;
    model.takes_entries = false;
    model.refusal = "03";
    model.whole = "03";
    ProfileDesk desk(model);
    BOOST_TEST(text(desk.read("2026-03-14T09:00", "2026-03-14T09:30")) == "read-write-denied");
    BOOST_TEST(desk.limits.profiles.empty());
}

BOOST_AUTO_TEST_CASE(more_than_a_caller_may_have_is_refused) {
    ProfileMeter model;
    model.fill("2026-03-14T00:00", 96);
    ProfileDesk desk(model);
    ProfileQuery query;
    query.most_octets = 500;
    const auto table = desk.desk.wait(desk.reader.read(query, {}, in(60s)));
    BOOST_REQUIRE(!table);
    BOOST_TEST((table.error().code == FailureCode::unsupported));
}

BOOST_AUTO_TEST_CASE(a_row_that_cannot_be_is_named) {
    const auto fault = [](const std::string& row) {
        ProfileMeter model;
        model.fill("2026-03-14T00:00", 3);
        model.rows[1] = row;
        ProfileDesk desk(model);
        const auto table = desk.desk.wait(desk.reader.read({}, {}, in(60s)));
        BOOST_REQUIRE(!table);
        return table.error().detail;
    };
    BOOST_TEST(fault("02010600000001") ==
               "row 2 of 3 has fewer values than the 2 columns of capture_objects");
    BOOST_TEST(fault("0203000600000001"
                     "00") == "row 2 of 3 has more values than the 2 columns of capture_objects");
    BOOST_TEST(fault("0600000001") == "row 2 of 3 is no structure");
    BOOST_TEST(fault("02020021FFFFFFFF") ==
               "row 2 of 3, column 2 is a delta that leads out of its type");
}

BOOST_AUTO_TEST_CASE(rows_without_columns_are_no_empty_profile) {
    ProfileMeter model;
    model.fill("2026-03-14T00:00", 3);
    model.capture_objects = "0100";
    ProfileDesk desk(model);
    const auto table = desk.desk.wait(desk.reader.read({}, {}, in(60s)));
    BOOST_REQUIRE(!table);
    BOOST_TEST(table.error().detail == "the buffer has rows, and capture_objects names no column");
}

// Profiles of a real meter: 43 and its like have one clock a row with the newest first, 87 has
// three columns, 85 has no clock, 95 has neither columns nor rows.
BOOST_AUTO_TEST_CASE(real_profiles_are_read_whole) {
    std::size_t profiles = 0;
    for (const auto& vector : dlms::testing::load_vector_lines("meter_profiles")) {
        const std::string name = vector["obis"];
        BOOST_TEST_CONTEXT(name) {
            ProfileMeter model;
            model.period = 0;
            const std::string columns = vector["capture_objects_hex"];
            model.capture_objects = columns.empty() ? "0100" : columns;
            model.whole = vector["buffer_hex"].get<std::string>().empty()
                              ? "0100"
                              : vector["buffer_hex"].get<std::string>();
            model.takes_ranges = false;
            model.takes_entries = false;
            ProfileDesk desk(model, "hexcell");
            const auto table = desk.read("", "");
            BOOST_REQUIRE(table.has_value());
            BOOST_TEST(table->complete.value_or(false));
            BOOST_TEST(std::ranges::is_sorted(table->rows, {}, &cosem::ProfileRow::instant));
            if (columns.empty()) {
                BOOST_TEST(table->rows.empty());
            }
            if (name == "1.0.99.98.43.255") {
                BOOST_TEST(table->rows.size() == 10);
                BOOST_TEST(iso_text(*table->rows.front().time) == "2000-01-01T00:00:02");
                BOOST_TEST(iso_text(*table->rows.back().time) == "2018-07-16T09:19:07");
            }
            if (name == "1.0.99.98.85.255") {
                BOOST_TEST(table->rows.size() == 50);
                BOOST_TEST(!table->rows.front().time.has_value());
            }
            if (name == "1.0.99.98.87.255") {
                BOOST_TEST(table->columns.size() == 3);
                BOOST_TEST(iso_text(*table->rows.back().time) == "2018-07-18T15:53:00");
                const auto range = desk.read("2018-07-12T00:00", "2018-07-13T00:00");
                BOOST_TEST(range->rows.size() == 7);
            }
            ++profiles;
        }
    }
    BOOST_TEST(profiles == 12);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::client
