#pragma once
// Opens what is ciphered in an APDU, with the keys that the caller has; for the decoder alone.

#include <string>

#include "render/decode_parts.hpp"
#include "stack/xdlms/ciphered_apdu.hpp"

namespace dlms::render::detail {

/// Envelopes in each other are followed so far.
inline constexpr int deepest_envelope = 4;

/// What the keys have to open. Views live as long as the APDU.
struct Sealed {
    xdlms::ProtectedContent content;
    std::optional<xdlms::ApduTag> service;  ///< what a service-specific tag announces
    ByteView system_title;                  ///< empty: that of the keys
    std::optional<xdlms::KeyInfo> key_info;
    /// The header of general-ciphering, a part of the additional data: with the length octets of
    /// its fields as the Green Book's readers have it, and without as others do.
    ByteBuffer header;
    ByteBuffer header_without_lengths;
};

/// What is sealed in a good APDU, in its user-information, or in what is signed there.
std::optional<Sealed> find_sealed(ByteView apdu);

/// What is missing to open it, as a sentence: a key of the right size, the sender's system title;
/// empty when nothing is. A message whose own key is wrapped or agreed is opened with the
/// encryption key too, if that is the message's.
std::string obstacle(const Sealed& sealed, const DecodeKeys& keys);

/// Whether the tag of what has no obstacle() can be verified, or there is none.
bool is_verified(const Sealed& sealed, const DecodeKeys& keys);

/// Deciphers what has no obstacle(). Errors: tag_mismatch when the tag, or the check of a wrapped
/// key, does not fit; defect when the library fails.
Result<ByteBuffer> open(const Sealed& sealed, const DecodeKeys& keys);

/// The APDU inside an envelope that hides nothing; nothing for another one.
std::optional<ByteView> open_content(ByteView apdu);

}  // namespace dlms::render::detail
