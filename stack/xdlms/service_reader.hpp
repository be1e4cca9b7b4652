#pragma once
// What the decoders of the LN services share.

#include "stack/base/reader.hpp"
#include "stack/base/writer.hpp"
#include "stack/cosem/access_result.hpp"
#include "stack/xdlms/apdu_tag.hpp"
#include "stack/xdlms/invoke_id_and_priority.hpp"

namespace dlms::xdlms {

/// Takes tag and choice; the choice is 0, and the reader failed, when the tag is another.
inline std::uint8_t read_choice(Reader& reader, ApduTag tag) {
    const std::size_t where = reader.offset();
    if (reader.u8() != static_cast<std::uint8_t>(tag)) {
        reader.fail_at(ErrorCode::unknown_tag, where);
    }
    return reader.u8();
}

inline void write_choice(Writer& writer, ApduTag tag, std::uint8_t choice) {
    writer.u8(static_cast<std::uint8_t>(tag));
    writer.u8(choice);
}

inline InvokeIdAndPriority read_invoke_id_and_priority(Reader& reader) {
    return InvokeIdAndPriority(reader.u8());
}

/// Takes a Data-Access-Result; a code outside the standard's table is refused (unknown_value).
inline cosem::DataAccessResult read_data_access_result(Reader& reader) {
    const std::size_t where = reader.offset();
    const auto result = static_cast<cosem::DataAccessResult>(reader.u8());
    if (!cosem::is_known(result)) {
        reader.fail_at(ErrorCode::unknown_value, where);
    }
    return result;
}

}  // namespace dlms::xdlms
