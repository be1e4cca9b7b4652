#include "stack/security/apdu_protection.hpp"

#include <algorithm>

#include "stack/base/writer.hpp"
#include "stack/security/hls.hpp"

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
    if (!quirks_.header_without_lengths) {
        encode(writer, header);
    } else {
        for (const ByteView field :
             {header.transaction_id, header.originator_system_title, header.recipient_system_title,
              header.date_time, header.other_information}) {
            writer.bytes(field);
        }
    }
    if (!writer.ok()) {
        return refusal(ErrorCode::out_of_range);
    }
    return ByteView(header_);
}

Status ApduProtection::set_peer_title(const SystemTitle& title) {
    if (title == own_title_) {
        return refusal(ErrorCode::wrong_system_title);
    }
    if (peer_title_ && *peer_title_ != title) {
        for (KeyState& key : states_) {
            key.received = ReceiveCounter();
        }
    }
    peer_title_ = title;
    return {};
}

Status ApduProtection::set_dedicated_key(const DedicatedKey& key) {
    if (!key.fits(suite_)) {
        return refusal(ErrorCode::out_of_range);
    }
    if (const Status set = set_cipher(KeySlot::dedicated, key.reveal()); !set) {
        return set;
    }
    KeyState& dedicated = state(KeySlot::dedicated);
    dedicated.sent = SendCounter();
    dedicated.received = ReceiveCounter();
    return dedicated.sent.grant({0, last_invocation_counter});
}

Status ApduProtection::replace_key(KeySlot slot, const EncryptionKey& key) {
    if (!key.fits(suite_) || (slot != KeySlot::unicast && slot != KeySlot::broadcast)) {
        return refusal(ErrorCode::out_of_range);
    }
    if (const Status set = set_cipher(slot, key.reveal()); !set) {
        return set;
    }
    state(slot).sent = SendCounter();
    state(slot).received = ReceiveCounter();
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

}  // namespace dlms::security
