#include "stack/association/apdu_security.hpp"

#include <utility>

#include "stack/security/service_tag.hpp"

namespace dlms::association {

using security::Protection;
using security::ProtectionKind;
using security::ProtectionRequest;

namespace {

bool is_error(xdlms::ApduTag tag) {
    return tag == xdlms::ApduTag::exception_response ||
           tag == xdlms::ApduTag::confirmed_service_error;
}

ProtectionKind service_specific(KeyChoice key, bool dedicated) {
    return key == KeyChoice::broadcast ? ProtectionKind::service_broadcast
           : dedicated                 ? ProtectionKind::service_dedicated
                                       : ProtectionKind::service_global;
}

ProtectionKind general(KeyChoice key, bool dedicated) {
    return key == KeyChoice::broadcast ? ProtectionKind::general_broadcast
           : dedicated                 ? ProtectionKind::general_dedicated
                                       : ProtectionKind::general_global;
}

ProtectionKind kind_of(Envelope envelope, KeyChoice key, bool dedicated) {
    switch (envelope) {
        case Envelope::service_specific: return service_specific(key, dedicated);
        case Envelope::general: return general(key, dedicated);
        case Envelope::unnamed_key: return ProtectionKind::unnamed_key;
        case Envelope::identified_key:
            return key == KeyChoice::broadcast ? ProtectionKind::identified_broadcast_key
                                               : ProtectionKind::identified_unicast_key;
        case Envelope::wrapped_key: return ProtectionKind::wrapped_key;
        case Envelope::one_pass_key: return ProtectionKind::one_pass_key;
        case Envelope::static_unified_key: return ProtectionKind::static_unified_key;
    }
    return service_specific(key, dedicated);
}

/// The general form of a service-specific one, with the same key.
ProtectionKind general_form(ProtectionKind kind) {
    switch (kind) {
        case ProtectionKind::service_global: return ProtectionKind::general_global;
        case ProtectionKind::service_broadcast: return ProtectionKind::general_broadcast;
        case ProtectionKind::service_dedicated: return ProtectionKind::general_dedicated;
        default: return kind;
    }
}

bool is_service_specific(ProtectionKind kind) {
    return general_form(kind) != kind;
}

}  // namespace

SecurityTerms SecurityTerms::clone() const {
    SecurityTerms copy;
    copy.random = random;
    copy.ciphered = ciphered;
    copy.requests = requests;
    copy.responses = responses;
    copy.dedicated_key = dedicated_key;
    copy.peer_title = peer_title;
    copy.sends_title = sends_title;
    copy.certificate = certificate;
    copy.user_id = user_id;
    copy.users = users;
    copy.challenge_size = challenge_size;
    copy.authentication_object = authentication_object;
    copy.authentication_name = authentication_name;
    copy.protected_release = protected_release;
    copy.stops_at_challenge = stops_at_challenge;
    return copy;
}

ApduSecurity::ApduSecurity(SecurityTerms& terms)
    : protection_(std::move(terms.protection)), ciphers_(terms.ciphered && protection_) {
    if (protection_ && terms.peer_title) {
        // Of the titles that may be configured only our own is refused; then none is known.
        (void)protection_->set_peer_title(*terms.peer_title);
    }
}

Status ApduSecurity::agree(bool general_protection,
                           const std::optional<security::DedicatedKey>& key) {
    if (key && protection_) {
        if (const Status set = protection_->set_dedicated_key(*key); !set) {
            return set;
        }
    }
    general_protection_ = general_protection;
    has_dedicated_key_ = has_dedicated_key_ || key.has_value();
    return {};
}

void ApduSecurity::forget_agreement() {
    if (protection_) {
        protection_->forget_dedicated_key();
    }
    general_protection_ = has_dedicated_key_ = false;
    forget_opened();
}

Result<ProtectionRequest> ApduSecurity::protect(xdlms::ApduTag tag,
                                                const MessageProtection& wanted) const {
    if (!ciphers_ || wanted.protection == security::no_protection) {
        return plain_apdu();
    }
    const Protection& protection = wanted.protection;
    const bool has_tag = security::global_tag(tag).has_value();
    const bool dedicated = has_dedicated_key_ && wanted.key == KeyChoice::preferred;
    ProtectionRequest how;
    how.protection = protection;
    how.signed_outside = wanted.signed_outside;
    if (!protection.authenticated && !protection.encrypted) {
        how.kind = ProtectionKind::signed_only;
    } else if (protection.digitally_signed && wanted.envelope == Envelope::service_specific) {
        how.kind = general(wanted.key, dedicated);
    } else {
        how.kind = kind_of(wanted.envelope, wanted.key, dedicated);
    }
    if (general_protection_) {
        how.kind = has_tag ? how.kind : general_form(how.kind);
        return how;
    }
    if (!has_tag || protection.digitally_signed) {
        return fail(ErrorCode::not_negotiated, Layer::association);
    }
    how.kind = service_specific(wanted.key, dedicated);
    return how;
}

Result<ProtectionRequest> ApduSecurity::answer(xdlms::ApduTag tag, Protection least) const {
    if (!ciphers_) {
        return plain_apdu();
    }
    ProtectionRequest how = security::answer_to(opened_, least);
    if (how.kind == ProtectionKind::plain) {
        return plain_apdu();
    }
    const bool has_tag = security::global_tag(tag).has_value();
    if (is_service_specific(how.kind) && (!has_tag || how.protection.digitally_signed)) {
        how.kind = general_form(how.kind);
    }
    const bool asked_so = !is_service_specific(opened_.kind) &&
                          opened_.kind != ProtectionKind::plain;  // it speaks general protection
    if (is_service_specific(how.kind) || general_protection_ || asked_so) {
        return how;
    }
    if (is_error(tag)) {
        return plain_apdu();
    }
    return fail(ErrorCode::not_negotiated, Layer::association);
}

std::size_t ApduSecurity::sealed_size(std::size_t apdu_size, const ProtectionRequest& how) const {
    return how.kind == ProtectionKind::plain ? apdu_size
                                             : protection_->protected_size(apdu_size, how);
}

std::size_t ApduSecurity::room(std::size_t limit, const ProtectionRequest& how) const {
    const std::size_t overhead = sealed_size(limit, how) - limit;
    return limit > overhead ? limit - overhead : 0;
}

Status ApduSecurity::seal(ByteBuffer& apdu, const ProtectionRequest& how) {
    if (how.kind == ProtectionKind::plain) {
        return {};
    }
    const Result<ByteView> result = protection_->protect(apdu, how, sealed_);
    if (!result) {
        return std::unexpected(result.error());
    }
    sealed_.resize(result->size());
    wipe(apdu);
    apdu.swap(sealed_);
    return {};
}

Result<security::Opened> ApduSecurity::open(ByteView apdu, Protection least) {
    forget_opened();
    const Result<security::Opened> result = protection_->open(apdu, least);
    if (!result) {
        return result;
    }
    opened_ = *result;
    transaction_id_.assign(opened_.transaction_id.begin(), opened_.transaction_id.end());
    opened_.transaction_id = transaction_id_;
    opened_.apdu = {};
    return result;
}

bool ApduSecurity::opened_by_broadcast_key() const {
    return opened_.kind == ProtectionKind::service_broadcast ||
           opened_.kind == ProtectionKind::general_broadcast ||
           opened_.kind == ProtectionKind::identified_broadcast_key;
}

}  // namespace dlms::association
