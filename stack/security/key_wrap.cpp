#include "stack/security/key_wrap.hpp"

#include <memory>

#include <openssl/evp.h>

namespace dlms::security {
namespace {

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

constexpr std::size_t least_wrapped = 24;
/// Far above every key.
constexpr std::size_t most_wrapped = 256;

}  // namespace

Result<SecretBytes> aes_key_unwrap(ByteView key_encrypting_key, ByteView wrapped) {
    const bool key_fits = key_encrypting_key.size() == 16 || key_encrypting_key.size() == 32;
    if (!key_fits || wrapped.size() < least_wrapped || wrapped.size() > most_wrapped ||
        wrapped.size() % 8 != 0) {
        return fail(ErrorCode::out_of_range, Layer::security);
    }
    const Context context(EVP_CIPHER_CTX_new());
    const EVP_CIPHER* cipher =
        key_encrypting_key.size() == 32 ? EVP_aes_256_wrap() : EVP_aes_128_wrap();
    if (!context) {
        return fail(ErrorCode::defect, Layer::security);
    }
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    if (EVP_DecryptInit_ex(context.get(), cipher, nullptr, key_encrypting_key.data(), nullptr) !=
        1) {
        return fail(ErrorCode::defect, Layer::security);
    }
    ByteBuffer key(wrapped.size());
    int size = 0;
    const bool fits = EVP_DecryptUpdate(context.get(), key.data(), &size, wrapped.data(),
                                        static_cast<int>(wrapped.size())) == 1 &&
                      size == static_cast<int>(wrapped.size() - key_wrap_overhead);
    SecretBytes unwrapped(fits ? ByteView(key).first(static_cast<std::size_t>(size)) : ByteView{});
    wipe(key);
    if (!fits) {
        return fail(ErrorCode::tag_mismatch, Layer::security);
    }
    return unwrapped;
}

}  // namespace dlms::security
