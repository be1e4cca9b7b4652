#pragma once
// AES-GCM as DLMS/COSEM uses it (Green Book 9.2.3.3; sheet section 11.3): keys of 128 or 256 bits,
// an initialisation vector of 12 octets, a tag of 12 octets.

#include <array>
#include <initializer_list>
#include <memory>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"
#include "stack/security/invocation_counter.hpp"
#include "stack/security/system_title.hpp"

struct evp_cipher_ctx_st;

namespace dlms::security {

inline constexpr std::size_t gcm_iv_size = 12;
inline constexpr std::size_t gcm_tag_size = 12;

/// System title (8 octets) and invocation counter (4, big endian) of the originator.
using GcmIv = std::array<Byte, gcm_iv_size>;

GcmIv make_iv(const SystemTitle& originator, InvocationCounter counter);

/// The parts of additional data, in their order.
using AdditionalData = std::initializer_list<ByteView>;

/// One key, ready for many messages: it is expanded once, and OpenSSL forgets it with this object.
class AesGcm {
public:
    /// Errors: out_of_range for a key of neither 16 nor 32 octets, defect when the library fails.
    static Result<AesGcm> create(ByteView key);

    /// Enciphers into `ciphertext`, of the plaintext's size, and makes the tag unless `tag` is
    /// empty. Without a plaintext the additional data alone is authenticated. Never call it twice
    /// with one vector. Errors: out_of_range for sizes that do not fit, defect when the library
    /// fails.
    Status seal(const GcmIv& iv, AdditionalData additional, ByteView plaintext,
                std::span<Byte> ciphertext, std::span<Byte> tag);
    /// Deciphers into `plaintext`, of the ciphertext's size, which is wiped unless the tag fits. An
    /// empty `tag` means that none was sent: any octets decipher to something. Errors: as seal(),
    /// and tag_mismatch.
    Status open(const GcmIv& iv, AdditionalData additional, ByteView ciphertext, ByteView tag,
                std::span<Byte> plaintext);

private:
    struct FreeContext {
        void operator()(evp_cipher_ctx_st* context) const;
    };
    using Context = std::unique_ptr<evp_cipher_ctx_st, FreeContext>;

    AesGcm(Context sealing, Context opening);

    Context sealing_;
    Context opening_;
};

/// Deciphers, and hands out nothing unless the tag fits. An empty `tag` means that none was sent:
/// then only the key protects the content, and any octets decipher to something. With an empty
/// `ciphertext` the tag alone is checked (authentication only). Errors: out_of_range for a key of
/// neither 16 nor 32 octets or a tag of neither 0 nor 12, tag_mismatch, defect when the library
/// fails.
Result<ByteBuffer> gcm_decipher(ByteView key, const GcmIv& iv, ByteView additional_data,
                                ByteView ciphertext, ByteView tag);

}  // namespace dlms::security
