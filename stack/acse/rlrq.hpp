#pragma once
// RLRQ: A-RELEASE request, from the client (Green Book 9.4.2.5, ITU-T X.227).

#include <cstdint>
#include <optional>

#include "stack/acse/release_reason.hpp"
#include "stack/acse/tolerance.hpp"
#include "stack/base/result.hpp"
#include "stack/base/writer.hpp"

namespace dlms::acse {

/// Views are valid as long as the octets decoded; to encode, they must outlive the call.
struct Rlrq {
    static constexpr std::uint8_t tag = 0x62;

    /// Often left out.
    std::optional<ReleaseRequestReason> reason;
    /// Content of the OCTET STRING: in a ciphered association the ciphered InitiateRequest, so that
    /// the release cannot be forged.
    std::optional<ByteView> user_information;
};

/// Decodes one RLRQ and nothing else. Errors: every malformed code of BER; unknown_tag,
/// field_order, repeated_field, and unknown_value for a reason outside the table.
Result<Rlrq> decode_rlrq(ByteView octets, const Tolerance& tolerance = {});

/// Appends the RLRQ; the writer fails above its limit.
void encode(Writer& writer, const Rlrq& rlrq);

}  // namespace dlms::acse
