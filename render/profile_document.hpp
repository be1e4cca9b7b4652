#pragma once
// A profile as JSON and as CSV (RFC 4180), written row by row and without a document: a profile has
// many rows.

#include <string>

#include "render/json_writer.hpp"
#include "render/value_json.hpp"
#include "stack/cosem/profile_table.hpp"

namespace dlms::render {

/// The offset from UTC of rows' times.
enum class RowOffsets : std::uint8_t {
    as_stated,  ///< none where the meter states none
    always,     ///< then that of the zone by which the row's instant was found
};

class ProfileDocument {
public:
    /// All of these must outlive the document. `brand` is the name of a meter profile, for names.
    ProfileDocument(const cosem::ProfileTable& table, const ValueOptions& options,
                    std::string_view brand, RowOffsets offsets = RowOffsets::as_stated)
        : table_(table), options_(options), brand_(brand), offsets_(offsets) {}

    /// The members capturePeriod, columns, entries, count, complete and missing; timeZone where
    /// times lack an offset. The caller opens and closes the object.
    void write_members(JsonWriter& writer) const;

    /// The members of one entry: timestamp, status where the meter states one, values.
    void write_entry(JsonWriter& writer, const cosem::ProfileRow& row) const;
    void write_columns(JsonWriter& writer) const;

    /// A line of names, then a line a row: timestamp, status, values.
    std::string csv() const;

private:
    std::string value_text(std::size_t column, const axdr::DataView& value, bool as_json) const;
    bool lacks_offsets() const;
    std::string time_text(const cosem::ProfileRow& row) const;

    const cosem::ProfileTable& table_;
    const ValueOptions& options_;
    std::string_view brand_;
    RowOffsets offsets_;
};

/// What the status octet of a row's time says, and what a column with a profile status says, in the
/// order of the bits: "clock-invalid", "daylight-saving-active" ... Nothing where the meter states
/// neither.
std::optional<std::vector<std::string_view>> status_names(const cosem::ProfileRow& row,
                                                          const cosem::ProfileTable& table);

/// A field of CSV, in quotes where it needs them.
std::string csv_field(std::string_view text);

}  // namespace dlms::render
