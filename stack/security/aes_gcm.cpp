#include "stack/security/aes_gcm.hpp"

#include <algorithm>
#include <limits>
#include <memory>

#include <openssl/evp.h>

namespace dlms::security {
namespace {

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

constexpr std::size_t largest_input = std::numeric_limits<int>::max();

bool update(EVP_CIPHER_CTX* context, Byte* out, ByteView in) {
    int written = 0;
    return in.empty() ||
           EVP_DecryptUpdate(context, out, &written, in.data(), static_cast<int>(in.size())) == 1;
}

/// Sets key, vector and tag.
bool begin(EVP_CIPHER_CTX* context, ByteView key, const GcmIv& iv, ByteView tag) {
    const EVP_CIPHER* cipher = key.size() == 32 ? EVP_aes_256_gcm() : EVP_aes_128_gcm();
    if (EVP_DecryptInit_ex(context, cipher, nullptr, key.data(), iv.data()) != 1) {
        return false;
    }
    if (tag.empty()) {
        return true;
    }
    std::array<Byte, gcm_tag_size> copy{};
    std::ranges::copy(tag, copy.begin());
    return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, static_cast<int>(copy.size()),
                               copy.data()) == 1;
}

}  // namespace

Result<ByteBuffer> gcm_decipher(ByteView key, const GcmIv& iv, ByteView additional_data,
                                ByteView ciphertext, ByteView tag) {
    const bool key_fits = key.size() == 16 || key.size() == 32;
    const bool tag_fits = tag.empty() || tag.size() == gcm_tag_size;
    if (!key_fits || !tag_fits || ciphertext.size() > largest_input ||
        additional_data.size() > largest_input) {
        return fail(ErrorCode::out_of_range, Layer::security);
    }
    const Context context(EVP_CIPHER_CTX_new());
    ByteBuffer plaintext(ciphertext.size());
    if (!context || !begin(context.get(), key, iv, tag) ||
        !update(context.get(), nullptr, additional_data) ||
        !update(context.get(), plaintext.data(), ciphertext)) {
        return fail(ErrorCode::defect, Layer::security);
    }
    std::array<Byte, 16> rest{};
    int written = 0;
    if (!tag.empty() && EVP_DecryptFinal_ex(context.get(), rest.data(), &written) != 1) {
        return fail(ErrorCode::tag_mismatch, Layer::security);
    }
    return plaintext;
}

}  // namespace dlms::security
