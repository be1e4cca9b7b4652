#include "client/load_profile.hpp"

#include <algorithm>
#include <chrono>

#include "client/meter_profile.hpp"
#include "client/profile_reading.hpp"
#include "client/request_items.hpp"
#include "stack/axdr/compact_array.hpp"

namespace dlms::client {

using cosem::ProfileRow;
using cosem::ProfileTable;

namespace {

constexpr std::uint16_t profile_class = 7;
constexpr std::uint16_t clock_class = 8;

std::int64_t service_time() {
    using namespace std::chrono;
    return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

/// Whether a row does not have the columns that are known.
bool is_of_other_columns(const Failure& failure) {
    return failure.error && failure.error->layer == Layer::cosem &&
           (failure.error->code == ErrorCode::element_missing ||
            failure.error->code == ErrorCode::trailing_octets);
}

/// The attribute whose value a column holds; nothing for a part of one.
std::optional<cosem::AttributeDescriptor> whole_attribute(const cosem::CaptureObject& column) {
    if (column.data_index != 0) {
        return std::nullopt;
    }
    return cosem::AttributeDescriptor{column.class_id, column.logical_name, column.attribute_index};
}

void keep_range(std::vector<ProfileRow>& rows, const TimeRange& range, const ProfileClock& clock) {
    std::erase_if(
        rows, [&](const ProfileRow& row) { return row.instant && !clock.contains(range, row); });
}

void sort_by_time(std::vector<ProfileRow>& rows, bool periodic) {
    std::ranges::stable_sort(rows, {}, &ProfileRow::instant);
    if (!periodic) {
        return;
    }
    // Read twice: parts of a buffer overlap.
    const auto repeated = std::ranges::unique(rows, [](const ProfileRow& a, const ProfileRow& b) {
        return a.instant && a.instant == b.instant && a.values == b.values;
    });
    rows.erase(repeated.begin(), repeated.end());
}

void find_missing(ProfileTable& table, const TimeRange& range, const ProfileClock& clock,
                  bool has_clock) {
    if (!has_clock) {
        if (range.is_open()) {
            table.complete = true;
        }
        return;
    }
    const auto first = std::ranges::find_if(
        table.rows, [](const ProfileRow& row) { return row.instant.has_value(); });
    if (table.capture_period == 0) {
        table.complete = true;
        return;
    }
    if (!range.from && first == table.rows.end()) {
        return;  // nobody knows where it begins
    }
    InstantRange instants;
    instants.from = range.from ? clock.instant_of(*range.from) : *first->instant;
    instants.now = clock.now();
    instants.to =
        range.to ? clock.instant_of(*range.to) : instants.now + std::int64_t{table.capture_period};
    table.missing = missing_intervals(table.rows, table.capture_period, instants, clock);
    table.complete = table.missing.empty();
}

}  // namespace

asio::awaitable<Outcome<ProfileTable>> ProfileReader::read(ProfileQuery query,
                                                           cosem::LocalFromUtc zone,
                                                           Instant deadline) {
    const bool was_known = known_.contains(query.profile);
    for (bool again = false;; again = true) {
        const auto description = co_await describe(query.profile, deadline);
        if (!description) {
            co_return std::unexpected(description.error());
        }
        auto table = co_await read_rows(query, *description, zone, deadline);
        if (table) {
            const auto scaled = co_await scale(query, *table, deadline);
            if (!scaled) {
                co_return std::unexpected(scaled.error());
            }
            co_return table;
        }
        known_.erase(query.profile);
        // Somebody may have given the profile other columns since.
        if (again || !was_known || !is_of_other_columns(table.error())) {
            co_return table;
        }
    }
}

asio::awaitable<Outcome<ProfileReader::Description>> ProfileReader::describe(
    cosem::ObisCode profile, Instant deadline) {
    if (const auto known = known_.find(profile); known != known_.end()) {
        co_return known->second;
    }
    std::vector<ReadRequest> requests(2);
    requests[0].attribute = {profile_class, profile, 3};
    requests[1].attribute = {profile_class, profile, 4};
    auto values = co_await client_.read_list(std::move(requests), deadline);
    if (!values) {
        co_return std::unexpected(std::move(values.error()));
    }
    Outcome<axdr::Data>& columns = values->front();
    Outcome<axdr::Data>& period = values->back();
    if (!columns) {
        co_return std::unexpected(std::move(columns.error()));
    }
    if (!period && !concerns_the_item(period.error())) {
        co_return std::unexpected(std::move(period.error()));
    }
    Description description;
    if (!columns->view().is_null()) {
        auto objects = cosem::read_capture_objects(columns->view());
        if (!objects) {
            co_return std::unexpected(from_error(objects.error()));
        }
        description.columns = std::move(*objects);
    }
    const auto seconds =
        period ? period->view().unsigned_integer() : Result<std::uint64_t>(std::uint64_t{0});
    description.capture_period =
        seconds && *seconds <= INT32_MAX ? static_cast<std::uint32_t>(*seconds) : 0U;
    if (description.capture_period == 0) {
        const auto elsewhere = co_await period_object(profile, deadline);
        if (!elsewhere) {
            co_return std::unexpected(elsewhere.error());
        }
        description.capture_period = *elsewhere;
    }
    known_[profile] = description;
    co_return description;
}

asio::awaitable<Outcome<std::uint32_t>> ProfileReader::period_object(cosem::ObisCode profile,
                                                                     Instant deadline) {
    const auto found = std::ranges::find(brand_.period_objects, profile, &PeriodObject::profile);
    if (found == brand_.period_objects.end()) {
        co_return std::uint32_t{0};
    }
    ReadRequest request;
    request.attribute = found->attribute;
    const auto value = co_await client_.read(std::move(request), deadline);
    if (!value && !concerns_the_item(value.error())) {
        co_return std::unexpected(value.error());
    }
    constexpr std::uint64_t most = 100'000;
    const auto number =
        value ? value->view().unsigned_integer() : Result<std::uint64_t>(std::uint64_t{0});
    co_return number && *number <= most ? static_cast<std::uint32_t>(*number) * found->unit : 0U;
}

asio::awaitable<Outcome<ProfileClock>> ProfileReader::read_clock(const Description& description,
                                                                 const cosem::LocalFromUtc& zone,
                                                                 Instant deadline) {
    const auto column = ProfileRows::clock_column(description.columns);
    const cosem::ObisCode usual(0, 0, 1, 0, 0, 255);
    std::vector<cosem::ObisCode> clocks;
    if (column) {
        clocks.push_back(description.columns[*column].logical_name);
        if (clocks.front() != usual) {
            clocks.push_back(usual);
        }
    }
    for (const cosem::ObisCode& clock : clocks) {
        ReadRequest request;
        request.attribute = {clock_class, clock, 2};
        const auto value = co_await client_.read(std::move(request), deadline);
        if (!value && !concerns_the_item(value.error())) {
            co_return std::unexpected(value.error());
        }
        const auto octets = value ? value->view().octets()
                                  : Result<ByteView>(fail(ErrorCode::type_mismatch, Layer::client));
        const auto shown = octets ? cosem::read_date_time(*octets)
                                  : Result<cosem::DateTime>(std::unexpected(octets.error()));
        if (shown) {
            co_return ProfileClock(zone, *shown, service_time());
        }
    }
    co_return ProfileClock(zone, std::nullopt, service_time());
}

/// Of a profile that names no columns. One that refuses to tell holds none.
asio::awaitable<Outcome<bool>> ProfileReader::holds_rows(cosem::ObisCode profile,
                                                         Instant deadline) {
    ReadRequest request;
    request.attribute = {profile_class, profile, 2};
    const auto buffer = co_await client_.read(std::move(request), deadline);
    if (!buffer) {
        if (is_refusal(buffer.error())) {
            co_return false;
        }
        co_return std::unexpected(buffer.error());
    }
    const auto compact = buffer->view().compact_array();
    const auto unrolled = compact ? compact->to_array() : axdr::Data();
    const auto rows = compact && unrolled ? unrolled->view().elements() : buffer->view().elements();
    co_return rows && rows->size() > 0;
}

asio::awaitable<Outcome<ProfileTable>> ProfileReader::read_rows(const ProfileQuery& query,
                                                                const Description& description,
                                                                const cosem::LocalFromUtc& zone,
                                                                Instant deadline) {
    ProfileTable table;
    table.capture_period = description.capture_period;
    for (const cosem::CaptureObject& column : description.columns) {
        table.columns.push_back({column});
    }
    if (description.columns.empty()) {
        const auto has_rows = co_await holds_rows(query.profile, deadline);
        if (!has_rows) {
            co_return std::unexpected(has_rows.error());
        }
        if (*has_rows) {
            Failure failure = from_error(Error{ErrorCode::element_missing, Layer::cosem, 0});
            failure.detail = "the buffer has rows, and capture_objects names no column";
            co_return std::unexpected(std::move(failure));
        }
        table.complete = true;
        co_return table;
    }
    const auto clock = co_await read_clock(description, zone, deadline);
    if (!clock) {
        co_return std::unexpected(clock.error());
    }
    const ProfileReading::Subject subject{
        client_, query, description.columns, description.capture_period, *clock, deadline};
    ProfileReading reading(subject, limits_.profiles[query.profile]);
    const auto read = co_await reading.run();
    if (limits_.profiles[query.profile] == ProfileLimits()) {
        limits_.profiles.erase(query.profile);
    }
    if (!read) {
        co_return std::unexpected(read.error());
    }
    table.rows = reading.rows().release();
    clock->resolve(table.rows);
    keep_range(table.rows, query.range, *clock);
    sort_by_time(table.rows, table.capture_period > 0);
    find_missing(table, query.range, *clock,
                 ProfileRows::clock_column(description.columns).has_value());
    co_return table;
}

asio::awaitable<Outcome<void>> ProfileReader::scale(const ProfileQuery& query, ProfileTable& table,
                                                    Instant deadline) {
    std::vector<cosem::AttributeDescriptor> attributes;
    for (const cosem::ProfileColumn& column : table.columns) {
        if (const auto attribute = whole_attribute(column.object)) {
            attributes.push_back(*attribute);
        }
    }
    const auto scalers = co_await registers_.scaler_units(attributes, deadline);
    if (!scalers) {
        co_return std::unexpected(scalers.error());
    }
    auto scaler = scalers->begin();
    for (std::size_t index = 0; index < table.columns.size(); ++index) {
        cosem::ProfileColumn& column = table.columns[index];
        if (whole_attribute(column.object)) {
            column.scaler_unit = *scaler++;
        }
        const auto brands =
            std::ranges::find_if(brand_.column_scalers, [&](const ColumnScaler& row) {
                return row.profile == query.profile && row.column == column.object;
            });
        if (brands == brand_.column_scalers.end()) {
            continue;
        }
        const bool is_of_type = std::ranges::all_of(table.rows, [&](const ProfileRow& row) {
            const auto value = row.values.view().element(index);
            return value && (value->is(brands->type) || value->is_null());
        });
        if (is_of_type) {
            column.scaler_unit = brands->scaler_unit;
            column.is_scaled_by_brand = true;
        }
    }
    co_return Outcome<void>();
}

}  // namespace dlms::client
