// An authentication key is no encryption key.
#include "stack/security/keys.hpp"

using dlms::security::AuthenticationKey;
using dlms::security::EncryptionKey;

std::size_t seal(const EncryptionKey& encryption, const AuthenticationKey& authentication) {
    return encryption.size() + authentication.size();
}

std::size_t caller(const EncryptionKey& encryption, const AuthenticationKey& authentication) {
#ifdef DLMS_CONTROL
    return seal(encryption, authentication);
#else
    return seal(authentication, encryption);  // must not compile
#endif
}
