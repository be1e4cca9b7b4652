#include "stack/association/hls_exchange.hpp"

namespace dlms::association {

using security::HlsMechanism;

Result<HlsExchange> HlsExchange::begin(acse::Mechanism mechanism, Random& random,
                                       std::size_t size) {
    HlsExchange exchange;
    exchange.mechanism_ = static_cast<HlsMechanism>(mechanism);  // numbered alike
    Result<ByteBuffer> challenge = security::make_challenge(exchange.mechanism_, random, size);
    if (!challenge) {
        return std::unexpected(challenge.error());
    }
    exchange.own_ = std::move(*challenge);
    return exchange;
}

Status HlsExchange::take(ByteView peer_challenge) {
    if (const Status good = security::check_challenge(mechanism_, peer_challenge, own_); !good) {
        return good;
    }
    peer_ = to_buffer(peer_challenge);
    return {};
}

/// The answer of ours or of the peer's, by a shared secret.
Result<security::HlsPass> HlsExchange::pass(const Means& means, bool ours) const {
    // Only SHA-256 looks at the titles.
    constexpr security::SystemTitle nobody(std::array<Byte, security::SystemTitle::size>{});
    const bool titled = mechanism_ == HlsMechanism::sha256;
    if (titled && !means.protection) {
        return fail(ErrorCode::key_missing, Layer::association);
    }
    if (titled && !means.protection->peer_title()) {
        return fail(ErrorCode::wrong_system_title, Layer::association);
    }
    const security::SystemTitle own = titled ? means.protection->own_title() : nobody;
    const security::SystemTitle peer = titled ? *means.protection->peer_title() : nobody;
    return ours ? security::HlsPass{peer_, own_, own, peer}
                : security::HlsPass{own_, peer_, peer, own};
}

Result<ByteBuffer> HlsExchange::answer(const Means& means) const {
    const bool keyed = mechanism_ == HlsMechanism::gmac || mechanism_ == HlsMechanism::ecdsa;
    if (keyed && !means.protection) {
        return fail(ErrorCode::key_missing, Layer::association);
    }
    if (mechanism_ == HlsMechanism::gmac) {
        return means.protection->gmac_answer(peer_);
    }
    if (mechanism_ == HlsMechanism::ecdsa) {
        return means.protection->signature_answer(peer_, own_);
    }
    const Result<security::HlsPass> ours = pass(means, true);
    if (!ours) {
        return std::unexpected(ours.error());
    }
    return security::hls_answer(mechanism_, means.secret, *ours);
}

Status HlsExchange::verify(const Means& means, ByteView answer) const {
    if (own_.empty() || peer_.empty()) {
        return fail(ErrorCode::authentication_failed, Layer::association);
    }
    const bool keyed = mechanism_ == HlsMechanism::gmac || mechanism_ == HlsMechanism::ecdsa;
    if (keyed && !means.protection) {
        return fail(ErrorCode::key_missing, Layer::association);
    }
    if (mechanism_ == HlsMechanism::gmac) {
        return means.protection->verify_gmac_answer(own_, answer);
    }
    if (mechanism_ == HlsMechanism::ecdsa) {
        return means.protection->verify_signature_answer(own_, peer_, answer);
    }
    const Result<security::HlsPass> theirs = pass(means, false);
    if (!theirs) {
        return std::unexpected(theirs.error());
    }
    return security::verify_hls_answer(mechanism_, means.secret, *theirs, answer);
}

}  // namespace dlms::association
