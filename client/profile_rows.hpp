#pragma once
// ProfileRows: collects the rows of a profile from the meter's answers.

#include <span>

#include "client/failure.hpp"
#include "stack/cosem/profile_table.hpp"

namespace dlms::client {

class ProfileRows {
public:
    /// `columns` must outlive the collection. Beyond `most_octets` of values it takes no more.
    ProfileRows(std::span<const cosem::CaptureObject> columns, std::uint32_t capture_period,
                std::size_t most_octets)
        : columns_(columns), capture_period_(capture_period), most_octets_(most_octets) {}

    /// The column of the rows' times: the first of a clock (class 8); nothing without one.
    static std::optional<std::size_t> clock_column(std::span<const cosem::CaptureObject> columns);

    /// Appends the rows of a buffer, or of a part of one, in the order in which they were captured:
    /// one with the newest row first is turned round. Returns how many. Errors: those of
    /// ProfileBufferReader, with the row and the column in `detail`; answer_too_long.
    Outcome<std::size_t> take(const axdr::DataView& buffer);

    std::size_t size() const { return rows_.size(); }
    const cosem::ProfileRow& operator[](std::size_t index) const { return rows_[index]; }
    std::span<cosem::ProfileRow> since(std::size_t first) {
        return std::span(rows_).subspan(first);
    }
    void clear();
    /// Mean octets of a row so far; a guess from the columns before the first.
    std::size_t octets_of_row() const;

    std::vector<cosem::ProfileRow> release() { return std::move(rows_); }

private:
    Result<cosem::ProfileRow> row_of(std::span<const axdr::DataView> values) const;

    std::span<const cosem::CaptureObject> columns_;
    std::uint32_t capture_period_;
    std::size_t most_octets_;
    std::size_t octets_ = 0;
    std::vector<cosem::ProfileRow> rows_;
};

}  // namespace dlms::client
