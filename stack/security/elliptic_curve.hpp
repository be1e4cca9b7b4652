#pragma once
// Key pairs on P-256 and P-384, ECDSA and ECDH (Green Book 9.2.3.4; sheet sections 11.2 and 11.7).
// Octets are what DLMS/COSEM transports: X and Y without the prefix 04, signatures as r and s.

#include <memory>

#include "stack/base/random.hpp"
#include "stack/base/result.hpp"
#include "stack/base/secret.hpp"
#include "stack/security/security_suite.hpp"

struct evp_pkey_st;

namespace dlms::security {

/// Octets of a public key (X and Y) and of a signature (r and s): 64 or 96.
constexpr std::size_t public_key_size(Curve curve) {
    return 2 * coordinate_size(curve);
}
constexpr std::size_t signature_size(Curve curve) {
    return 2 * coordinate_size(curve);
}

class PublicKey {
public:
    /// Errors: out_of_range for another size, or for no point of the curve.
    static Result<PublicKey> from(Curve curve, ByteView octets);

    Curve curve() const { return curve_; }
    /// X and Y, valid as long as the key.
    ByteView octets() const& { return octets_; }
    ByteView octets() const&& = delete;

    /// Verifies a signature over the message, hashed with the curve's hash. Errors:
    /// signature_mismatch, also for a signature of the wrong size.
    Status verify(ByteView message, ByteView signature) const;

    friend bool operator==(const PublicKey& a, const PublicKey& b) {
        return a.curve_ == b.curve_ && a.octets_ == b.octets_;
    }

    /// OpenSSL's key, for the sources of this folder; valid as long as this key.
    evp_pkey_st* handle() const { return handle_.get(); }

private:
    PublicKey(Curve curve, ByteBuffer octets, std::shared_ptr<evp_pkey_st> handle);

    Curve curve_;
    ByteBuffer octets_;
    std::shared_ptr<evp_pkey_st> handle_;
};

/// A private key and its public one. Moves, is never copied, and is cleansed when it goes.
class PrivateKey {
public:
    /// A new key out of the randomness handed in. Errors: defect when there is none.
    static Result<PrivateKey> generate(Curve curve, Random& random);
    /// The private number, big endian, of the curve's coordinate size. Errors: out_of_range for
    /// another size, 0, or a number that is not below the curve's order.
    static Result<PrivateKey> from(Curve curve, ByteView octets);

    PrivateKey(PrivateKey&&) noexcept = default;
    PrivateKey& operator=(PrivateKey&&) noexcept = default;
    PrivateKey(const PrivateKey&) = delete;
    PrivateKey& operator=(const PrivateKey&) = delete;
    ~PrivateKey() = default;

    /// A copy that the caller asks for by name.
    PrivateKey clone() const;
    Curve curve() const { return public_key_.curve(); }
    const PublicKey& public_key() const { return public_key_; }
    /// The private number, for key stores only; valid as long as the key.
    ByteView reveal() const { return octets_.reveal(); }

    /// Signs the message, hashed with the curve's hash. Errors: defect when the library fails.
    Result<ByteBuffer> sign(ByteView message) const;
    /// The secret Z shared with the owner of `peer`: the X coordinate (ECDH). Errors:
    /// out_of_range for a key on another curve, defect when the library fails.
    Result<SecretBytes> agree(const PublicKey& peer) const;

    /// OpenSSL's key, for the sources of this folder; valid as long as this key.
    evp_pkey_st* handle() const { return handle_.get(); }

private:
    PrivateKey(PublicKey public_key, SecretBytes octets, std::shared_ptr<evp_pkey_st> handle);

    PublicKey public_key_;
    SecretBytes octets_;
    std::shared_ptr<evp_pkey_st> handle_;
};

}  // namespace dlms::security
