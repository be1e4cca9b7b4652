#pragma once
// How an association is secured (Green Book 9.2, 9.3.2; sheet sections 2 and 11): what both roles
// are configured with. Without anything set an association is plain, as mechanisms 0 and 1 have it.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "stack/base/random.hpp"
#include "stack/cosem/obis_code.hpp"
#include "stack/security/apdu_protection.hpp"
#include "stack/security/hls.hpp"

namespace dlms::association {

/// What an APDU is put into. All but the first need the conformance bit general-protection; where
/// it was not negotiated the first stands in for them. Where it was, a service without glo- and
/// ded- tags (ACCESS, DataNotification) and what is signed go in the general form of the first.
enum class Envelope : std::uint8_t {
    service_specific,  ///< glo- and ded-
    general,           ///< general-glo-ciphering and general-ded-ciphering
    // general-ciphering, by its key-info
    unnamed_key,
    identified_key,
    wrapped_key,
    one_pass_key,        ///< C(1e, 1s)
    static_unified_key,  ///< C(0e, 2s)
};

/// The key of the envelopes `service_specific`, `general` and `identified_key`.
enum class KeyChoice : std::uint8_t {
    preferred,  ///< the dedicated key where there is one, else the global unicast key
    global,     ///< the global unicast key
    broadcast,  ///< the global broadcast key: unconfirmed requests only
};

/// How what we send is protected. Nothing set: plain.
struct MessageProtection {
    security::Protection protection;
    Envelope envelope = Envelope::service_specific;
    KeyChoice key = KeyChoice::preferred;
    /// Signs what is ciphered; else what is signed is ciphered.
    bool signed_outside = false;
};

struct SecurityTerms {
    /// Own title, keys and counters. Needed with a ciphered context and by mechanisms 5, 6 and 7 (6
    /// needs no key in it, but the titles). The association takes it over; afterwards it is asked
    /// for by protection(), to grant numbers and to save what was received. A copy of a
    /// configuration has none: the same numbers must not be in two places.
    std::unique_ptr<security::ApduProtection> protection;
    /// Of challenges and dedicated keys: needed by mechanisms 2 to 7 and `dedicated_key`; outlives
    /// the association.
    Random* random = nullptr;
    /// The application context with ciphering, LN or SN. Else `protection` serves authentication
    /// alone.
    bool ciphered = false;
    /// Client: how requests are sent. Meter: the least that a request must have, by its
    /// `protection`; the rest is for what the meter sends unasked.
    MessageProtection requests;
    /// Client: the least that answers and notifications must have. Meter: the least that it gives
    /// them; an answer is protected like its request at least.
    security::Protection responses;
    /// Client: a dedicated key is drawn for each association and used. (A meter takes them always.)
    bool dedicated_key = false;
    /// The peer's title if it is known beforehand: it may then leave its own out of AARQ or AARE,
    /// and another one is refused.
    std::optional<security::SystemTitle> peer_title;
    /// Our title stands in AARQ or AARE where it is called for. Off for peers that know it and
    /// stumble over the field.
    bool sends_title = true;
    /// Our signature certificate (DER), sent as calling- or responding-AE-qualifier; empty: none.
    ByteBuffer certificate;
    /// Client: user identification (calling-AE-invocation-id).
    std::optional<std::uint8_t> user_id;
    /// Meter: users that are let in; empty: the field is ignored.
    std::vector<std::uint8_t> users;
    /// Octets of our challenge, 8 (32 with mechanism 7) to 64.
    std::size_t challenge_size = security::default_challenge;
    /// Where reply_to_HLS_authentication is: method 1 of this Association LN ...
    cosem::ObisCode authentication_object{0, 0, 40, 0, 0, 255};
    /// ... or the short name of method 8 of the Association SN.
    std::uint16_t authentication_name = 0xFA58;
    /// In a ciphered context RLRQ and RLRE carry the ciphered Initiate APDUs, so that nobody else
    /// can release. Off: plain ones are sent, and taken by a meter, as some peers have it.
    bool protected_release = true;

    /// Client: a high level authentication ends when the meter has sent its challenge, so that the
    /// meter shows its mechanism and nothing is made of a secret: AssociationRefused, with the
    /// result accepted and authentication_required. Keys are not needed then, titles are.
    bool stops_at_challenge = false;

    /// All but `protection`.
    SecurityTerms clone() const;
};

}  // namespace dlms::association
