#include "store/sealing.hpp"

#include <algorithm>

#include "stack/security/aes_gcm.hpp"

namespace dlms::store {
namespace {

using security::gcm_iv_size;
using security::gcm_tag_size;

}  // namespace

std::optional<SealingKey> SealingKey::from(ByteView octets) {
    if (octets.size() != size) {
        return std::nullopt;
    }
    return SealingKey(Secret<size>(octets.first<size>()));
}

Result<SealingKey> SealingKey::draw(Random& random) {
    std::array<Byte, size> octets{};
    if (!random.fill(octets)) {
        return fail(ErrorCode::defect, Layer::store);
    }
    SealingKey key{Secret<size>(octets)};
    wipe(octets);
    return key;
}

Result<ByteBuffer> SealingKey::seal(ByteView place, ByteView secret, Random& random) const {
    auto cipher = security::AesGcm::create(octets_.reveal());
    security::GcmIv vector{};
    if (!cipher || !random.fill(vector)) {
        return fail(ErrorCode::defect, Layer::store);
    }
    ByteBuffer sealed(gcm_iv_size + secret.size() + gcm_tag_size);
    std::ranges::copy(vector, sealed.begin());
    const std::span<Byte> rest = std::span(sealed).subspan(gcm_iv_size);
    const Status done = cipher->seal(vector, {place}, secret, rest.first(secret.size()),
                                     rest.subspan(secret.size()));
    if (!done) {
        return std::unexpected(done.error());
    }
    return sealed;
}

Result<SecretBytes> SealingKey::open(ByteView place, ByteView sealed) const {
    auto cipher = security::AesGcm::create(octets_.reveal());
    if (!cipher) {
        return fail(ErrorCode::defect, Layer::store);
    }
    if (sealed.size() < gcm_iv_size + gcm_tag_size) {
        return fail(ErrorCode::tag_mismatch, Layer::store);
    }
    security::GcmIv vector{};
    std::ranges::copy(sealed.first(gcm_iv_size), vector.begin());
    const ByteView ciphertext =
        sealed.subspan(gcm_iv_size, sealed.size() - gcm_iv_size - gcm_tag_size);
    ByteBuffer secret(ciphertext.size());
    const Status opened =
        cipher->open(vector, {place}, ciphertext, sealed.last(gcm_tag_size), secret);
    SecretBytes result{ByteView(secret)};
    wipe(secret);
    if (!opened) {
        return std::unexpected(opened.error());
    }
    return result;
}

}  // namespace dlms::store
