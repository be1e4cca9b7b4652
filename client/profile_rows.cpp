#include "client/profile_rows.hpp"

#include <algorithm>

#include "stack/axdr/data_builder.hpp"
#include "stack/cosem/profile_buffer.hpp"

namespace dlms::client {

using cosem::ProfileRow;

namespace {

std::optional<cosem::DateTime> time_of(const axdr::DataView& value) {
    const auto octets = value.octets();
    if (!octets) {
        return std::nullopt;
    }
    const auto time = cosem::read_date_time(*octets);
    return time && cosem::local_seconds(*time) ? std::optional(*time) : std::nullopt;
}

/// Whether the times mostly fall; one step against the order is a clock that was put back.
bool is_newest_first(std::span<const ProfileRow> rows) {
    std::optional<cosem::LocalSeconds> before;
    std::ptrdiff_t falls = 0;
    for (const ProfileRow& row : rows) {
        if (!row.time) {
            continue;
        }
        const auto time = cosem::local_seconds(*row.time);
        falls += before && time < before ? 1 : 0;
        falls -= before && time > before ? 1 : 0;
        before = time;
    }
    return falls > 0;
}

/// Which row it is, from 1, and what is wrong with it.
Failure fault_of_row(const Error& error, std::size_t row, std::size_t rows, std::size_t columns,
                     std::optional<std::size_t> delta) {
    Failure failure = from_error(error);
    failure.detail = "row " + std::to_string(row) + " of " + std::to_string(rows);
    switch (error.code) {
        case ErrorCode::type_mismatch: failure.detail += " is no structure"; break;
        case ErrorCode::element_missing:
            failure.detail += " has fewer values than the " + std::to_string(columns) +
                              " columns of capture_objects";
            break;
        case ErrorCode::trailing_octets:
            failure.detail += " has more values than the " + std::to_string(columns) +
                              " columns of capture_objects";
            break;
        default:
            if (delta) {
                failure.detail +=
                    ", column " + std::to_string(*delta + 1) + " is a delta" +
                    (error.code == ErrorCode::unsupported_type ? " with no integer before it"
                                                               : " that leads out of its type");
            }
    }
    return failure;
}

}  // namespace

std::optional<std::size_t> ProfileRows::clock_column(
    std::span<const cosem::CaptureObject> columns) {
    const auto found = std::ranges::find_if(columns, cosem::is_clock);
    return found != columns.end() ? std::optional(static_cast<std::size_t>(found - columns.begin()))
                                  : std::nullopt;
}

Result<ProfileRow> ProfileRows::row_of(std::span<const axdr::DataView> values) const {
    axdr::DataBuilder builder;
    builder.structure(values.size());
    for (const axdr::DataView& value : values) {
        builder.element(value);
    }
    auto data = builder.finish();
    if (!data) {
        return std::unexpected(data.error());
    }
    const auto clock = clock_column(columns_);
    return ProfileRow{clock ? time_of(values[*clock]) : std::nullopt, std::nullopt,
                      std::move(*data)};
}

Outcome<std::size_t> ProfileRows::take(const axdr::DataView& buffer) {
    const std::size_t first = rows_.size();
    // Some meters have null-data for a buffer that is empty.
    if (buffer.is_null()) {
        return std::size_t{0};
    }
    auto reader = cosem::ProfileBufferReader::make(buffer, columns_, capture_period_);
    if (!reader) {
        return std::unexpected(from_error(reader.error()));
    }
    const std::size_t rows = reader->rows_left();
    while (reader->rows_left() > 0) {
        const auto values = reader->next();
        if (!values) {
            return std::unexpected(fault_of_row(values.error(), rows - reader->rows_left(), rows,
                                                columns_.size(), reader->delta()));
        }
        auto row = row_of(*values);
        if (!row) {
            return std::unexpected(from_error(row.error()));
        }
        octets_ += row->values.encoded().size();
        if (octets_ > most_octets_) {
            return std::unexpected(from_error(Error{ErrorCode::answer_too_long, Layer::client, 0}));
        }
        rows_.push_back(std::move(*row));
    }
    const std::span added = since(first);
    if (is_newest_first(added)) {
        std::ranges::reverse(added);
    }
    return added.size();
}

void ProfileRows::clear() {
    rows_.clear();
    octets_ = 0;
}

std::size_t ProfileRows::octets_of_row() const {
    constexpr std::size_t time = 14;
    constexpr std::size_t number = 5;
    return rows_.empty() ? 2 + time + number * columns_.size() : octets_ / rows_.size() + 1;
}

}  // namespace dlms::client
