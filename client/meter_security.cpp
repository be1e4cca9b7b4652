#include "client/meter_security.hpp"

namespace dlms::client {
namespace {

using acse::Mechanism;
using association::Envelope;
using security::ProtectionKeys;

template <class Key>
std::optional<Key> copy_of(const std::optional<Key>& key) {
    return key ? std::optional<Key>(key->clone()) : std::nullopt;
}

ProtectionKeys copy_of(const ProtectionKeys& keys) {
    ProtectionKeys copy;
    copy.unicast = copy_of(keys.unicast);
    copy.broadcast = copy_of(keys.broadcast);
    copy.authentication = copy_of(keys.authentication);
    copy.master = copy_of(keys.master);
    copy.own_signing = copy_of(keys.own_signing);
    copy.own_agreement = copy_of(keys.own_agreement);
    copy.peer_signing = keys.peer_signing;
    copy.peer_agreement = keys.peer_agreement;
    return copy;
}

bool match(const std::optional<security::PrivateKey>& one,
           const std::optional<security::PrivateKey>& other) {
    return one.has_value() == other.has_value() &&
           (!one || one->public_key() == other->public_key());
}

template <class Key>
bool match(const std::optional<Key>& one, const std::optional<Key>& other) {
    return one.has_value() == other.has_value() && (!one || one->matches(other->reveal()));
}

bool match(const ProtectionKeys& one, const ProtectionKeys& other) {
    // Each is compared, so that the time says nothing of which one differs.
    bool same = match(one.unicast, other.unicast);
    same &= match(one.broadcast, other.broadcast);
    same &= match(one.authentication, other.authentication);
    same &= match(one.master, other.master);
    same &= match(one.own_signing, other.own_signing);
    same &= match(one.own_agreement, other.own_agreement);
    return same && one.peer_signing == other.peer_signing &&
           one.peer_agreement == other.peer_agreement;
}

bool same_requests(const association::MessageProtection& one,
                   const association::MessageProtection& other) {
    return one.protection == other.protection && one.envelope == other.envelope &&
           one.key == other.key && one.signed_outside == other.signed_outside;
}

}  // namespace

void MeterSecurity::protect(const security::Protection& protection) {
    ciphered = true;
    requests.protection = protection;
    responses = protection;
}

MeterSecurity MeterSecurity::clone() const {
    MeterSecurity copy;
    copy.suite = suite;
    copy.own_title = own_title;
    copy.meter_title = meter_title;
    copy.keys = copy_of(keys);
    copy.ciphered = ciphered;
    copy.requests = requests;
    copy.responses = responses;
    copy.dedicated_key = dedicated_key;
    copy.certificate = certificate;
    copy.valid_until = valid_until;
    copy.user_id = user_id;
    copy.quirks = quirks;
    copy.sends_title = sends_title;
    copy.protected_release = protected_release;
    copy.stops_at_challenge = stops_at_challenge;
    copy.challenge_size = challenge_size;
    copy.authentication_object = authentication_object;
    copy.authentication_name = authentication_name;
    copy.counter_object = counter_object;
    copy.trusts_high_counter = trusts_high_counter;
    return copy;
}

bool MeterSecurity::same_association(const MeterSecurity& other) const {
    return suite == other.suite && own_title == other.own_title &&
           meter_title == other.meter_title && match(keys, other.keys) &&
           ciphered == other.ciphered && same_requests(requests, other.requests) &&
           responses == other.responses && dedicated_key == other.dedicated_key &&
           certificate == other.certificate && user_id == other.user_id &&
           sends_title == other.sends_title && protected_release == other.protected_release &&
           challenge_size == other.challenge_size &&
           authentication_object == other.authentication_object &&
           authentication_name == other.authentication_name &&
           quirks.header_without_lengths == other.quirks.header_without_lengths &&
           quirks.opens_unverified == other.quirks.opens_unverified;
}

bool uses_keys(const MeterSecurity& security, Mechanism mechanism) {
    // SHA-256 and ECDSA take the titles of both sides in.
    return security.ciphered || mechanism == Mechanism::hls_gmac ||
           mechanism == Mechanism::hls_sha256 || mechanism == Mechanism::hls_ecdsa;
}

bool needs_general_protection(const MeterSecurity& security) {
    return security.ciphered && (security.requests.envelope != Envelope::service_specific ||
                                 security.requests.protection.digitally_signed);
}

std::string missing_key(const MeterSecurity& security, Mechanism mechanism) {
    const ProtectionKeys& keys = security.keys;
    const association::MessageProtection& requests = security.requests;
    // Who only asks for the challenge answers none.
    const bool authenticates = !security.stops_at_challenge;
    const bool gmac = mechanism == Mechanism::hls_gmac && authenticates;
    const bool ecdsa = mechanism == Mechanism::hls_ecdsa && authenticates;
    // A broadcast in an association that nobody asks for needs no other encryption key.
    const bool only_broadcasts =
        requests.key == association::KeyChoice::broadcast && keys.broadcast && !gmac;
    const char* const why = security.ciphered ? "ciphering" : "HLS-GMAC";
    if ((security.ciphered || gmac) && !keys.unicast && !only_broadcasts) {
        return std::string(why) + " needs an encryption key";
    }
    if ((requests.protection.authenticated || gmac) && !keys.authentication) {
        return std::string(why) + " needs an authentication key";
    }
    if (requests.key == association::KeyChoice::broadcast && !keys.broadcast) {
        return "a ciphered broadcast needs a broadcast key";
    }
    if (ecdsa && (!keys.own_signing || !keys.peer_signing)) {
        return "HLS-ECDSA needs a signing key and the meter's certificate";
    }
    if (!security.ciphered) {
        return {};
    }
    const bool one_pass = requests.envelope == Envelope::one_pass_key;
    if ((requests.protection.digitally_signed || one_pass) &&
        (!keys.own_signing || !keys.peer_signing)) {
        return "signatures need a signing key and the meter's certificate";
    }
    if (requests.envelope == Envelope::wrapped_key && !keys.master) {
        return "wrapped keys need a master key";
    }
    if ((one_pass || requests.envelope == Envelope::static_unified_key) &&
        (!keys.own_agreement || !keys.peer_agreement)) {
        return "agreed keys need an agreement key and the meter's certificate of its own";
    }
    return {};
}

Result<association::SecurityTerms> make_security_terms(const MeterSecurity& security,
                                                       Mechanism mechanism, Random& random) {
    association::SecurityTerms terms;
    terms.random = &random;
    terms.ciphered = security.ciphered;
    terms.requests = security.requests;
    terms.responses = security.responses;
    terms.dedicated_key = security.dedicated_key;
    terms.peer_title = security.meter_title;
    terms.sends_title = security.sends_title;
    terms.certificate = security.certificate;
    terms.user_id = security.user_id;
    terms.protected_release = security.protected_release;
    terms.stops_at_challenge = security.stops_at_challenge;
    terms.authentication_object =
        security.authentication_object.value_or(terms.authentication_object);
    terms.authentication_name = security.authentication_name.value_or(terms.authentication_name);
    if (security.challenge_size != 0) {
        terms.challenge_size = security.challenge_size;
    } else if (mechanism == Mechanism::hls_ecdsa) {
        terms.challenge_size = 32;  // the least that is allowed there
    }
    if (!uses_keys(security, mechanism)) {
        return terms;
    }
    if (!security.own_title) {
        return fail(ErrorCode::wrong_system_title, Layer::client);
    }
    if (!missing_key(security, mechanism).empty()) {
        return fail(ErrorCode::key_missing, Layer::client);
    }
    auto protection = security::ApduProtection::create(
        security.suite, *security.own_title, copy_of(security.keys), random, security.quirks);
    if (!protection) {
        return std::unexpected(protection.error());
    }
    terms.protection = std::make_unique<security::ApduProtection>(std::move(*protection));
    return terms;
}

}  // namespace dlms::client
