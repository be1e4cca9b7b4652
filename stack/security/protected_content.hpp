#pragma once
// What is authenticated beside the ciphertext (Green Book 9.2.7.2.4.2; sheet section 11.3), in the
// one place where that is written down: additional data are security control and authentication
// key, the header of general-ciphering, and content that is not encrypted.

#include "stack/base/writer.hpp"
#include "stack/security/aes_gcm.hpp"
#include "stack/xdlms/ciphered_apdu.hpp"

namespace dlms::security {

/// Whether each field of general-ciphering's header counts with its length octets, as the Green
/// Book's readers have it, or without, as some devices do.
enum class HeaderForm : std::uint8_t { with_lengths, without_lengths };

/// What the header adds to the additional data.
void write_additional_header(Writer& writer, const xdlms::GeneralHeader& header, HeaderForm form);

/// The parts of the additional data that do not stand in the content.
struct AdditionalParts {
    ByteView prefix;  ///< security control and authentication key
    ByteView header;  ///< of general-ciphering; else empty
};

/// Verifies authenticated content, and deciphers what is encrypted of it into `plaintext` (of the
/// ciphertext's size then, else empty). Errors: those of AesGcm::open().
Status open_authenticated(AesGcm& cipher, const GcmIv& iv, const xdlms::ProtectedContent& content,
                          const AdditionalParts& additional, std::span<Byte> plaintext);

}  // namespace dlms::security
