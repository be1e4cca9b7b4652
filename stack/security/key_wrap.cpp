#include "stack/security/key_wrap.hpp"

#include "stack/security/openssl_handles.hpp"

namespace dlms::security {
namespace {

constexpr std::size_t least_key = 16;
/// Far above every key.
constexpr std::size_t most_key = 248;

/// Null for a size that AES does not have.
const EVP_CIPHER* cipher_for(ByteView key_encrypting_key) {
    switch (key_encrypting_key.size()) {
        case 16: return EVP_aes_128_wrap();
        case 24: return EVP_aes_192_wrap();
        case 32: return EVP_aes_256_wrap();
        default: return nullptr;
    }
}

bool is_key_size(std::size_t size) {
    return size >= least_key && size <= most_key && size % 8 == 0;
}

openssl::CipherContext new_context() {
    openssl::CipherContext context(EVP_CIPHER_CTX_new());
    if (context) {
        EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    }
    return context;
}

}  // namespace

Result<ByteBuffer> aes_key_wrap(ByteView key_encrypting_key, ByteView key) {
    const EVP_CIPHER* cipher = cipher_for(key_encrypting_key);
    if (cipher == nullptr || !is_key_size(key.size())) {
        return fail(ErrorCode::out_of_range, Layer::security);
    }
    const openssl::CipherContext context = new_context();
    ByteBuffer wrapped(key.size() + key_wrap_overhead);
    int size = 0;
    if (!context ||
        EVP_EncryptInit_ex(context.get(), cipher, nullptr, key_encrypting_key.data(), nullptr) !=
            1 ||
        EVP_EncryptUpdate(context.get(), wrapped.data(), &size, key.data(),
                          static_cast<int>(key.size())) != 1 ||
        size != static_cast<int>(wrapped.size())) {
        return fail(ErrorCode::defect, Layer::security);
    }
    return wrapped;
}

Result<SecretBytes> aes_key_unwrap(ByteView key_encrypting_key, ByteView wrapped) {
    const EVP_CIPHER* cipher = cipher_for(key_encrypting_key);
    if (cipher == nullptr || wrapped.size() < key_wrap_overhead ||
        !is_key_size(wrapped.size() - key_wrap_overhead)) {
        return fail(ErrorCode::out_of_range, Layer::security);
    }
    const openssl::CipherContext context = new_context();
    if (!context || EVP_DecryptInit_ex(context.get(), cipher, nullptr, key_encrypting_key.data(),
                                       nullptr) != 1) {
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
