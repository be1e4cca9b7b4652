#pragma once
// AES key wrap (RFC 3394; Green Book 9.2.3.3; sheet section 11.7): how a key travels under a key
// encrypting key.

#include "stack/base/result.hpp"
#include "stack/base/secret.hpp"

namespace dlms::security {

/// Octets that a wrapped key is longer than the key.
inline constexpr std::size_t key_wrap_overhead = 8;

/// Wraps a key. Errors: out_of_range for a key encrypting key of neither 16, 24 nor 32 octets, or
/// a key of less than 16 octets, more than 248, or not of whole 8 octets; defect when the library
/// fails.
Result<ByteBuffer> aes_key_wrap(ByteView key_encrypting_key, ByteView key);

/// Unwraps a key. Errors: out_of_range for a key encrypting key of neither 16, 24 nor 32 octets, or
/// a wrapped key of less than 24, or not of whole 8 octets; tag_mismatch when it was wrapped with
/// another key, or changed; defect when the library fails.
Result<SecretBytes> aes_key_unwrap(ByteView key_encrypting_key, ByteView wrapped);

}  // namespace dlms::security
