#pragma once
// xDLMS APDUs as the vector files write them.

#include <string>

#include <nlohmann/json.hpp>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"

namespace dlms::testing {

/// Decodes the xDLMS APDU that the first octet announces, writes it as JSON into `json` and its
/// encoding as hexadecimal text into `encoded`. Errors: those of the decoder; unknown_tag for an
/// octet that starts no xDLMS APDU.
Status decode_xdlms(ByteView octets, nlohmann::json& json, std::string& encoded);

}  // namespace dlms::testing
