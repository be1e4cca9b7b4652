#include "stack/security/apdu_protection.hpp"

#include <algorithm>

#include "stack/base/writer.hpp"
#include "stack/security/hls.hpp"
#include "stack/security/protected_content.hpp"

namespace dlms::security {
namespace {

std::unexpected<Error> refusal(ErrorCode code) {
    return fail(code, Layer::security);
}

template <class Key>
bool fits(const std::optional<Key>& key, SecuritySuite suite) {
    return !key || key->fits(suite);
}

bool fits_curve(const std::optional<PrivateKey>& key, SecuritySuite suite) {
    return !key || key->curve() == curve_of(suite);
}

bool fits_curve(const std::optional<PublicKey>& key, SecuritySuite suite) {
    return !key || key->curve() == curve_of(suite);
}

}  // namespace

ProtectionRequest answer_to(const Opened& request, Protection required) {
    ProtectionRequest answer;
    answer.protection = request.protection | required;
    answer.signed_outside = request.signed_outside;
    answer.transaction_id = request.transaction_id;
    const bool is_ciphered = answer.protection.authenticated || answer.protection.encrypted;
    switch (request.kind) {
        case ProtectionKind::plain:
        case ProtectionKind::signed_only:
            answer.kind =
                !is_ciphered
                    ? (answer.protection.digitally_signed ? ProtectionKind::signed_only
                                                          : ProtectionKind::plain)
                    : (answer.protection.digitally_signed ? ProtectionKind::general_global
                                                          : ProtectionKind::service_global);
            break;
        // Answers go to one side alone.
        case ProtectionKind::service_broadcast: answer.kind = ProtectionKind::service_global; break;
        case ProtectionKind::general_broadcast: answer.kind = ProtectionKind::general_global; break;
        case ProtectionKind::identified_broadcast_key:
            answer.kind = ProtectionKind::identified_unicast_key;
            break;
        default: answer.kind = request.kind; break;
    }
    return answer;
}

ApduProtection::ApduProtection(SecuritySuite suite, const SystemTitle& own_title,
                               ProtectionKeys keys, Random& random, ProtectionQuirks quirks)
    : suite_(suite),
      own_title_(own_title),
      keys_(std::move(keys)),
      random_(&random),
      quirks_(quirks) {}

Result<ApduProtection> ApduProtection::create(SecuritySuite suite, const SystemTitle& own_title,
                                              ProtectionKeys keys, Random& random,
                                              ProtectionQuirks quirks) {
    if (!fits(keys.unicast, suite) || !fits(keys.broadcast, suite) ||
        !fits(keys.authentication, suite) || !fits(keys.master, suite) ||
        !fits_curve(keys.own_signing, suite) || !fits_curve(keys.own_agreement, suite) ||
        !fits_curve(keys.peer_signing, suite) || !fits_curve(keys.peer_agreement, suite)) {
        return refusal(ErrorCode::out_of_range);
    }
    ApduProtection protection(suite, own_title, std::move(keys), random, quirks);
    Status done;
    if (protection.keys_.unicast) {
        done = protection.set_cipher(KeySlot::unicast, protection.keys_.unicast->reveal());
    }
    if (done && protection.keys_.broadcast) {
        done = protection.set_cipher(KeySlot::broadcast, protection.keys_.broadcast->reveal());
    }
    if (!done) {
        return std::unexpected(done.error());
    }
    if (protection.keys_.authentication) {
        protection.set_authentication_key(protection.keys_.authentication->reveal());
    }
    return protection;
}

Status ApduProtection::set_cipher(KeySlot slot, ByteView key) {
    Result<AesGcm> cipher = AesGcm::create(key);
    if (!cipher) {
        return std::unexpected(cipher.error());
    }
    state(slot).cipher = std::move(*cipher);
    return {};
}

void ApduProtection::set_authentication_key(ByteView key) {
    std::ranges::copy(key, prefix_.first(1 + key.size()).subspan(1).begin());
}

/// Security control and authentication key; valid until the next call.
ByteView ApduProtection::additional_prefix(xdlms::SecurityControl control) {
    const std::span<Byte> prefix = prefix_.first(1 + key_size(suite_));
    prefix[0] = control.raw();
    return prefix;
}

/// What the header of general-ciphering adds to the additional data; valid until the next call.
Result<ByteView> ApduProtection::additional_header(const xdlms::GeneralHeader& header) {
    header_.clear();
    Writer writer(header_);
    write_additional_header(
        writer, header,
        quirks_.header_without_lengths ? HeaderForm::without_lengths : HeaderForm::with_lengths);
    if (!writer.ok()) {
        return refusal(ErrorCode::out_of_range);
    }
    return ByteView(header_);
}

bool ApduProtection::has_received() const {
    return std::ranges::any_of(
        states_, [](const KeyState& key) { return key.received.highest().has_value(); });
}

Status ApduProtection::set_peer_title(const SystemTitle& title) {
    if (title == own_title_) {
        return refusal(ErrorCode::wrong_system_title);
    }
    if (peer_title_ && *peer_title_ != title) {
        // The name is not proved yet, so what the other one has used up must not be forgotten.
        std::array<ReceiveCounter, 4> of_title;
        const auto found = std::ranges::find(other_peers_, title, &OtherPeer::title);
        const bool is_known = found != other_peers_.end();
        if (has_received() && !is_known && other_peers_.size() == most_peers) {
            return refusal(ErrorCode::wrong_system_title);
        }
        if (is_known) {
            of_title = found->received;
            other_peers_.erase(found);
        }
        if (has_received()) {
            OtherPeer& other = other_peers_.emplace_back(OtherPeer{*peer_title_, {}});
            for (std::size_t i = 0; i < states_.size(); ++i) {
                other.received[i] = states_[i].received;
            }
        }
        for (std::size_t i = 0; i < states_.size(); ++i) {
            states_[i].received = of_title[i];
        }
    }
    peer_title_ = title;
    return {};
}

/// Whether the number is above every accepted one of the key. Errors: counter_too_low.
Status ApduProtection::check_fresh(KeySlot slot, InvocationCounter counter) {
    const ReceiveCounter& received = state(slot).received;
    const Status fresh = received.check(counter);
    if (!fresh && received.highest()) {
        constexpr std::uint32_t end = last_invocation_counter + 1;
        const std::uint32_t highest = received.highest()->value();
        next_acceptable_ = highest < end ? highest + 1 : end;
    }
    return fresh;
}

void ApduProtection::forget_received(KeySlot slot) {
    state(slot).received = ReceiveCounter();
    for (OtherPeer& other : other_peers_) {
        other.received[static_cast<std::size_t>(slot)] = ReceiveCounter();
    }
}

Status ApduProtection::set_dedicated_key(const DedicatedKey& key) {
    if (!key.fits(suite_)) {
        return refusal(ErrorCode::out_of_range);
    }
    if (const Status set = set_cipher(KeySlot::dedicated, key.reveal()); !set) {
        return set;
    }
    if (dedicated_ && dedicated_->matches(key.reveal())) {
        return {};
    }
    dedicated_ = key.clone();
    forget_received(KeySlot::dedicated);
    SendCounter& sent = state(KeySlot::dedicated).sent;
    sent = SendCounter();
    return sent.grant({0, last_invocation_counter});
}

Status ApduProtection::replace_key(KeySlot slot, const EncryptionKey& key) {
    if (!key.fits(suite_) || (slot != KeySlot::unicast && slot != KeySlot::broadcast)) {
        return refusal(ErrorCode::out_of_range);
    }
    if (const Status set = set_cipher(slot, key.reveal()); !set) {
        return set;
    }
    state(slot).sent = SendCounter();
    forget_received(slot);
    (slot == KeySlot::unicast ? keys_.unicast : keys_.broadcast) = key.clone();
    return {};
}

Status ApduProtection::replace_key(const AuthenticationKey& key) {
    if (!key.fits(suite_)) {
        return refusal(ErrorCode::out_of_range);
    }
    set_authentication_key(key.reveal());
    keys_.authentication = key.clone();
    return {};
}

Status ApduProtection::set_peer_keys(std::optional<PublicKey> signing,
                                     std::optional<PublicKey> agreement) {
    if (!fits_curve(signing, suite_) || !fits_curve(agreement, suite_)) {
        return refusal(ErrorCode::out_of_range);
    }
    keys_.peer_signing = std::move(signing);
    keys_.peer_agreement = std::move(agreement);
    return {};
}

Status ApduProtection::replace_own_keys(std::optional<PrivateKey> signing,
                                        std::optional<PrivateKey> agreement) {
    if (!fits_curve(signing, suite_) || !fits_curve(agreement, suite_)) {
        return refusal(ErrorCode::out_of_range);
    }
    if (signing) {
        keys_.own_signing = std::move(signing);
    }
    if (agreement) {
        keys_.own_agreement = std::move(agreement);
    }
    return {};
}

Result<ByteBuffer> ApduProtection::gmac_answer(ByteView challenge) {
    KeyState& unicast = state(KeySlot::unicast);
    if (!unicast.cipher || !keys_.authentication) {
        return refusal(ErrorCode::key_missing);
    }
    const Result<InvocationCounter> counter = unicast.sent.take();
    if (!counter) {
        return std::unexpected(counter.error());
    }
    return hls_gmac_answer({*unicast.cipher, *keys_.authentication, suite_}, own_title_, *counter,
                           challenge);
}

Status ApduProtection::verify_gmac_answer(ByteView challenge, ByteView answer) {
    KeyState& unicast = state(KeySlot::unicast);
    if (!unicast.cipher || !keys_.authentication) {
        return refusal(ErrorCode::key_missing);
    }
    if (!peer_title_) {
        return refusal(ErrorCode::wrong_system_title);
    }
    const Result<InvocationCounter> counter = verify_hls_gmac_answer(
        {*unicast.cipher, *keys_.authentication, suite_}, *peer_title_, challenge, answer);
    if (!counter) {
        return std::unexpected(counter.error());
    }
    unicast.received.accept(*counter);
    return {};
}

Result<ByteBuffer> ApduProtection::signature_answer(ByteView challenge,
                                                    ByteView own_challenge) const {
    if (!keys_.own_signing) {
        return refusal(ErrorCode::key_missing);
    }
    if (!peer_title_) {
        return refusal(ErrorCode::wrong_system_title);
    }
    return hls_answer(*keys_.own_signing, {challenge, own_challenge, own_title_, *peer_title_});
}

Status ApduProtection::verify_signature_answer(ByteView own_challenge, ByteView peer_challenge,
                                               ByteView answer) const {
    if (!keys_.peer_signing) {
        return refusal(ErrorCode::key_missing);
    }
    if (!peer_title_) {
        return refusal(ErrorCode::wrong_system_title);
    }
    return verify_hls_answer(*keys_.peer_signing,
                             {own_challenge, peer_challenge, *peer_title_, own_title_}, answer);
}

}  // namespace dlms::security
