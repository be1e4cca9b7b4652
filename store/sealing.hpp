#pragma once
// Sealing: secrets at rest, under a key-encryption key that stands elsewhere.

#include <optional>

#include "stack/base/random.hpp"
#include "stack/base/result.hpp"
#include "stack/base/secret.hpp"

namespace dlms::store {

/// AES-256-GCM (SP 800-38D) with vectors of 96 bits drawn for each message: good for 2^32 of them.
class SealingKey {
public:
    static constexpr std::size_t size = 32;

    /// Nothing for octets of another number than `size`.
    static std::optional<SealingKey> from(ByteView octets);
    /// Errors: defect without randomness.
    static Result<SealingKey> draw(Random& random);

    SealingKey clone() const { return SealingKey(octets_.clone()); }

    /// Vector, ciphertext and tag. What was sealed with one `place` opens with no other, so that
    /// records cannot be exchanged. Errors: defect.
    Result<ByteBuffer> seal(ByteView place, ByteView secret, Random& random) const;
    /// Errors: tag_mismatch, defect.
    Result<SecretBytes> open(ByteView place, ByteView sealed) const;

private:
    explicit SealingKey(Secret<size> octets) : octets_(std::move(octets)) {}

    Secret<size> octets_;
};

}  // namespace dlms::store
