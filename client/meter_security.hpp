#pragma once
// MeterSecurity: how a meter's association is authenticated and protected beyond a password: suite,
// system titles, keys, and what is asked of requests and answers (Green Book 9.2).

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "stack/acse/mechanism.hpp"
#include "stack/association/security_terms.hpp"
#include "stack/cosem/obis_code.hpp"

namespace dlms::client {

/// Names of envelopes, in the order of association::Envelope, for interfaces.
inline constexpr std::array<std::string_view, 7> envelope_names{
    "service_specific", "general",  "general_ciphering", "identified_key",
    "wrapped_key",      "one_pass", "static_unified"};

struct MeterSecurity {
    security::SecuritySuite suite = security::SecuritySuite::aes_gcm_128;
    std::optional<security::SystemTitle> own_title;
    /// Empty: what the meter says in its AARE.
    std::optional<security::SystemTitle> meter_title;
    security::ProtectionKeys keys;
    /// The application context with ciphering. `requests` is how requests are sent, `responses` the
    /// least that answers must have.
    bool ciphered = false;
    association::MessageProtection requests;
    security::Protection responses;
    /// A dedicated key is drawn for each association.
    bool dedicated_key = false;
    /// Our signature certificate (DER), sent in the AARQ; empty: none.
    ByteBuffer certificate;
    /// When the first of the certificates that the keys come from expires.
    std::optional<std::chrono::sys_seconds> valid_until;
    std::optional<std::uint8_t> user_id;  ///< client user identification
    security::ProtectionQuirks quirks;
    /// Our title stands in the AARQ.
    bool sends_title = true;
    /// RLRQ carries a ciphered InitiateRequest.
    bool protected_release = true;
    /// See association::SecurityTerms: to find out a meter's mechanism without any key.
    bool stops_at_challenge = false;
    /// Octets of our challenge; 0: as the mechanism has it.
    std::size_t challenge_size = 0;
    /// The association object whose reply_to_HLS_authentication is invoked, and the short name of
    /// that method; empty: as the standard has it.
    std::optional<cosem::ObisCode> authentication_object;
    std::optional<std::uint16_t> authentication_name;
    /// The object (class Data) that tells the public client the last number that the meter has
    /// accepted with the unicast key.
    std::optional<cosem::ObisCode> counter_object;
    /// What that object says is believed even if the key has hardly any number left behind it.
    bool trusts_high_counter = false;

    /// Asks requests and answers for the same, in a ciphered context.
    void protect(const security::Protection& protection);
    MeterSecurity clone() const;
    /// Whether an association made with the one serves the other. Keys are compared in constant
    /// time.
    bool same_association(const MeterSecurity& other) const;
};

/// Whether messages are protected or authenticated with keys, so that own title, keys and numbers
/// are needed.
bool uses_keys(const MeterSecurity& security, acse::Mechanism mechanism);

/// Whether requests are in envelopes that need the conformance bit general-protection, which is
/// then proposed.
bool needs_general_protection(const MeterSecurity& security);

/// The key that what is asked for cannot do without, as a sentence; empty where none is missing.
std::string missing_key(const MeterSecurity& security, acse::Mechanism mechanism);

/// What one association takes over. `random` outlives it. Errors: key_missing and
/// wrong_system_title where the mechanism or the protection needs what is not there, out_of_range
/// for a key that does not fit the suite.
Result<association::SecurityTerms> make_security_terms(const MeterSecurity& security,
                                                       acse::Mechanism mechanism, Random& random);

}  // namespace dlms::client
