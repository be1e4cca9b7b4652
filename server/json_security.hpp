#pragma once

#include "server/json_fields.hpp"
#include "server/requests.hpp"

namespace dlms::service {

// The fields of /connect about protection and keys. A key is hexadecimal, or exactly 16 characters.
// No value of a key ever stands in an error.
SecurityRequest read_security(JsonFields& fields);

// One key; the text it came as is wiped.
std::optional<SecretBytes> read_key(JsonFields& fields, JsonFields::Names names);

}  // namespace dlms::service
