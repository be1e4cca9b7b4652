#include "server/security_setup.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "client/signing.hpp"
#include "store/drawn_title.hpp"

namespace dlms::service {
namespace {

using acse::Mechanism;

CallFailure refusal(const ErrorRow& row, std::string sentence) {
    return call_failure(row, std::move(sentence), Blame::misuse);
}

security::Protection protection_of(SecurityChoice level) {
    const bool both = level == SecurityChoice::authenticated_encryption;
    return {.authenticated = both || level == SecurityChoice::authentication,
            .encrypted = both || level == SecurityChoice::encryption};
}

// The secret of the mechanism, which stands in the place of a brand's password of mechanism 1.
CallOutcome<void> set_secret(const ConnectRequest& request, client::MeterParameters& parameters) {
    const Mechanism mechanism = parameters.mechanism;
    if (request.password) {
        parameters.password = request.password->clone();
    } else if (mechanism == Mechanism::hls_manufacturer && request.security.encryption_key) {
        parameters.password = request.security.encryption_key->clone();
    } else if (mechanism != Mechanism::lls) {
        parameters.password = SecretBytes();
    }
    const std::size_t size = parameters.password.size();
    if (mechanism == Mechanism::lls && size == 0) {
        return std::unexpected(
            refusal(error_row("authentication-failed"), "auth_type Low needs a password"));
    }
    if (mechanism == Mechanism::hls_manufacturer && size != 16) {
        return std::unexpected(
            refusal(error_row("authentication-failed"),
                    "auth_type High is the maker's AES-128: it needs aes_key, or a password of "
                    "16 octets"));
    }
    if (size == 0 && (mechanism == Mechanism::hls_md5 || mechanism == Mechanism::hls_sha1 ||
                      mechanism == Mechanism::hls_sha256)) {
        return std::unexpected(refusal(error_row("authentication-failed"),
                                       "this auth_type needs a password, its secret"));
    }
    return {};
}

template <class Key>
CallOutcome<void> take_key(const std::optional<SecretBytes>& octets, const char* name,
                           security::SecuritySuite suite, std::optional<Key>& key) {
    if (!octets) {
        return {};
    }
    auto taken = Key::from(octets->reveal());
    if (!taken || !taken->fits(suite)) {
        return std::unexpected(
            refusal(error_row("deciphering-failed"),
                    std::string(name) + " has " + std::to_string(octets->size()) +
                        " octets: security_suite " + std::to_string(security::number_of(suite)) +
                        " needs " + std::to_string(security::key_size(suite))));
    }
    key = std::move(*taken);
    return {};
}

CallOutcome<void> take_keys(const SecurityRequest& request, client::MeterSecurity& security) {
    CallOutcome<void> taken =
        take_key(request.encryption_key, "encryption_key", security.suite, security.keys.unicast);
    if (taken) {
        taken = take_key(request.authentication_key, "authentication_key", security.suite,
                         security.keys.authentication);
    }
    if (taken) {
        taken = take_key(request.master_key, "master_key", security.suite, security.keys.master);
    }
    if (taken) {
        taken = take_key(request.broadcast_key, "broadcast_key", security.suite,
                         security.keys.broadcast);
    }
    return taken;
}

CallOutcome<void> take_signing_keys(const SecurityRequest& request,
                                    client::MeterSecurity& security) {
    const client::SigningMaterial material{
        request.signing_key ? request.signing_key->reveal() : ByteView(),
        request.signing_certificate,
        request.meter_certificate,
        request.meter_authority,
        request.agreement_key ? request.agreement_key->reveal() : ByteView(),
        request.meter_agreement_certificate};
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (auto taken = client::take_signing(material, now, security); !taken) {
        return std::unexpected(refusal(error_row("authentication-failed"), taken.error()));
    }
    return {};
}

void set_handshake(const HandshakeRequest& asked, client::MeterSecurity& security) {
    security.user_id = asked.user_id;
    security.challenge_size = asked.challenge_size.value_or(0);
    security.authentication_object = asked.authentication_object;
    security.authentication_name = asked.authentication_name;
    security.sends_title = !asked.omits_system_title;
    security.quirks.opens_unverified = asked.opens_unverified;
    security.quirks.header_without_lengths = asked.header_without_lengths;
}

// How APDUs are protected, if at all.
void set_protection(const SecurityRequest& asked, client::MeterSecurity& security) {
    if (asked.names_envelope) {
        security.requests.envelope = asked.envelope;
    }
    if (asked.level == SecurityChoice::none && asked.signing == SigningChoice::none) {
        return;
    }
    security::Protection protection = protection_of(asked.level);
    protection.digitally_signed = asked.signing != SigningChoice::none;
    security.protect(protection);
    security.requests.signed_outside = asked.signing == SigningChoice::outside;
    security.dedicated_key = asked.dedicated_key && asked.level != SecurityChoice::none;
}

// The fields of /connect that give what client::missing_key() misses.
std::string fields_of(std::string_view missing) {
    struct Row {
        std::string_view said;
        const char* fields;
    };
    constexpr std::array<Row, 6> rows{
        {{"encryption key", "encryption_key"},
         {"authentication key", "authentication_key"},
         {"broadcast key", "broadcast_key"},
         {"signing key", "signing_key and meter_certificate"},
         {"master key", "master_key"},
         {"agreement key", "agreement_key and meter_agreement_certificate"}}};
    for (const Row& row : rows) {
        if (missing.find(row.said) != std::string_view::npos) {
            return std::string(": ") + row.fields;
        }
    }
    return {};
}

}  // namespace

CallOutcome<void> set_security(const ConnectRequest& request, const MeterDefaults& defaults,
                               client::MeterParameters& parameters) {
    if (request.authentication) {
        parameters.mechanism = static_cast<Mechanism>(*request.authentication);
    }
    if (auto set = set_secret(request, parameters); !set) {
        return set;
    }
    const SecurityRequest& asked = request.security;
    client::MeterSecurity& security = parameters.security;
    if (const auto suite = security::to_security_suite(asked.suite)) {
        security.suite = *suite;
    }
    if (asked.system_title && !defaults.keeps_counters) {
        return std::unexpected(
            refusal(error_row("counter-rejected"),
                    "a system_title of your own needs a place where invocation counters outlive "
                    "the service: set DATA_DIR, or leave it out"));
    }
    if (asked.system_title && asked.system_title != defaults.system_title &&
        store::is_drawn_title(*asked.system_title)) {
        return std::unexpected(
            refusal(error_row("counter-rejected"),
                    "system titles that begin with DLM (444C4D) belong to a store of counters: two "
                    "that count by themselves would use one number twice; leave it out, or choose "
                    "a title of your own"));
    }
    security.own_title = asked.system_title ? asked.system_title : defaults.system_title;
    security.meter_title = asked.meter_system_title;
    if (asked.counter_object) {
        security.counter_object = asked.counter_object;
    }
    security.trusts_high_counter = asked.trusts_high_counter;
    set_handshake(asked.handshake, security);
    set_protection(asked, security);
    const bool uses_keys = client::uses_keys(security, parameters.mechanism);
    if (!uses_keys && parameters.mechanism == Mechanism::hls_manufacturer) {
        return {};  // aes_key is its secret
    }
    if (auto taken = take_keys(asked, security); !taken) {
        return taken;
    }
    if (auto taken = take_signing_keys(asked, security); !taken) {
        return taken;
    }
    if (std::string missing = client::missing_key(security, parameters.mechanism);
        !missing.empty()) {
        const ErrorRow& row = parameters.mechanism == Mechanism::hls_ecdsa
                                  ? error_row("authentication-failed")
                                  : error_row("deciphering-failed");
        return std::unexpected(refusal(row, missing + fields_of(missing)));
    }
    if (uses_keys && !security.own_title) {
        return std::unexpected(refusal(error_row("deciphering-failed"),
                                       "this needs a system_title, the head end's own"));
    }
    return {};
}

}  // namespace dlms::service
