#pragma once
// HlsExchange: the challenges of a high level authentication, mechanisms 2 to 7, and the answers of
// passes 3 and 4 (Green Book 9.2.7.4; sheet section 11.6). The same for both roles: each answers
// the other's challenge and verifies the answer to its own.

#include "stack/acse/mechanism.hpp"
#include "stack/association/security_terms.hpp"

namespace dlms::association {

constexpr bool is_hls(acse::Mechanism mechanism) {
    return mechanism >= acse::Mechanism::hls_manufacturer;
}

/// Whether the mechanism is about system titles: AARQ and AARE carry them.
constexpr bool needs_titles(acse::Mechanism mechanism) {
    return mechanism >= acse::Mechanism::hls_gmac;
}

class HlsExchange {
public:
    /// What answers are made and verified with.
    struct Means {
        const SecretBytes& secret;             ///< mechanisms 2, 3, 4 and 6
        security::ApduProtection* protection;  ///< 5, 6 and 7; null without one
    };

    /// Before any challenge; it answers and verifies nothing.
    HlsExchange() = default;
    /// Draws our challenge. Errors: those of make_challenge().
    static Result<HlsExchange> begin(acse::Mechanism mechanism, Random& random, std::size_t size);

    ByteView own_challenge() const { return own_; }
    /// Errors: those of check_challenge().
    Status take(ByteView peer_challenge);

    /// Our answer to the peer's challenge. Errors: key_missing and wrong_system_title where the
    /// means do not suffice, and those of hls_answer() and of ApduProtection::gmac_answer().
    Result<ByteBuffer> answer(const Means& means) const;
    /// The peer's answer to our challenge. Errors: authentication_failed, and as above.
    Status verify(const Means& means, ByteView answer) const;

private:
    Result<security::HlsPass> pass(const Means& means, bool ours) const;

    security::HlsMechanism mechanism_ = security::HlsMechanism::gmac;
    ByteBuffer own_;
    ByteBuffer peer_;
};

}  // namespace dlms::association
