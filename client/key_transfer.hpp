#pragma once
// New keys for a meter, wrapped with its master key: the parameter of key_transfer (security setup,
// class 64, method 2; global_key_transfer in version 0).

#include <span>

#include "stack/axdr/data.hpp"
#include "stack/base/secret.hpp"
#include "stack/security/keys.hpp"

namespace dlms::client {

struct NewKey {
    security::KeyId id{};
    ByteView octets;  ///< secret; 16 or 32 octets
};

/// Errors: out_of_range for no key at all, or one of another size; defect.
Result<axdr::Data> wrapped_keys(const security::MasterKey& master, std::span<const NewKey> keys);

}  // namespace dlms::client
