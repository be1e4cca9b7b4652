#pragma once
// Selective access to the buffer of a profile generic (Blue Book 4.3.6.2; sheet section 12.5):
// selector 1 by range, selector 2 by entry. Parameters as structs and as Data, and which rows and
// columns they select.

#include <span>
#include <vector>

#include "stack/axdr/data.hpp"
#include "stack/cosem/capture_object.hpp"

namespace dlms::cosem {

inline constexpr std::uint8_t range_selector = 1;
inline constexpr std::uint8_t entry_selector = 2;

/// Rows whose value in one column lies in [from, to]; both ends belong to it.
struct RangeDescriptor {
    CaptureObject restricting_object;
    axdr::DataView from;  ///< valid as long as the octets that it was made from
    axdr::DataView to;    ///< the same
    std::vector<CaptureObject> selected_values;  ///< columns; empty for all
};

/// Rows and columns by number, from 1; both ends belong to it.
struct EntryDescriptor {
    std::uint32_t from_entry = 1;
    std::uint32_t to_entry = 0;  ///< 0 for the last
    std::uint16_t from_selected_value = 1;
    std::uint16_t to_selected_value = 0;  ///< 0 for the last

    friend bool operator==(const EntryDescriptor&, const EntryDescriptor&) = default;
};

/// Errors: those of read_capture_object().
Result<RangeDescriptor> read_range_descriptor(const axdr::DataView& parameters);
Result<EntryDescriptor> read_entry_descriptor(const axdr::DataView& parameters);

/// Errors: out_of_range when there are more columns than a Data can hold.
Result<axdr::Data> to_data(const RangeDescriptor& range);
Result<axdr::Data> to_data(const EntryDescriptor& entries);

/// Rows or columns from `first` (counted from 0), `count` of them.
struct Selected {
    std::size_t first = 0;
    std::size_t count = 0;

    friend bool operator==(const Selected&, const Selected&) = default;
};

/// The rows of `entries` in a buffer of `rows`; none where it begins behind the last or ends before
/// it begins. Errors: value_out_of_range for from_entry 0.
Result<Selected> selected_rows(const EntryDescriptor& entries, std::size_t rows);

/// The columns of `entries` out of as many; from_selected_value 0 stands for the first. Errors:
/// value_out_of_range when it selects none.
Result<Selected> selected_columns(const EntryDescriptor& entries, std::size_t columns);

/// The places of a range's columns in the profile's, in the range's order; all for an empty list.
/// Errors: element_missing for a column that the profile does not have.
Result<std::vector<std::size_t>> selected_columns(const RangeDescriptor& range,
                                                  std::span<const CaptureObject> columns);

/// Which rows a range selects. Times are compared as instants where both state a deviation and are
/// complete, else part by part, and a part that is not specified agrees with every value.
class RangeFilter {
public:
    /// `range` must outlive the filter. Errors: element_missing when the profile does not have the
    /// restricting column; type_mismatch when from and to are nothing that can be compared.
    static Result<RangeFilter> make(const RangeDescriptor& range,
                                    std::span<const CaptureObject> columns);

    /// Whether a row, a structure of the profile's columns without compressed values, is selected.
    bool selects(const axdr::DataView& row) const;

private:
    RangeFilter(const RangeDescriptor& range, std::size_t column, bool is_time)
        : range_(&range), column_(column), is_time_(is_time) {}

    const RangeDescriptor* range_;
    std::size_t column_ = 0;
    bool is_time_ = false;
};

/// Writes a row with some of its columns, in the order given; fastest in ascending order. A column
/// that the row lacks is written as null-data.
void write_selected(axdr::DataBuilder& builder, const axdr::DataView& row,
                    std::span<const std::size_t> columns);

}  // namespace dlms::cosem
