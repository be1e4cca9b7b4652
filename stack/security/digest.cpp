#include "stack/security/digest.hpp"

#include "stack/security/openssl_handles.hpp"

namespace dlms::security {
namespace {

const EVP_MD* function_of(DigestAlgorithm algorithm) {
    switch (algorithm) {
        case DigestAlgorithm::md5: return EVP_md5();
        case DigestAlgorithm::sha1: return EVP_sha1();
        case DigestAlgorithm::sha256: return EVP_sha256();
        case DigestAlgorithm::sha384: return EVP_sha384();
    }
    return nullptr;
}

}  // namespace

Result<ByteBuffer> digest(DigestAlgorithm algorithm, std::initializer_list<ByteView> parts) {
    const EVP_MD* const function = function_of(algorithm);
    const openssl::DigestContext context(EVP_MD_CTX_new());
    bool good = context && EVP_DigestInit_ex(context.get(), function, nullptr) == 1;
    for (const ByteView part : parts) {
        good = good && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
    }
    ByteBuffer result(EVP_MAX_MD_SIZE);
    unsigned size = 0;
    if (!good || EVP_DigestFinal_ex(context.get(), result.data(), &size) != 1) {
        return fail(ErrorCode::unsupported_mechanism, Layer::security);
    }
    result.resize(size);
    return result;
}

}  // namespace dlms::security
