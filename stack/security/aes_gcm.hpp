#pragma once
// AES-GCM as DLMS/COSEM uses it (Green Book 9.2.3.3; sheet section 11.3): keys of 128 or 256 bits,
// an initialisation vector of 12 octets, a tag of 12 octets.

#include <array>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"

namespace dlms::security {

inline constexpr std::size_t gcm_iv_size = 12;
inline constexpr std::size_t gcm_tag_size = 12;

/// System title (8 octets) and invocation counter (4, big endian) of the originator.
using GcmIv = std::array<Byte, gcm_iv_size>;

/// Deciphers, and hands out nothing unless the tag fits. An empty `tag` means that none was sent:
/// then only the key protects the content, and any octets decipher to something. With an empty
/// `ciphertext` the tag alone is checked (authentication only). Errors: out_of_range for a key of
/// neither 16 nor 32 octets or a tag of neither 0 nor 12, tag_mismatch, defect when the library
/// fails.
Result<ByteBuffer> gcm_decipher(ByteView key, const GcmIv& iv, ByteView additional_data,
                                ByteView ciphertext, ByteView tag);

}  // namespace dlms::security
