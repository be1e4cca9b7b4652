#pragma once
// AARE: A-ASSOCIATE response, the server's answer to an AARQ (Green Book 9.4.2.3, ITU-T X.227).

#include <cstdint>
#include <optional>

#include "stack/acse/application_context.hpp"
#include "stack/acse/authentication_value.hpp"
#include "stack/acse/diagnostic.hpp"
#include "stack/acse/mechanism.hpp"
#include "stack/acse/tolerance.hpp"
#include "stack/base/result.hpp"
#include "stack/base/writer.hpp"
#include "stack/ber/element.hpp"

namespace dlms::acse {

/// The fields in the standard's order. Views are valid as long as the octets decoded; to encode,
/// they must outlive the call.
struct Aare {
    static constexpr std::uint8_t tag = 0x61;

    /// Absent means {version1}.
    std::optional<ber::BitString> protocol_version;
    ApplicationContextName application_context = ApplicationContext::ln;
    AssociationResult result = AssociationResult::accepted;
    Diagnostic diagnostic;
    /// The server's system title.
    std::optional<ByteView> responding_ap_title;
    /// The server's signature certificate where one is used.
    std::optional<ByteView> responding_ae_qualifier;
    std::optional<std::int64_t> responding_ap_invocation_id;
    std::optional<std::int64_t> responding_ae_invocation_id;
    /// Bit 0: the authentication functional unit is in use.
    std::optional<ber::BitString> responder_acse_requirements;
    std::optional<MechanismName> mechanism;
    /// With an HLS mechanism the server's challenge.
    std::optional<AuthenticationValue> responding_authentication_value;
    /// Content of field BD, not looked into.
    std::optional<ByteView> implementation_information;
    /// Content of the OCTET STRING: an xDLMS InitiateResponse, plain or ciphered, or a
    /// ConfirmedServiceError. Meters leave it out of a rejection.
    std::optional<ByteView> user_information;
};

/// Decodes one AARE and nothing else. Errors: every malformed code of BER; unknown_tag for a field
/// that an AARE does not have, field_order, repeated_field, missing_field without context, result
/// or diagnostic, unknown_object_identifier, unknown_value for a result or diagnostic outside the
/// tables, unknown_choice for a diagnostic source or authentication value.
Result<Aare> decode_aare(ByteView octets, const Tolerance& tolerance = {});

/// Appends the AARE; the writer fails above its limit.
void encode(Writer& writer, const Aare& aare);

}  // namespace dlms::acse
