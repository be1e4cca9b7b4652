#pragma once
// Symmetric keys (Green Book 9.2.3.3; sheet section 11.2), one type for each purpose, so that they
// cannot change places. Secrets: zeroised when they go, never copied by accident, never printed.

#include <utility>

#include "stack/base/secret.hpp"
#include "stack/security/security_suite.hpp"

namespace dlms::security {

template <class Purpose>
class SymmetricKey {
public:
    /// Errors: out_of_range for a key of neither 16 nor 32 octets.
    static Result<SymmetricKey> from(ByteView octets) {
        if (octets.size() != 16 && octets.size() != 32) {
            return fail(ErrorCode::out_of_range, Layer::security);
        }
        return SymmetricKey(SecretBytes(octets));
    }

    std::size_t size() const { return octets_.size(); }
    bool fits(SecuritySuite suite) const { return size() == key_size(suite); }
    SymmetricKey clone() const { return SymmetricKey(octets_.clone()); }
    /// The octets themselves, valid as long as the key; for ciphers and key stores only.
    ByteView reveal() const { return octets_.reveal(); }
    /// Compares in constant time.
    bool matches(ByteView candidate) const { return octets_.matches(candidate); }

private:
    explicit SymmetricKey(SecretBytes octets) : octets_(std::move(octets)) {}

    SecretBytes octets_;
};

/// Global unicast or broadcast encryption key (GUEK, GBEK).
using EncryptionKey = SymmetricKey<struct EncryptionKeyPurpose>;
/// Global authentication key (GAK): a part of the additional data, no key of the cipher.
using AuthenticationKey = SymmetricKey<struct AuthenticationKeyPurpose>;
/// Of one association, made by the client for it.
using DedicatedKey = SymmetricKey<struct DedicatedKeyPurpose>;
/// Master key (KEK): wraps other keys.
using MasterKey = SymmetricKey<struct MasterKeyPurpose>;

/// What key_transfer of a security setup (class 64, Blue Book) calls the keys.
enum class KeyId : std::uint8_t {
    unicast = 0,
    broadcast = 1,
    authentication = 2,
    master = 3,
};

}  // namespace dlms::security
