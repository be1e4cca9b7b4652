#pragma once
// Get-Data-Result (COSEMpdu): what a read of one attribute, or a method's return, came to.

#include <variant>

#include "stack/axdr/data_view.hpp"
#include "stack/cosem/access_result.hpp"
#include "stack/xdlms/list.hpp"

namespace dlms::xdlms {

/// Data, or why there is none. The view lives as long as the octets it was read from.
using GetDataResult = std::variant<axdr::DataView, cosem::DataAccessResult>;

/// Errors, in the reader: unknown_choice, unknown_value and those of A-XDR.
GetDataResult read_get_data_result(Reader& reader);
void write(Writer& writer, const GetDataResult& result);

template <>
struct ItemCodec<GetDataResult> {
    static GetDataResult read(Reader& reader) { return read_get_data_result(reader); }
    static void write(Writer& writer, const GetDataResult& result) { xdlms::write(writer, result); }
};

}  // namespace dlms::xdlms
