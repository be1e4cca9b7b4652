#include "simulator/scenario_security.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "stack/base/hex.hpp"
#include "stack/security/pem.hpp"

namespace dlms::simulator {
namespace {

using acse::Mechanism;

constexpr std::array<std::string_view, 4> levels = {"none", "authentication", "encryption",
                                                    "authenticated_encryption"};

template <class Key>
void read_key(const ScenarioNode& node, std::string_view name, security::SecuritySuite suite,
              std::optional<Key>& into) {
    const auto digits = node.find(name);
    if (!digits) {
        return;
    }
    const auto octets = from_hex(digits->text());
    auto key = octets ? Key::from(*octets) : Result<Key>(std::unexpected(octets.error()));
    if (!key || !key->fits(suite)) {
        digits->complain("a key of " + std::to_string(security::key_size(suite)) +
                         " octets in hexadecimal");
    }
    into = std::move(*key);
}

/// A private number, and the public point of the clients; either may be left out.
void read_pair(
    const ScenarioNode& node, std::string_view own_name, std::string_view client_name,
    security::SecuritySuite suite,
    std::pair<std::optional<security::PrivateKey>&, std::optional<security::PublicKey>&> into) {
    const auto own = node.find(own_name);
    const auto client = node.find(client_name);
    if (!own && !client) {
        return;
    }
    const auto curve = security::curve_of(suite);
    if (!curve) {
        (own ? own : client)->complain("no such key in suite 0");
    }
    if (own) {
        const auto number = from_hex(own->text());
        auto key = number ? security::PrivateKey::from(*curve, *number)
                          : Result<security::PrivateKey>(std::unexpected(number.error()));
        if (!key) {
            own->complain("the private number of a key on the suite's curve, in hexadecimal");
        }
        into.first = std::move(*key);
    }
    if (client) {
        const auto point = from_hex(client->text());
        const auto peer = point ? security::PublicKey::from(*curve, *point)
                                : Result<security::PublicKey>(std::unexpected(point.error()));
        if (!peer) {
            client->complain("X and Y of a public key on the suite's curve, in hexadecimal");
        }
        into.second = *peer;
    }
}

std::vector<security::Certificate> read_certificates(const ScenarioNode& node,
                                                     std::string_view name, bool authorities) {
    std::vector<security::Certificate> certificates;
    const auto list = node.find(name);
    for (std::size_t i = 0; list && i < list->size(); ++i) {
        const ScenarioNode element = list->element(i);
        const auto der = from_hex(element.text());
        auto certificate =
            security::read_certificate(der ? ByteView(*der) : as_bytes(element.text()));
        if (!certificate || certificate->is_authority() != authorities) {
            element.complain(authorities ? "the certificate of an authority, PEM or hexadecimal DER"
                                         : "a certificate of no authority, PEM or hexadecimal DER");
        }
        certificates.push_back(std::move(*certificate));
    }
    return certificates;
}

void read_secret(const ScenarioNode& node, association::ServerConfiguration& configuration) {
    if (const auto octets = node.find("password_hex")) {
        const auto secret = from_hex(octets->text());
        if (!secret || secret->empty()) {
            octets->complain("octets in hexadecimal");
        }
        configuration.password = SecretBytes(*secret);
    } else {
        configuration.password = SecretBytes(as_bytes(node.at("password").text()));
    }
    if (configuration.mechanism == Mechanism::hls_manufacturer &&
        configuration.password.size() != 16) {
        node.complain("a password of 16 octets with HLS-manufacturer");
    }
}

void read_protection(const ScenarioNode& node, association::SecurityTerms& terms) {
    const auto level = node.find("security");
    if (!level) {
        return;
    }
    const auto found = std::ranges::find(levels, level->text());
    if (found == levels.end()) {
        level->complain(
            "\"none\", \"authentication\", \"encryption\" or \"authenticated_encryption\"");
    }
    const auto index = found - levels.begin();
    terms.ciphered = true;
    terms.requests.protection = {.authenticated = (index & 1) != 0, .encrypted = (index & 2) != 0};
    terms.responses = terms.requests.protection;
}

}  // namespace

DeclaredSecurity read_device_security(const ScenarioNode& node) {
    node.expect_keys({"system_title", "suite", "unicast_key", "broadcast_key", "authentication_key",
                      "master_key", "signing_key", "client_signing_key", "agreement_key",
                      "client_agreement_key", "authorities", "certificates"});
    DeclaredSecurity security;
    const ScenarioNode title = node.at("system_title");
    const auto named = security::SystemTitle::from_hex(title.text());
    if (!named) {
        title.complain("a system title of 8 octets in hexadecimal");
    }
    security.system_title = *named;
    if (const auto suite = node.find("suite")) {
        security.suite =
            *security::to_security_suite(static_cast<std::uint8_t>(suite->integer(0, 2)));
    }
    read_key(node, "unicast_key", security.suite, security.keys.unicast);
    read_key(node, "broadcast_key", security.suite, security.keys.broadcast);
    read_key(node, "authentication_key", security.suite, security.keys.authentication);
    read_key(node, "master_key", security.suite, security.keys.master);
    read_pair(node, "signing_key", "client_signing_key", security.suite,
              {security.keys.own_signing, security.keys.peer_signing});
    read_pair(node, "agreement_key", "client_agreement_key", security.suite,
              {security.keys.own_agreement, security.keys.peer_agreement});
    security.certificates = {read_certificates(node, "authorities", true),
                             read_certificates(node, "certificates", false)};
    return security;
}

void read_authentication(const ScenarioNode& node, const DeclaredSecurity& keys,
                         association::ServerConfiguration& configuration) {
    constexpr std::array<Mechanism, 8> offered = {
        Mechanism::lowest,     Mechanism::lls,      Mechanism::hls_manufacturer,
        Mechanism::hls_md5,    Mechanism::hls_sha1, Mechanism::hls_gmac,
        Mechanism::hls_sha256, Mechanism::hls_ecdsa};
    const ScenarioNode mechanism = node.at("mechanism");
    const auto* const found =
        std::ranges::find_if(offered, [&](Mechanism one) { return mechanism.text() == name(one); });
    if (found == offered.end()) {
        mechanism.complain(
            "\"lowest\", \"LLS\", \"HLS-manufacturer\", \"HLS-MD5\", \"HLS-SHA1\", \"HLS-GMAC\", "
            "\"HLS-SHA256\" or \"HLS-ECDSA\"");
    }
    configuration.mechanism = *found;
    const bool is_ecdsa = *found == Mechanism::hls_ecdsa;
    if (*found != Mechanism::lowest && *found != Mechanism::hls_gmac && !is_ecdsa) {
        read_secret(node, configuration);
    }
    read_protection(node, configuration.security);
    const bool needs_keys = configuration.security.ciphered || *found == Mechanism::hls_gmac;
    const bool needs_title = needs_keys || *found == Mechanism::hls_sha256 || is_ecdsa;
    if (is_ecdsa) {
        constexpr std::size_t least_challenge = 32;
        configuration.security.challenge_size = least_challenge;
        if (!keys.keys.own_signing) {
            node.complain("\"security\" of the logical device, with \"signing_key\"");
        }
    }
    if ((needs_title && !keys.system_title) ||
        (needs_keys && (!keys.keys.unicast || !keys.keys.authentication))) {
        node.complain(
            "\"security\" of the logical device, with \"system_title\", "
            "\"unicast_key\" and \"authentication_key\"");
    }
}

}  // namespace dlms::simulator
