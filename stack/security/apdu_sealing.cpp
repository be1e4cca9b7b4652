// How APDUs are protected.

#include <algorithm>

#include "stack/base/writer.hpp"
#include "stack/security/apdu_protection.hpp"
#include "stack/security/key_agreement.hpp"
#include "stack/security/key_wrap.hpp"
#include "stack/security/service_tag.hpp"

namespace dlms::security {
namespace {

using xdlms::ApduTag;

std::unexpected<Error> refusal(ErrorCode code) {
    return fail(code, Layer::security);
}

bool is_service_specific(ProtectionKind kind) {
    return kind == ProtectionKind::service_global || kind == ProtectionKind::service_broadcast ||
           kind == ProtectionKind::service_dedicated;
}

/// Whether the kind can give the protection.
bool is_possible(const ProtectionRequest& request) {
    const Protection& wanted = request.protection;
    if (request.kind == ProtectionKind::plain) {
        return wanted == no_protection;
    }
    if (request.kind == ProtectionKind::signed_only) {
        return wanted == Protection{.digitally_signed = true};
    }
    const bool signs_inside = wanted.digitally_signed && !request.signed_outside;
    return (wanted.authenticated || wanted.encrypted) &&
           !(signs_inside && is_service_specific(request.kind));
}

KeySlot slot_of(ProtectionKind kind) {
    switch (kind) {
        case ProtectionKind::service_broadcast:
        case ProtectionKind::general_broadcast:
        case ProtectionKind::identified_broadcast_key: return KeySlot::broadcast;
        case ProtectionKind::service_dedicated:
        case ProtectionKind::general_dedicated: return KeySlot::dedicated;
        case ProtectionKind::wrapped_key:
        case ProtectionKind::one_pass_key:
        case ProtectionKind::static_unified_key: return KeySlot::message;
        default: return KeySlot::unicast;
    }
}

/// Octets of an OCTET STRING.
std::size_t with_length(std::size_t size) {
    return size + (size < 0x80 ? 1 : size < 0x100 ? 2 : size < 0x10000 ? 3 : 5);
}

/// Octets of key-info, the flag of its presence among them.
std::size_t key_info_size(ProtectionKind kind, SecuritySuite suite) {
    constexpr std::size_t presence_and_choice = 2;
    const std::size_t coordinate = curve_of(suite) ? coordinate_size(*curve_of(suite)) : 0;
    switch (kind) {
        case ProtectionKind::identified_unicast_key:
        case ProtectionKind::identified_broadcast_key: return presence_and_choice + 1;
        case ProtectionKind::wrapped_key:
            return presence_and_choice + 1 + with_length(key_size(suite) + key_wrap_overhead);
        // A public key and its signature, two coordinates each.
        case ProtectionKind::one_pass_key:
            return presence_and_choice + with_length(1) + with_length(4 * coordinate);
        case ProtectionKind::static_unified_key:
            return presence_and_choice + with_length(1) + with_length(0);
        default: return 1;
    }
}

/// The bit of the security control octet. In general-ciphering the key-info says it.
KeySet key_set_of(ProtectionKind kind) {
    return kind == ProtectionKind::service_broadcast || kind == ProtectionKind::general_broadcast
               ? KeySet::broadcast
               : KeySet::unicast;
}

}  // namespace

Result<ByteView> ApduProtection::protect(ByteView apdu, const ProtectionRequest& request,
                                         ByteBuffer& out) {
    if (apdu.empty() || !is_possible(request)) {
        return refusal(ErrorCode::out_of_range);
    }
    if (request.kind == ProtectionKind::plain) {
        return apdu;
    }
    if (is_service_specific(request.kind) && !request.protection.digitally_signed) {
        return seal(apdu, request, {}, out);
    }
    const Result<xdlms::GeneralHeader> header = make_header(request);
    if (!header) {
        return std::unexpected(header.error());
    }
    if (request.kind == ProtectionKind::signed_only) {
        return sign(apdu, *header, out);
    }
    if (!request.protection.digitally_signed) {
        return seal(apdu, request, *header, out);
    }
    const Result<ByteView> inner = request.signed_outside ? seal(apdu, request, *header, signed_)
                                                          : sign(apdu, *header, signed_);
    if (!inner) {
        return inner;
    }
    return request.signed_outside ? sign(*inner, *header, out)
                                  : seal(*inner, request, *header, out);
}

std::size_t ApduProtection::protected_size(std::size_t apdu_size,
                                           const ProtectionRequest& request) const {
    if (request.kind == ProtectionKind::plain) {
        return apdu_size;
    }
    const bool addressed = peer_title_ && slot_of(request.kind) != KeySlot::broadcast;
    const std::size_t transaction_id =
        request.transaction_id.empty() ? transaction_id_.size() : request.transaction_id.size();
    const std::size_t header = with_length(transaction_id) + with_length(SystemTitle::size) +
                               with_length(addressed ? SystemTitle::size : 0) +
                               with_length(request.date_time.size()) +
                               with_length(request.other_information.size());
    const std::size_t signature =
        curve_of(suite_) ? signature_size(*curve_of(suite_)) : std::size_t{0};
    const auto with_signature = [&](std::size_t size) {
        return 1 + header + with_length(size) + with_length(signature);
    };
    if (request.kind == ProtectionKind::signed_only) {
        return with_signature(apdu_size);
    }
    const bool is_signed = request.protection.digitally_signed;
    const std::size_t content =
        is_signed && !request.signed_outside ? with_signature(apdu_size) : apdu_size;
    constexpr std::size_t security_header = 1 + 4;
    const std::size_t body = with_length(security_header + content +
                                         (request.protection.authenticated ? gcm_tag_size : 0));
    std::size_t size = 1 + body;
    if (request.kind > ProtectionKind::general_dedicated) {
        size += header + key_info_size(request.kind, suite_);
    } else if (!is_service_specific(request.kind)) {
        size += with_length(SystemTitle::size);
    }
    return is_signed && request.signed_outside ? with_signature(size) : size;
}

/// Views of the request, of the titles and of transaction_id_.
Result<xdlms::GeneralHeader> ApduProtection::make_header(const ProtectionRequest& request) {
    xdlms::GeneralHeader header;
    header.transaction_id = request.transaction_id;
    if (header.transaction_id.empty()) {
        if (!random_->fill(transaction_id_)) {
            return refusal(ErrorCode::defect);
        }
        header.transaction_id = transaction_id_;
    }
    header.originator_system_title = own_title_.octets();
    if (peer_title_ && slot_of(request.kind) != KeySlot::broadcast) {
        header.recipient_system_title = peer_title_->octets();
    }
    header.date_time = request.date_time;
    header.other_information = request.other_information;
    return header;
}

Result<ByteView> ApduProtection::sign(ByteView apdu, const xdlms::GeneralHeader& header,
                                      ByteBuffer& out) {
    if (!keys_.own_signing) {
        return refusal(ErrorCode::key_missing);
    }
    ByteBuffer message;
    Writer message_writer(message);
    encode(message_writer, header);
    message_writer.bytes(apdu);
    const Result<ByteBuffer> signature = keys_.own_signing->sign(message);
    if (!signature) {
        return std::unexpected(signature.error());
    }
    out.clear();
    Writer writer(out);
    encode(writer, xdlms::GeneralSigning{header, apdu, *signature});
    if (!writer.ok()) {
        return refusal(ErrorCode::out_of_range);
    }
    return ByteView(out);
}

Result<ByteView> ApduProtection::seal(ByteView apdu, const ProtectionRequest& request,
                                      const xdlms::GeneralHeader& header, ByteBuffer& out) {
    const Protection& wanted = request.protection;
    if (wanted.authenticated && !keys_.authentication) {
        return refusal(ErrorCode::key_missing);
    }
    KeyState& key = state(slot_of(request.kind));
    if (&key == &state(KeySlot::message)) {
        key.cipher.reset();
    } else if (!key.cipher) {
        return refusal(ErrorCode::key_missing);
    }
    xdlms::ProtectedContent content;
    content.security_control = make_security_control(suite_, wanted, key_set_of(request.kind));
    const Result<InvocationCounter> counter = key.sent.take();
    if (!counter) {
        return std::unexpected(counter.error());
    }
    content.invocation_counter = counter->value();
    if (const Status written = write_head(apdu, request, header, content); !written) {
        return std::unexpected(written.error());
    }
    const std::size_t tag_size = wanted.authenticated ? gcm_tag_size : 0;
    const std::size_t size = head_.size() + apdu.size() + tag_size;
    if (out.size() < size) {
        out.resize(size);
    }
    const std::span<Byte> sealed = std::span(out).first(size);
    std::ranges::copy(head_, sealed.begin());
    const std::span<Byte> body = sealed.subspan(head_.size(), apdu.size());
    const std::span<Byte> tag = sealed.last(tag_size);
    // Additional data: nothing without authentication, and the APDU itself without encryption.
    const ByteView prefix =
        wanted.authenticated ? additional_prefix(content.security_control) : ByteView{};
    const ByteView fields = wanted.authenticated ? ByteView(header_) : ByteView{};
    const GcmIv iv = make_iv(own_title_, *counter);
    Status done;
    if (wanted.encrypted) {
        done = key.cipher->seal(iv, {prefix, fields}, apdu, body, tag);
    } else {
        std::ranges::copy(apdu, body.begin());
        done = key.cipher->seal(iv, {prefix, fields, apdu}, {}, {}, tag);
    }
    if (!done) {
        return std::unexpected(done.error());
    }
    return ByteView(sealed);
}

/// Puts what stands in front of the ciphertext into head_, and the header's part of the additional
/// data into header_.
Status ApduProtection::write_head(ByteView apdu, const ProtectionRequest& request,
                                  const xdlms::GeneralHeader& header,
                                  const xdlms::ProtectedContent& content) {
    head_.clear();
    header_.clear();
    Writer writer(head_);
    if (is_service_specific(request.kind)) {
        const auto service = static_cast<ApduTag>(apdu[0]);
        const std::optional<ApduTag> tag = request.kind == ProtectionKind::service_dedicated
                                               ? dedicated_tag(service)
                                               : global_tag(service);
        if (!tag) {
            return refusal(ErrorCode::unsupported_service);
        }
        encode_head(writer, xdlms::ServiceCiphering{*tag, content}, apdu.size());
    } else if (request.kind <= ProtectionKind::general_dedicated) {
        const ApduTag tag = request.kind == ProtectionKind::general_dedicated
                                ? ApduTag::general_ded_ciphering
                                : ApduTag::general_glo_ciphering;
        encode_head(writer, xdlms::GeneralGloDedCiphering{tag, own_title_.octets(), content},
                    apdu.size());
    } else {
        xdlms::GeneralCiphering general{header, std::nullopt, content};
        if (request.kind != ProtectionKind::unnamed_key) {
            Result<xdlms::KeyInfo> key_info = make_key_info(request.kind, header.transaction_id);
            if (!key_info) {
                return std::unexpected(key_info.error());
            }
            general.key_info = *key_info;
        }
        encode_head(writer, general, apdu.size());
        if (const Result<ByteView> fields = additional_header(header); !fields) {
            return std::unexpected(fields.error());
        }
    }
    return writer.ok() ? Status{} : refusal(ErrorCode::out_of_range);
}

/// The key-info of general-ciphering; for wrapped and agreed keys a new key is made.
Result<xdlms::KeyInfo> ApduProtection::make_key_info(ProtectionKind kind, ByteView transaction_id) {
    if (kind == ProtectionKind::identified_unicast_key) {
        return xdlms::IdentifiedKey::global_unicast_encryption_key;
    }
    if (kind == ProtectionKind::identified_broadcast_key) {
        return xdlms::IdentifiedKey::global_broadcast_encryption_key;
    }
    Result<MessageKey> made = make_message_key(kind, transaction_id);
    if (!made) {
        return std::unexpected(made.error());
    }
    if (const Status set = set_cipher(KeySlot::message, made->key.reveal()); !set) {
        return std::unexpected(set.error());
    }
    key_data_ = std::move(made->data);
    if (kind == ProtectionKind::wrapped_key) {
        return xdlms::WrappedKey{xdlms::KeyEncryptingKey::master_key, key_data_};
    }
    static constexpr std::array<Byte, 2> schemes{1, 2};
    const std::size_t scheme = kind == ProtectionKind::one_pass_key ? 0 : 1;
    return xdlms::AgreedKey{ByteView(schemes).subspan(scheme, 1), key_data_};
}

Result<ApduProtection::MessageKey> ApduProtection::make_message_key(ProtectionKind kind,
                                                                    ByteView transaction_id) {
    if (kind == ProtectionKind::wrapped_key) {
        if (!keys_.master) {
            return refusal(ErrorCode::key_missing);
        }
        WipedBuffer drawn;
        const std::span<Byte> octets = drawn.first(key_size(suite_));
        if (!random_->fill(octets)) {
            return refusal(ErrorCode::defect);
        }
        Result<ByteBuffer> wrapped = aes_key_wrap(keys_.master->reveal(), octets);
        if (!wrapped) {
            return std::unexpected(wrapped.error());
        }
        return MessageKey{SecretBytes(octets), std::move(*wrapped)};
    }
    if (!peer_title_) {
        return refusal(ErrorCode::wrong_system_title);
    }
    if (kind == ProtectionKind::one_pass_key) {
        return make_one_pass_key(*peer_title_);
    }
    if (!keys_.own_agreement || !keys_.peer_agreement) {
        return refusal(ErrorCode::key_missing);
    }
    Result<SecretBytes> key =
        static_unified_key(suite_, *keys_.own_agreement, *keys_.peer_agreement,
                           {own_title_, *peer_title_}, transaction_id);
    if (!key) {
        return std::unexpected(key.error());
    }
    return MessageKey{std::move(*key), {}};
}

Result<ApduProtection::MessageKey> ApduProtection::make_one_pass_key(const SystemTitle& recipient) {
    if (!keys_.own_signing || !keys_.peer_agreement) {
        return refusal(ErrorCode::key_missing);
    }
    const Result<PrivateKey> ephemeral =
        PrivateKey::generate(keys_.peer_agreement->curve(), *random_);
    if (!ephemeral) {
        return std::unexpected(ephemeral.error());
    }
    Result<SecretBytes> key =
        one_pass_key(suite_, *ephemeral, *keys_.peer_agreement, {own_title_, recipient});
    if (!key) {
        return std::unexpected(key.error());
    }
    Result<ByteBuffer> data = make_ephemeral_key_data(ephemeral->public_key(), *keys_.own_signing);
    if (!data) {
        return std::unexpected(data.error());
    }
    return MessageKey{std::move(*key), std::move(*data)};
}

}  // namespace dlms::security
