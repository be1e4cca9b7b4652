#pragma once
// AES key wrap (RFC 3394; Green Book 9.2.3.3; sheet section 11.7): how a key travels under a key
// encrypting key.

#include "stack/base/result.hpp"
#include "stack/base/secret.hpp"

namespace dlms::security {

/// Octets that a wrapped key is longer than the key.
inline constexpr std::size_t key_wrap_overhead = 8;

/// Unwraps a key. Errors: out_of_range for a key encrypting key of neither 16 nor 32 octets, or a
/// wrapped key of less than 24, or not of whole 8 octets; tag_mismatch when it was wrapped with
/// another key, or changed; defect when the library fails.
Result<SecretBytes> aes_key_unwrap(ByteView key_encrypting_key, ByteView wrapped);

}  // namespace dlms::security
