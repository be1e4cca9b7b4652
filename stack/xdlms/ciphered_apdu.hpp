#pragma once
// Envelopes of ciphered and signed APDUs (COSEMpdu; sheet section 11.4), read as far as their
// headers: who, with which key, which counter. Nothing is deciphered or verified here. Decoded
// views live as long as the APDU's octets.

#include <optional>
#include <string_view>
#include <variant>

#include "stack/base/result.hpp"
#include "stack/base/writer.hpp"
#include "stack/xdlms/apdu_tag.hpp"
#include "stack/xdlms/security_header.hpp"

namespace dlms::xdlms {

/// A service-specific envelope: glo- (global key) or ded- (dedicated key) and a service.
struct ServiceCiphering {
    ApduTag tag = ApduTag::glo_get_request;
    ProtectedContent content;
};

/// general-glo-ciphering or general-ded-ciphering.
struct GeneralGloDedCiphering {
    ApduTag tag = ApduTag::general_glo_ciphering;
    ByteView system_title;  ///< of the sender: 8 octets, or none
    ProtectedContent content;
};

enum class IdentifiedKey : std::uint8_t {
    global_unicast_encryption_key = 0,
    global_broadcast_encryption_key = 1,
};
enum class KeyEncryptingKey : std::uint8_t { master_key = 0 };

/// The standard's names, for example "global-unicast-encryption-key"; empty for an unknown one.
std::string_view name(IdentifiedKey key);
std::string_view name(KeyEncryptingKey key);

struct WrappedKey {
    KeyEncryptingKey kek_id = KeyEncryptingKey::master_key;
    ByteView key_ciphered_data;
};
struct AgreedKey {
    ByteView key_parameters;  ///< one octet: 01 one-pass Diffie-Hellman, 02 static unified model
    ByteView key_ciphered_data;
};

/// Key-Info; the choice on the wire is the index.
using KeyInfo = std::variant<IdentifiedKey, WrappedKey, AgreedKey>;

/// "identified-key", "wrapped-key" or "agreed-key".
std::string_view name(const KeyInfo& key_info);

/// The header that general-ciphering and general-signing share; every part may be empty.
struct GeneralHeader {
    ByteView transaction_id;
    ByteView originator_system_title;
    ByteView recipient_system_title;
    ByteView date_time;  ///< 12 octets, or none; not checked
    ByteView other_information;
};

struct GeneralCiphering {
    GeneralHeader header;
    std::optional<KeyInfo> key_info;
    ProtectedContent content;
};

struct GeneralSigning {
    GeneralHeader header;
    ByteView content;
    ByteView signature;
};

using CipheredApdu =
    std::variant<ServiceCiphering, GeneralGloDedCiphering, GeneralCiphering, GeneralSigning>;

/// Whether the tag starts one of these envelopes.
bool is_ciphered_apdu(ApduTag tag);

/// Decodes one whole APDU as far as its headers. Errors: every malformed code; unknown_value for a
/// security suite above 2 and for unknown key identifiers, truncated for an authenticated content
/// without room for its tag.
Result<CipheredApdu> decode_ciphered_apdu(ByteView apdu);

/// The same for a service-specific envelope alone. Errors: as above; unknown_tag for another one.
Result<ServiceCiphering> decode_service_ciphering(ByteView apdu);

void encode(Writer& writer, const ServiceCiphering& apdu);
void encode(Writer& writer, const GeneralGloDedCiphering& apdu);
void encode(Writer& writer, const GeneralCiphering& apdu);
void encode(Writer& writer, const GeneralSigning& apdu);

/// What encode() writes in front of the ciphertext, of which only the size is known yet: for those
/// who encipher into the place behind it. The tag, if there is one, comes behind the ciphertext.
void encode_head(Writer& writer, const ServiceCiphering& apdu, std::size_t ciphertext_size);
void encode_head(Writer& writer, const GeneralGloDedCiphering& apdu, std::size_t ciphertext_size);
void encode_head(Writer& writer, const GeneralCiphering& apdu, std::size_t ciphertext_size);

/// The fields of a header, each with its length: a part of what is authenticated and signed.
void encode(Writer& writer, const GeneralHeader& header);

}  // namespace dlms::xdlms
