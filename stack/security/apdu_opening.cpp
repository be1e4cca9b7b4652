// How protected APDUs are opened.

#include <algorithm>

#include "stack/security/apdu_protection.hpp"
#include "stack/security/key_agreement.hpp"
#include "stack/security/key_wrap.hpp"
#include "stack/security/protected_content.hpp"
#include "stack/security/service_tag.hpp"

namespace dlms::security {
namespace {

using xdlms::ApduTag;

std::unexpected<Error> refusal(ErrorCode code) {
    return fail(code, Layer::security);
}

bool is_protected(ByteView apdu) {
    return !apdu.empty() && xdlms::is_ciphered_apdu(static_cast<ApduTag>(apdu[0]));
}

/// Records the envelope; of several ones the outermost that ciphers counts.
void enter(Opened& opened, ProtectionKind kind) {
    if (opened.kind == ProtectionKind::plain || opened.kind == ProtectionKind::signed_only) {
        opened.signed_outside =
            opened.kind == ProtectionKind::signed_only && kind != ProtectionKind::signed_only;
        opened.kind = kind;
    }
}

/// Whether content comes without a tag; false as well for what holds none, or is malformed.
bool is_untagged(ByteView apdu) {
    const auto lacks_tag = [](xdlms::SecurityControl control) {
        return control.is_encrypted() && !control.is_authenticated();
    };
    if (ciphered_service(static_cast<ApduTag>(apdu[0]))) {
        const auto service = xdlms::decode_service_ciphering(apdu);
        return service && lacks_tag(service->content.security_control);
    }
    const auto general = xdlms::decode_ciphered_apdu(apdu);
    return general && std::visit(
                          [&](const auto& form) {
                              if constexpr (requires { form.content.security_control; }) {
                                  return lacks_tag(form.content.security_control);
                              } else {
                                  return false;
                              }
                          },
                          *general);
}

}  // namespace

Result<Opened> ApduProtection::open(ByteView apdu, Protection required) {
    Opened opened;
    opened.apdu = apdu;
    for (std::size_t layer = 0; is_protected(opened.apdu); ++layer) {
        if (layer == most_layers) {
            return refuse({ErrorCode::nesting_too_deep, Layer::security, 0});
        }
        // What anybody may have made is not deciphered: our answer would tell of the plaintext.
        if (required.authenticated && !opened.protection.authenticated &&
            is_untagged(opened.apdu)) {
            return refuse({ErrorCode::insufficient_protection, Layer::security, 0});
        }
        if (const Status done = open_layer(opened, layer); !done) {
            return refuse(done.error());
        }
    }
    if (opened.apdu.empty()) {
        return refuse({ErrorCode::truncated, Layer::security, 0});
    }
    if (!opened.protection.is_at_least(required)) {
        return refuse({ErrorCode::insufficient_protection, Layer::security, 0});
    }
    return opened;
}

std::unexpected<Error> ApduProtection::refuse(const Error& error) {
    switch (error.code) {
        case ErrorCode::tag_mismatch: ++refusals_.tag_mismatches; break;
        case ErrorCode::counter_too_low: ++refusals_.counters_too_low; break;
        case ErrorCode::insufficient_protection: ++refusals_.insufficient_protections; break;
        default: ++refusals_.others; break;
    }
    return std::unexpected(error);
}

Status ApduProtection::open_layer(Opened& opened, std::size_t layer) {
    // By far the most frequent ones.
    if (ciphered_service(static_cast<ApduTag>(opened.apdu[0]))) {
        const Result<xdlms::ServiceCiphering> apdu = xdlms::decode_service_ciphering(opened.apdu);
        return apdu ? open_layer(opened, layer, *apdu) : Status(std::unexpected(apdu.error()));
    }
    const Result<xdlms::CipheredApdu> apdu = xdlms::decode_ciphered_apdu(opened.apdu);
    if (!apdu) {
        return std::unexpected(apdu.error());
    }
    return std::visit([&](const auto& form) { return open_layer(opened, layer, form); }, *apdu);
}

Status ApduProtection::open_layer(Opened& opened, std::size_t layer,
                                  const xdlms::ServiceCiphering& apdu) {
    const std::optional<CipheredService> service = ciphered_service(apdu.tag);
    const Result<SystemTitle> sender = originator({});
    if (!service || !sender) {
        return service ? Status(std::unexpected(sender.error()))
                       : refusal(ErrorCode::unexpected_apdu);
    }
    const bool is_broadcast = apdu.content.security_control.uses_broadcast_key();
    if (service->is_dedicated && is_broadcast) {
        return refusal(ErrorCode::unknown_key);
    }
    const KeySlot slot = service->is_dedicated ? KeySlot::dedicated
                         : is_broadcast        ? KeySlot::broadcast
                                               : KeySlot::unicast;
    enter(opened, service->is_dedicated ? ProtectionKind::service_dedicated
                  : is_broadcast        ? ProtectionKind::service_broadcast
                                        : ProtectionKind::service_global);
    return open_content(opened, layer, {apdu.content, *sender, slot, {}, service->service});
}

Status ApduProtection::open_layer(Opened& opened, std::size_t layer,
                                  const xdlms::GeneralGloDedCiphering& apdu) {
    const Result<SystemTitle> sender = originator(apdu.system_title);
    if (!sender) {
        return std::unexpected(sender.error());
    }
    const bool is_dedicated = apdu.tag == ApduTag::general_ded_ciphering;
    const bool is_broadcast = apdu.content.security_control.uses_broadcast_key();
    if (is_dedicated && is_broadcast) {
        return refusal(ErrorCode::unknown_key);
    }
    const KeySlot slot = is_dedicated   ? KeySlot::dedicated
                         : is_broadcast ? KeySlot::broadcast
                                        : KeySlot::unicast;
    enter(opened, is_dedicated   ? ProtectionKind::general_dedicated
                  : is_broadcast ? ProtectionKind::general_broadcast
                                 : ProtectionKind::general_global);
    return open_content(opened, layer, {apdu.content, *sender, slot, {}, {}});
}

Status ApduProtection::open_layer(Opened& opened, std::size_t layer,
                                  const xdlms::GeneralCiphering& apdu) {
    const Result<SystemTitle> sender = originator(apdu.header.originator_system_title);
    if (!sender) {
        return std::unexpected(sender.error());
    }
    if (const Status ours = check_recipient(apdu.header.recipient_system_title); !ours) {
        return ours;
    }
    if (apdu.content.security_control.uses_broadcast_key()) {
        return refusal(ErrorCode::unknown_key);
    }
    const Result<ProtectionKind> kind = find_key(apdu, *sender);
    if (!kind) {
        return std::unexpected(kind.error());
    }
    const Result<ByteView> header = additional_header(apdu.header);
    if (!header) {
        return std::unexpected(header.error());
    }
    if (opened.transaction_id.empty()) {
        opened.transaction_id = apdu.header.transaction_id;
    }
    enter(opened, *kind);
    const KeySlot slot =
        *kind == ProtectionKind::identified_broadcast_key ? KeySlot::broadcast
        : *kind == ProtectionKind::unnamed_key || *kind == ProtectionKind::identified_unicast_key
            ? KeySlot::unicast
            : KeySlot::message;
    return open_content(opened, layer, {apdu.content, *sender, slot, *header, {}});
}

Status ApduProtection::open_layer(Opened& opened, std::size_t /*layer*/,
                                  const xdlms::GeneralSigning& apdu) {
    const Result<SystemTitle> sender = originator(apdu.header.originator_system_title);
    if (!sender) {
        return std::unexpected(sender.error());
    }
    if (const Status ours = check_recipient(apdu.header.recipient_system_title); !ours) {
        return ours;
    }
    if (!keys_.peer_signing) {
        return refusal(ErrorCode::unknown_key);
    }
    ByteBuffer message;
    Writer writer(message);
    encode(writer, apdu.header);
    writer.bytes(apdu.content);
    if (const Status verified = keys_.peer_signing->verify(message, apdu.signature); !verified) {
        return verified;
    }
    if (!opened.originator) {
        opened.originator = *sender;
    }
    // The signed one counts: the header around what is encrypted only proves nothing.
    opened.transaction_id = apdu.header.transaction_id;
    enter(opened, ProtectionKind::signed_only);
    opened.protection.digitally_signed = true;
    opened.apdu = apdu.content;
    return {};
}

Status ApduProtection::open_content(Opened& opened, std::size_t layer, const Sealed& sealed) {
    const xdlms::ProtectedContent& content = sealed.content;
    Result<Protection> protection = protection_of(content.security_control, suite_);
    if (!protection) {
        return std::unexpected(protection.error());
    }
    KeyState& key = state(sealed.slot);
    const InvocationCounter counter(content.invocation_counter);
    if (*protection == no_protection) {
        opened.apdu = content.ciphertext;
        return check_service(sealed, content.ciphertext);
    }
    if (const Status fresh = check_fresh(sealed.slot, counter); !fresh) {
        return fresh;
    }
    if (!key.cipher) {
        return refusal(ErrorCode::unknown_key);
    }
    const bool is_verified = protection->authenticated && keys_.authentication;
    if (protection->authenticated && !is_verified) {
        if (!quirks_.opens_unverified) {
            return refusal(ErrorCode::key_missing);
        }
        protection->authenticated = false;
    }
    const bool is_encrypted = content.security_control.is_encrypted();
    const std::span<Byte> plaintext =
        plaintexts_[layer].first(is_encrypted ? content.ciphertext.size() : 0);
    if (const Status done = open_octets(sealed, plaintext, is_verified); !done) {
        return done;
    }
    const ByteView apdu = is_encrypted ? ByteView(plaintext) : content.ciphertext;
    // Before the counter rises: whoever changes the tag on the way must not make us refuse what
    // was sent.
    if (const Status fits = check_service(sealed, apdu); !fits) {
        return fits;
    }
    if (is_verified) {
        key.received.accept(counter);
        peer_title_ = sealed.originator;
    }
    opened.originator = opened.originator.value_or(sealed.originator);
    opened.counter = opened.counter.value_or(counter);
    opened.protection = opened.protection | *protection;
    opened.apdu = apdu;
    return {};
}

/// The tag of service-specific ciphering is not authenticated: what it announces must be what was
/// sealed.
Status ApduProtection::check_service(const Sealed& sealed, ByteView apdu) {
    if (sealed.service &&
        (apdu.empty() || static_cast<xdlms::ApduTag>(apdu[0]) != *sealed.service)) {
        return refusal(ErrorCode::unexpected_apdu);
    }
    return {};
}

/// Deciphers and verifies; without `is_verified` it deciphers only.
Status ApduProtection::open_octets(const Sealed& sealed, std::span<Byte> plaintext,
                                   bool is_verified) {
    const xdlms::ProtectedContent& content = sealed.content;
    AesGcm& cipher = *state(sealed.slot).cipher;
    const GcmIv iv = make_iv(sealed.originator, InvocationCounter(content.invocation_counter));
    if (!is_verified) {
        return cipher.open(iv, {}, content.ciphertext.first(plaintext.size()), {}, plaintext);
    }
    const ByteView prefix = additional_prefix(content.security_control);
    return open_authenticated(cipher, iv, content, {prefix, sealed.header}, plaintext);
}

/// Who sealed it: the title that came with it, else the one that is known. Never ourselves.
Result<SystemTitle> ApduProtection::originator(ByteView title) const {
    if (title.empty()) {
        return peer_title_ ? Result<SystemTitle>(*peer_title_)
                           : refusal(ErrorCode::wrong_system_title);
    }
    const Result<SystemTitle> sender = SystemTitle::from(title);
    if (!sender || *sender == own_title_ || (peer_title_ && *sender != *peer_title_)) {
        return refusal(ErrorCode::wrong_system_title);
    }
    return sender;
}

/// A recipient that is named must be us.
Status ApduProtection::check_recipient(ByteView title) const {
    if (title.empty() || std::ranges::equal(title, own_title_.octets())) {
        return {};
    }
    return refusal(ErrorCode::wrong_system_title);
}

/// The key that key-info stands for; a wrapped or agreed one becomes the message key. The counter
/// and the suite are looked at first, so that a flood of old messages costs no arithmetic.
Result<ProtectionKind> ApduProtection::find_key(const xdlms::GeneralCiphering& apdu,
                                                const SystemTitle& originator) {
    if (!apdu.key_info) {
        return ProtectionKind::unnamed_key;
    }
    if (const auto* identified = std::get_if<xdlms::IdentifiedKey>(&*apdu.key_info)) {
        return *identified == xdlms::IdentifiedKey::global_unicast_encryption_key
                   ? ProtectionKind::identified_unicast_key
                   : ProtectionKind::identified_broadcast_key;
    }
    const Result<Protection> protection = protection_of(apdu.content.security_control, suite_);
    if (!protection) {
        return std::unexpected(protection.error());
    }
    KeyState& message = state(KeySlot::message);
    message.cipher.reset();
    if (const Status fresh =
            check_fresh(KeySlot::message, InvocationCounter(apdu.content.invocation_counter));
        !fresh) {
        return std::unexpected(fresh.error());
    }
    const auto* wrapped = std::get_if<xdlms::WrappedKey>(&*apdu.key_info);
    const auto* agreed = std::get_if<xdlms::AgreedKey>(&*apdu.key_info);
    const Result<SecretBytes> key =
        wrapped != nullptr ? unwrap_message_key(*wrapped)
                           : agree_message_key(*agreed, originator, apdu.header.transaction_id);
    if (!key) {
        return std::unexpected(key.error());
    }
    if (const Status set = set_cipher(KeySlot::message, key->reveal()); !set) {
        return std::unexpected(set.error());
    }
    if (wrapped != nullptr) {
        return ProtectionKind::wrapped_key;
    }
    return agreed->key_parameters[0] == 1 ? ProtectionKind::one_pass_key
                                          : ProtectionKind::static_unified_key;
}

/// Errors: unknown_key without a master key or for a key of another size, tag_mismatch.
Result<SecretBytes> ApduProtection::unwrap_message_key(const xdlms::WrappedKey& wrapped) const {
    if (!keys_.master || wrapped.key_ciphered_data.size() != key_size(suite_) + key_wrap_overhead) {
        return refusal(ErrorCode::unknown_key);
    }
    return aes_key_unwrap(keys_.master->reveal(), wrapped.key_ciphered_data);
}

/// Errors: unknown_key for a scheme that does not exist or without the keys that it needs, and
/// what is wrong with an ephemeral key.
Result<SecretBytes> ApduProtection::agree_message_key(const xdlms::AgreedKey& agreed,
                                                      const SystemTitle& originator,
                                                      ByteView transaction_id) const {
    if (agreed.key_parameters.size() != 1 || !keys_.own_agreement) {
        return refusal(ErrorCode::unknown_key);
    }
    const Parties parties{originator, own_title_};
    if (agreed.key_parameters[0] == 1 && keys_.peer_signing) {
        const Result<PublicKey> ephemeral =
            open_ephemeral_key_data(agreed.key_ciphered_data, *keys_.peer_signing);
        if (!ephemeral) {
            return std::unexpected(ephemeral.error());
        }
        return one_pass_key(suite_, *keys_.own_agreement, *ephemeral, parties);
    }
    if (agreed.key_parameters[0] == 2 && keys_.peer_agreement && agreed.key_ciphered_data.empty()) {
        return static_unified_key(suite_, *keys_.own_agreement, *keys_.peer_agreement, parties,
                                  transaction_id);
    }
    return refusal(ErrorCode::unknown_key);
}

}  // namespace dlms::security
