#include "stack/base/secret.hpp"

#include <openssl/crypto.h>

namespace dlms {

void wipe(std::span<Byte> bytes) {
    OPENSSL_cleanse(bytes.data(), bytes.size());
}

bool equal_in_constant_time(ByteView a, ByteView b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace dlms
