#pragma once
// Data sets of IEC 62056-21 (clause 6.3, data block): address(value*unit)(value*unit)... with line
// ends between them. Read in place, one value after the other.

#include <optional>
#include <string>
#include <string_view>

#include "stack/base/reader.hpp"
#include "stack/base/writer.hpp"

namespace dlms::iec62056_21 {

/// One value of a data set. Views are valid as long as the octets read.
struct DataSetValue {
    bool begins_set = false;               ///< first value of its data set
    std::string_view address;              ///< of the data set; may be empty
    std::string_view value;                ///< may be empty
    std::optional<std::string_view> unit;  ///< what follows the '*'
};

/// Takes the next value; nothing at the end and after an error, which the reader carries:
/// invalid_text for anything that is not a data set, truncated for a value that is not closed.
/// `previous` is the value taken before, or a default one.
std::optional<DataSetValue> take_value(Reader& reader, const DataSetValue& previous);

/// A data set of one value, for writing.
struct DataSet {
    std::string address;  ///< for example "1.8.0"; printable, without "(", ")", "/" and "!"
    std::string value;    ///< printable, without these and "*"
    std::string unit;     ///< the same; may be empty

    friend bool operator==(const DataSet&, const DataSet&) = default;
};

/// Appends address(value*unit) and a line end. The writer fails for text that no data set holds.
void encode(Writer& writer, const DataSet& data_set);

/// Walks all of `text`. Errors as take_value().
Status check_data_sets(ByteView text, std::size_t base_offset);

}  // namespace dlms::iec62056_21
