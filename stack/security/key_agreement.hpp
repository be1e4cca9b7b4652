#pragma once
// Key agreement (Green Book 9.2.3.4.6; NIST SP 800-56A; sheet section 11.7): the three schemes of
// DLMS/COSEM, and the key derivation that they share.

#include "stack/security/elliptic_curve.hpp"
#include "stack/security/system_title.hpp"

namespace dlms::security {

/// What a derived key is for: a part of what it is derived from.
enum class KeyPurpose : std::uint8_t { aes_gcm, aes_key_wrap };

/// Derives a key of the suite's size from the shared secret Z: the single-step function with
/// SHA-256 (suite 1) or SHA-384 (suite 2) over 00000001, Z, algorithm identifier, `party_u` and
/// `party_v`. Errors: out_of_range for suite 0 or a Z of another size, defect when the library
/// fails.
Result<SecretBytes> derive_key(SecuritySuite suite, const SecretBytes& z, KeyPurpose purpose,
                               ByteView party_u, ByteView party_v);

/// The two sides of one message.
struct Parties {
    SystemTitle originator;
    SystemTitle recipient;
};

/// One-pass Diffie-Hellman, C(1e, 1s), of general-ciphering: the originator's ephemeral key pair
/// meets the recipient's static one. `own` is ours, `peer` the other side's. Errors: those of
/// agree() and derive_key().
Result<SecretBytes> one_pass_key(SecuritySuite suite, const PrivateKey& own, const PublicKey& peer,
                                 const Parties& parties);

/// Static unified model, C(0e, 2s), of general-ciphering: both keys are static, so that the
/// transaction-id, of at most 127 octets, must be unique. Errors: as above, and out_of_range.
Result<SecretBytes> static_unified_key(SecuritySuite suite, const PrivateKey& own,
                                       const PublicKey& peer, const Parties& parties,
                                       ByteView transaction_id);

/// Ephemeral unified model, C(2e, 0s), of the security setup's key_agreement: both keys are
/// ephemeral. `purpose` is aes_key_wrap for a new master key; some meters derive that one too as
/// aes_gcm. Errors: as above.
Result<SecretBytes> ephemeral_unified_key(SecuritySuite suite, const PrivateKey& own,
                                          const PublicKey& peer, const SystemTitle& client,
                                          const SystemTitle& server, KeyPurpose purpose);

/// What one side of key_agreement sends for a key: its ephemeral public key, and the signature over
/// key_id (0 unicast, 1 broadcast, 2 authentication, 3 master) and that key. Errors: out_of_range
/// for keys on two curves, defect when the library fails.
Result<ByteBuffer> make_key_agreement_data(std::uint8_t key_id, const PublicKey& ephemeral,
                                           const PrivateKey& signer);
/// The ephemeral key of the other side, of the signer's curve. Errors: inner_length_mismatch for
/// another size, signature_mismatch, out_of_range for no point of the curve.
Result<PublicKey> open_key_agreement_data(std::uint8_t key_id, ByteView data,
                                          const PublicKey& signer);

/// The same for one-pass Diffie-Hellman in general-ciphering (key-ciphered-data), where the public
/// key alone is signed. Errors: as above.
Result<ByteBuffer> make_ephemeral_key_data(const PublicKey& ephemeral, const PrivateKey& signer);
Result<PublicKey> open_ephemeral_key_data(ByteView data, const PublicKey& signer);

}  // namespace dlms::security
