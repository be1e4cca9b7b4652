#pragma once
// The buffer of a profile generic (Blue Book 4.3.6; sheet section 4.4): rows of its columns, with
// the values that a meter may leave out. Null-data stands for the value of the row before it, and
// in the column of a clock that is captured periodically for its time and one capture_period; a
// delta for the value of the row before it and so much more or less, in that value's type.

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "stack/axdr/data.hpp"
#include "stack/cosem/capture_object.hpp"
#include "stack/cosem/date_time.hpp"

namespace dlms::cosem {

/// A clock's time one period later: local time moves on, deviation and status stay. Nothing when a
/// part is not specified or the year would leave its range.
std::optional<DateTime> time_after(const DateTime& time, std::uint32_t period);

/// Reads a buffer row by row. A compact-array is unrolled once; of an array nothing is copied, and
/// nothing is allocated for a row or a value.
class ProfileBufferReader {
public:
    /// `buffer` must outlive the reader. `columns` are the profile's capture objects, or those of
    /// them that were selected; `capture_period` is in seconds, 0 for a profile that is not
    /// captured periodically. Errors: type_mismatch when the buffer is neither array nor
    /// compact-array; those of CompactArrayView::to_array().
    static Result<ProfileBufferReader> make(const axdr::DataView& buffer,
                                            std::span<const CaptureObject> columns,
                                            std::uint32_t capture_period);

    ProfileBufferReader(ProfileBufferReader&&) = default;
    ProfileBufferReader& operator=(ProfileBufferReader&&) = default;

    /// Rows that are left.
    std::size_t rows_left() const { return left_; }

    /// The values of the next row, as many as there are columns; empty behind the last row. They
    /// stay valid until the next call. What was left out before there was anything to repeat stays
    /// null-data. Errors: type_mismatch when the row is no structure; element_missing and
    /// trailing_octets when it has fewer or more values than columns; unsupported_type for a delta
    /// with no integer before it, value_out_of_range for one that leads out of the type. The row is
    /// passed over.
    Result<std::span<const axdr::DataView>> next();
    /// After unsupported_type and value_out_of_range: the column of the delta, from 0.
    std::optional<std::size_t> delta() const { return delta_; }

private:
    struct Column {
        bool is_clock = false;
        /// The last time of a clock's column.
        std::optional<DateTime> time;
        /// The last time or integer that was derived, as Data.
        std::array<Byte, 14> encoded{};
    };

    ProfileBufferReader() = default;
    void take(std::size_t index, const axdr::DataView& value);
    void derive(std::size_t index);

    std::optional<axdr::Data> unrolled_;
    std::optional<std::size_t> delta_;
    axdr::ElementRange::Iterator row_;
    std::size_t left_ = 0;
    std::uint32_t capture_period_ = 0;
    std::vector<Column> columns_;
    std::vector<axdr::DataView> values_;
};

/// Writes rows and leaves out what ProfileBufferReader puts back. The caller opens the array.
///
///     builder.array(rows.size());
///     ProfileRowCompressor compressor(columns, capture_period);
///     for (const auto& row : rows) { compressor.write(builder, row); }
class ProfileRowCompressor {
public:
    ProfileRowCompressor(std::span<const CaptureObject> columns, std::uint32_t capture_period);

    /// One value a column; a column without a value is written as null-data. A value that is
    /// null-data itself cannot be told from one that is left out: it is read back as the value of
    /// the row before.
    void write(axdr::DataBuilder& builder, std::span<const axdr::DataView> values);

private:
    struct Column {
        bool is_clock = false;
        ByteBuffer last;  ///< the value that a reader has for the row before, as Data
    };
    /// What a reader makes of null-data here: `column.last`, or a time put into `scratch`; nothing
    /// where it has nothing to make it of.
    ByteView restored(const Column& column, std::array<Byte, 14>& scratch) const;

    std::uint32_t capture_period_ = 0;
    std::vector<Column> columns_;
};

}  // namespace dlms::cosem
