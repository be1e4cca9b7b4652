#pragma once
// ACSE APDUs as the vector files write them.

#include <nlohmann/json.hpp>

#include "stack/acse/aare.hpp"
#include "stack/acse/aarq.hpp"
#include "stack/acse/rlre.hpp"
#include "stack/acse/rlrq.hpp"

namespace dlms::testing {

nlohmann::json to_json(const acse::Aarq& aarq);
nlohmann::json to_json(const acse::Aare& aare);
nlohmann::json to_json(const acse::Rlrq& rlrq);
nlohmann::json to_json(const acse::Rlre& rlre);

/// Decodes the ACSE APDU that the first octet announces, writes it as JSON into `json` and its
/// encoding as hexadecimal text into `encoded`.
Status decode_acse(ByteView octets, nlohmann::json& json, std::string& encoded);

}  // namespace dlms::testing
