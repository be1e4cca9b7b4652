#include "stack/security/aes_gcm.hpp"

#include <algorithm>
#include <limits>

#include "stack/base/secret.hpp"
#include "stack/security/openssl_handles.hpp"

namespace dlms::security {
namespace {

constexpr std::size_t largest_input = std::numeric_limits<int>::max();

bool sizes_fit(ByteView in, std::span<const Byte> out, std::span<const Byte> tag) {
    return in.size() == out.size() && in.size() <= largest_input &&
           (tag.empty() || tag.size() == gcm_tag_size);
}

bool sizes_fit(AdditionalData additional) {
    return std::ranges::all_of(additional,
                               [](ByteView part) { return part.size() <= largest_input; });
}

using Update = int(EVP_CIPHER_CTX*, Byte*, int*, const Byte*, int);

bool update_all(Update* update, EVP_CIPHER_CTX* context, AdditionalData additional, ByteView in,
                Byte* out) {
    int written = 0;
    for (const ByteView part : additional) {
        if (!part.empty() &&
            update(context, nullptr, &written, part.data(), static_cast<int>(part.size())) != 1) {
            return false;
        }
    }
    return in.empty() ||
           update(context, out, &written, in.data(), static_cast<int>(in.size())) == 1;
}

}  // namespace

GcmIv make_iv(const SystemTitle& originator, InvocationCounter counter) {
    GcmIv iv{};
    std::ranges::copy(originator.octets(), iv.begin());
    for (std::size_t i = 0; i < 4; ++i) {
        iv[SystemTitle::size + i] = static_cast<Byte>(counter.value() >> (24 - 8 * i));
    }
    return iv;
}

void AesGcm::FreeContext::operator()(evp_cipher_ctx_st* context) const {
    EVP_CIPHER_CTX_free(context);
}

AesGcm::AesGcm(Context sealing, Context opening)
    : sealing_(std::move(sealing)), opening_(std::move(opening)) {}

Result<AesGcm> AesGcm::create(ByteView key) {
    if (key.size() != 16 && key.size() != 32) {
        return fail(ErrorCode::out_of_range, Layer::security);
    }
    const EVP_CIPHER* cipher = key.size() == 32 ? EVP_aes_256_gcm() : EVP_aes_128_gcm();
    Context sealing(EVP_CIPHER_CTX_new());
    Context opening(EVP_CIPHER_CTX_new());
    if (!sealing || !opening ||
        EVP_EncryptInit_ex(sealing.get(), cipher, nullptr, key.data(), nullptr) != 1 ||
        EVP_DecryptInit_ex(opening.get(), cipher, nullptr, key.data(), nullptr) != 1) {
        return fail(ErrorCode::defect, Layer::security);
    }
    return AesGcm(std::move(sealing), std::move(opening));
}

Status AesGcm::seal(const GcmIv& iv, AdditionalData additional, ByteView plaintext,
                    std::span<Byte> ciphertext, std::span<Byte> tag) {
    if (!sizes_fit(plaintext, ciphertext, tag) || !sizes_fit(additional)) {
        return fail(ErrorCode::out_of_range, Layer::security);
    }
    EVP_CIPHER_CTX* const context = sealing_.get();
    std::array<Byte, 16> rest{};
    int written = 0;
    if (EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr, iv.data()) != 1 ||
        !update_all(EVP_EncryptUpdate, context, additional, plaintext, ciphertext.data())) {
        return fail(ErrorCode::defect, Layer::security);
    }
    if (!tag.empty() &&
        (EVP_EncryptFinal_ex(context, rest.data(), &written) != 1 ||
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, gcm_tag_size, tag.data()) != 1)) {
        return fail(ErrorCode::defect, Layer::security);
    }
    return {};
}

Status AesGcm::open(const GcmIv& iv, AdditionalData additional, ByteView ciphertext, ByteView tag,
                    std::span<Byte> plaintext) {
    if (!sizes_fit(ciphertext, plaintext, tag) || !sizes_fit(additional)) {
        return fail(ErrorCode::out_of_range, Layer::security);
    }
    EVP_CIPHER_CTX* const context = opening_.get();
    if (EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, iv.data()) != 1 ||
        !update_all(EVP_DecryptUpdate, context, additional, ciphertext, plaintext.data())) {
        wipe(plaintext);
        return fail(ErrorCode::defect, Layer::security);
    }
    if (tag.empty()) {
        return {};
    }
    std::array<Byte, 16> rest{};
    std::array<Byte, gcm_tag_size> expected{};
    std::ranges::copy(tag, expected.begin());
    int written = 0;
    if (EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, gcm_tag_size, expected.data()) != 1 ||
        EVP_DecryptFinal_ex(context, rest.data(), &written) != 1) {
        wipe(plaintext);
        return fail(ErrorCode::tag_mismatch, Layer::security);
    }
    return {};
}

Result<ByteBuffer> gcm_decipher(ByteView key, const GcmIv& iv, ByteView additional_data,
                                ByteView ciphertext, ByteView tag) {
    Result<AesGcm> cipher = AesGcm::create(key);
    if (!cipher) {
        return std::unexpected(cipher.error());
    }
    ByteBuffer plaintext(ciphertext.size());
    const Status opened = cipher->open(iv, {additional_data}, ciphertext, tag, plaintext);
    if (!opened) {
        return std::unexpected(opened.error());
    }
    return plaintext;
}

}  // namespace dlms::security
