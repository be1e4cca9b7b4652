#pragma once
// Message digests over several parts, for the sources of this folder.

#include <initializer_list>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"

namespace dlms::security {

enum class DigestAlgorithm : std::uint8_t { md5, sha1, sha256, sha384 };

/// The digest of the parts, one behind the other. Errors: unsupported_mechanism where the library
/// does not offer the algorithm (MD5 under FIPS).
Result<ByteBuffer> digest(DigestAlgorithm algorithm, std::initializer_list<ByteView> parts);

}  // namespace dlms::security
