#include "simulator/profile.hpp"

#include <numeric>

#include "stack/axdr/compact_array.hpp"
#include "stack/cosem/profile_buffer.hpp"
#include "stack/cosem/profile_selection.hpp"

namespace dlms::simulator {
namespace {

using axdr::DataView;
using cosem::DataAccessResult;

/// What of a profile is sent, in ascending order.
struct Selection {
    std::vector<std::size_t> rows;
    std::vector<std::size_t> columns;
};

std::vector<std::size_t> indices(cosem::Selected selected) {
    std::vector<std::size_t> all(selected.count);
    std::iota(all.begin(), all.end(), selected.first);
    return all;
}

DataAccessResult refusal(const Error& error) {
    // A column that is not there is no error of form.
    return error.code == ErrorCode::element_missing ? DataAccessResult::other_reason
                                                    : DataAccessResult::type_unmatched;
}

std::expected<Selection, DataAccessResult> select_range(const Profile& profile,
                                                        const DataView& parameters) {
    const auto range = cosem::read_range_descriptor(parameters);
    if (!range) {
        return std::unexpected(DataAccessResult::type_unmatched);
    }
    const auto filter = cosem::RangeFilter::make(*range, profile.columns);
    const auto columns = cosem::selected_columns(*range, profile.columns);
    if (!filter || !columns) {
        return std::unexpected(refusal(filter ? columns.error() : filter.error()));
    }
    Selection selection{{}, *columns};
    const bool by_clock = cosem::is_clock(range->restricting_object);
    const auto [first, last] = by_clock ? profile.rows.candidates(range->from, range->to)
                                        : std::pair(std::size_t{0}, profile.rows.size());
    axdr::Data space;
    for (std::size_t row = first; row < last; ++row) {
        if (filter->selects(profile.rows.row(row, space))) {
            selection.rows.push_back(row);
        }
    }
    return selection;
}

std::expected<Selection, DataAccessResult> select_entries(const Profile& profile,
                                                          const DataView& parameters) {
    const auto entries = cosem::read_entry_descriptor(parameters);
    if (!entries) {
        return std::unexpected(DataAccessResult::type_unmatched);
    }
    const auto rows = cosem::selected_rows(*entries, profile.rows.size());
    const auto columns = cosem::selected_columns(*entries, profile.columns.size());
    if (!rows || !columns) {
        return std::unexpected(DataAccessResult::type_unmatched);
    }
    return Selection{indices(*rows), indices(*columns)};
}

std::expected<Selection, DataAccessResult> select(
    const Profile& profile, const std::optional<cosem::SelectiveAccess>& selection) {
    if (!selection) {
        return Selection{indices({0, profile.rows.size()}), indices({0, profile.columns.size()})};
    }
    switch (selection->selector) {
        case cosem::range_selector: return select_range(profile, selection->parameters);
        case cosem::entry_selector: return select_entries(profile, selection->parameters);
        default: return std::unexpected(DataAccessResult::other_reason);
    }
}

}  // namespace

std::expected<axdr::Data, DataAccessResult> read_profile(
    const Profile& profile, const std::optional<cosem::SelectiveAccess>& selection) {
    const auto chosen = select(profile, selection);
    if (!chosen) {
        return std::unexpected(chosen.error());
    }
    std::vector<cosem::CaptureObject> columns;
    for (const std::size_t column : chosen->columns) {
        columns.push_back(profile.columns[column]);
    }
    axdr::DataBuilder builder;
    builder.array(chosen->rows.size());
    cosem::ProfileRowCompressor compressor(columns, profile.capture_period);
    std::vector<DataView> values;
    axdr::Data space;
    for (const std::size_t row : chosen->rows) {
        const DataView whole = profile.rows.row(row, space);
        if (profile.encoding != BufferEncoding::null_data_compression) {
            cosem::write_selected(builder, whole, chosen->columns);
            continue;
        }
        values.clear();
        for (const std::size_t column : chosen->columns) {
            values.push_back(whole.element(column).value_or(DataView()));
        }
        compressor.write(builder, values);
    }
    axdr::Data rows = builder.finish().value_or(axdr::Data());
    if (profile.encoding == BufferEncoding::compact_array) {
        if (auto packed = axdr::to_compact_array(rows.view())) {
            return *std::move(packed);
        }
    }
    return rows;
}

}  // namespace dlms::simulator
