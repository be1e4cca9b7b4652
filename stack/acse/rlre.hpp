#pragma once
// RLRE: A-RELEASE response, from the server (Green Book 9.4.2.5, ITU-T X.227).

#include <cstdint>
#include <optional>

#include "stack/acse/release_reason.hpp"
#include "stack/acse/tolerance.hpp"
#include "stack/base/result.hpp"
#include "stack/base/writer.hpp"

namespace dlms::acse {

/// Views are valid as long as the octets decoded; to encode, they must outlive the call.
struct Rlre {
    static constexpr std::uint8_t tag = 0x63;

    /// Often left out.
    std::optional<ReleaseResponseReason> reason;
    /// Content of the OCTET STRING: in a ciphered association the ciphered InitiateResponse, so
    /// that the release cannot be forged.
    std::optional<ByteView> user_information;
};

/// Decodes one RLRE and nothing else. Errors: every malformed code of BER; unknown_tag,
/// field_order, repeated_field, and unknown_value for a reason outside the table.
Result<Rlre> decode_rlre(ByteView octets, const Tolerance& tolerance = {});

/// Appends the RLRE; the writer fails above its limit.
void encode(Writer& writer, const Rlre& rlre);

}  // namespace dlms::acse
