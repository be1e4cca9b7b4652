#pragma once
// High level security (Green Book 9.2.7.4; sheet section 11.6): the challenges of passes 1 and 2,
// and the answers of passes 3 and 4, f(StoC) and f(CtoS), made and verified. Answers are compared
// in constant time.

#include "stack/base/random.hpp"
#include "stack/security/aes_gcm.hpp"
#include "stack/security/elliptic_curve.hpp"
#include "stack/security/keys.hpp"

namespace dlms::security {

/// Numbered as the authentication mechanisms.
enum class HlsMechanism : std::uint8_t {
    manufacturer = 2,  ///< as Hexing has it: AES-128-ECB over the challenge
    md5 = 3,
    sha1 = 4,
    gmac = 5,
    sha256 = 6,
    ecdsa = 7,
};

inline constexpr std::size_t longest_challenge = 64;
inline constexpr std::size_t default_challenge = 32;

/// 8, or 32 for ECDSA.
constexpr std::size_t shortest_challenge(HlsMechanism mechanism) {
    return mechanism == HlsMechanism::ecdsa ? 32 : 8;
}

/// A challenge of `size` octets at random. Errors: out_of_range for another size than the mechanism
/// takes, defect when there is no randomness.
Result<ByteBuffer> make_challenge(HlsMechanism mechanism, Random& random,
                                  std::size_t size = default_challenge);

/// Whether a challenge that the peer sent may be answered. `own` is ours; empty before it is made.
/// Errors: value_out_of_range for a wrong length, reflected_challenge for our own one.
Status check_challenge(HlsMechanism mechanism, ByteView received, ByteView own);

/// What one answer is about, the same for the one who makes it and the one who verifies it. f(StoC)
/// is the client's answer to the server's challenge, f(CtoS) the other way round.
struct HlsPass {
    ByteView challenge;        ///< the one that is answered
    ByteView other_challenge;  ///< the one that the answering side sent
    SystemTitle answering;     ///< system title of the side that answers
    SystemTitle verifying;     ///< and of the other one
};

/// The answer by a shared secret: manufacturer (16 octets; the challenge is filled up to whole
/// blocks with zeros), MD5, SHA-1 and SHA-256. Titles and the other challenge matter for SHA-256
/// only. Errors: out_of_range for other mechanisms, and for a secret of the wrong size;
/// unsupported_mechanism where the library does not offer it.
Result<ByteBuffer> hls_answer(HlsMechanism mechanism, const SecretBytes& secret,
                              const HlsPass& pass);
/// Errors: those of hls_answer(), and authentication_failed.
Status verify_hls_answer(HlsMechanism mechanism, const SecretBytes& secret, const HlsPass& pass,
                         ByteView answer);

/// The answer of mechanism 7: a signature. Errors: those of sign().
Result<ByteBuffer> hls_answer(const PrivateKey& own, const HlsPass& pass);
/// Errors: authentication_failed.
Status verify_hls_answer(const PublicKey& peer, const HlsPass& pass, ByteView answer);

/// What the answer of mechanism 5 is made with: the cipher of the unicast encryption key and the
/// authentication key.
struct GmacKeys {
    AesGcm& cipher;
    const AuthenticationKey& authentication_key;
    SecuritySuite suite;
};

/// Security control, invocation counter and tag: 17 octets. The counter is one of the encryption
/// key's, like that of a ciphered APDU. Errors: those of seal().
Result<ByteBuffer> hls_gmac_answer(const GmacKeys& keys, const SystemTitle& answering,
                                   InvocationCounter counter, ByteView challenge);
/// The counter of a good answer. It is not compared with others: the challenge proves that the
/// answer is fresh, and an answer in a ciphered APDU was made before it, with a lower counter.
/// Errors: authentication_failed, wrong_security_suite.
Result<InvocationCounter> verify_hls_gmac_answer(const GmacKeys& keys, const SystemTitle& answering,
                                                 ByteView challenge, ByteView answer);

}  // namespace dlms::security
