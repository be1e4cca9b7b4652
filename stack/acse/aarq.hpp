#pragma once
// AARQ: A-ASSOCIATE request, what a client opens an application association with (Green Book
// 9.4.2.2, ITU-T X.227).

#include <cstdint>
#include <optional>

#include "stack/acse/application_context.hpp"
#include "stack/acse/authentication_value.hpp"
#include "stack/acse/mechanism.hpp"
#include "stack/acse/tolerance.hpp"
#include "stack/base/result.hpp"
#include "stack/base/writer.hpp"
#include "stack/ber/element.hpp"

namespace dlms::acse {

/// The fields in the standard's order. Views are valid as long as the octets decoded; to encode,
/// they must outlive the call.
struct Aarq {
    static constexpr std::uint8_t tag = 0x60;

    /// Absent means {version1}. Bit 0 is version1; several forms of it are in the field (80 02 07
    /// 80, and 80 02 02 84 from the Hexcell library), so ask proposes_version1().
    std::optional<ber::BitString> protocol_version;
    ApplicationContextName application_context = ApplicationContext::ln;
    std::optional<ByteView> called_ap_title;
    std::optional<ByteView> called_ae_qualifier;
    std::optional<std::int64_t> called_ap_invocation_id;
    std::optional<std::int64_t> called_ae_invocation_id;
    /// The client's system title (8 octets) where the context is ciphered or the mechanism asks.
    std::optional<ByteView> calling_ap_title;
    /// The client's signature certificate where one is used.
    std::optional<ByteView> calling_ae_qualifier;
    std::optional<std::int64_t> calling_ap_invocation_id;
    /// Client user identification.
    std::optional<std::int64_t> calling_ae_invocation_id;
    /// Bit 0 asks for the authentication functional unit; requests_authentication() reads it.
    std::optional<ber::BitString> sender_acse_requirements;
    std::optional<MechanismName> mechanism;
    std::optional<AuthenticationValue> calling_authentication_value;
    /// Content of field BD, not looked into.
    std::optional<ByteView> implementation_information;
    /// Content of the OCTET STRING: an xDLMS InitiateRequest, plain or ciphered.
    std::optional<ByteView> user_information;

    bool proposes_version1() const { return !protocol_version || protocol_version->bit(0); }
    bool requests_authentication() const {
        return sender_acse_requirements && sender_acse_requirements->bit(0);
    }
};

/// Decodes one AARQ and nothing else. Errors: every malformed code of BER; unknown_tag for a field
/// that an AARQ does not have, field_order, repeated_field, missing_field without an application
/// context, unknown_object_identifier, unknown_choice for an authentication value.
Result<Aarq> decode_aarq(ByteView octets, const Tolerance& tolerance = {});

/// Appends the AARQ; the writer fails above its limit.
void encode(Writer& writer, const Aarq& aarq);

}  // namespace dlms::acse
