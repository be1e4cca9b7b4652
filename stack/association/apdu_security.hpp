#pragma once
// ApduSecurity: what an association does with the protection of APDUs, the same for both roles:
// which envelope and key an APDU goes in, how much of a size limit that takes, sealing and opening.
// Without a ciphered context it lets everything through as it is.

#include "stack/association/security_terms.hpp"

namespace dlms::association {

/// What goes out as it is.
constexpr security::ProtectionRequest plain_apdu() {
    security::ProtectionRequest plain;
    plain.kind = security::ProtectionKind::plain;
    plain.protection = security::no_protection;
    return plain;
}

/// How an Initiate APDU in a ciphered context is sealed where `policy` holds for other APDUs:
/// never in plain, and never signed.
constexpr security::Protection initiate_protection(security::Protection policy) {
    policy.digitally_signed = false;
    return policy == security::no_protection ? security::authenticated_encryption : policy;
}

class ApduSecurity {
public:
    /// Takes `terms.protection` over; the rest is looked at only.
    explicit ApduSecurity(SecurityTerms& terms);

    /// Whether APDUs of this association may be protected, and are to be opened.
    bool in_force() const { return ciphers_; }
    /// Null without one.
    security::ApduProtection* protection() { return protection_.get(); }
    const security::ApduProtection* protection() const { return protection_.get(); }

    /// What was agreed. Errors: out_of_range for a dedicated key that does not fit the suite.
    Status agree(bool general_protection, const std::optional<security::DedicatedKey>& key);
    /// The association is over: its dedicated key is of no more use.
    void forget_agreement();
    bool has_dedicated_key() const { return has_dedicated_key_; }

    /// How an APDU that begins with `tag` is protected. Errors: not_negotiated when no envelope
    /// that was agreed can do it.
    Result<security::ProtectionRequest> protect(xdlms::ApduTag tag,
                                                const MessageProtection& wanted) const;
    /// How the answer to what was opened last is protected, like it and as `least` at least; in
    /// plain if neither asks for more, or if the answer is an error that no envelope has room for.
    /// Errors: not_negotiated.
    Result<security::ProtectionRequest> answer(xdlms::ApduTag tag,
                                               security::Protection least) const;

    /// Octets of an APDU when it is sealed.
    std::size_t sealed_size(std::size_t apdu_size, const security::ProtectionRequest& how) const;
    /// Octets of an APDU that fits into `limit` when it is sealed, or up to 3 less; 0 if none does.
    std::size_t room(std::size_t limit, const security::ProtectionRequest& how) const;

    /// Puts the sealed APDU in the place of `apdu`, and leaves nothing of a plain one elsewhere.
    /// Errors: those of ApduProtection::protect(); `apdu` is then as it was.
    Status seal(ByteBuffer& apdu, const security::ProtectionRequest& how);

    /// Opens an APDU; the result is valid until the next call, and as long as `apdu`. Errors: those
    /// of ApduProtection::open().
    Result<security::Opened> open(ByteView apdu, security::Protection least);
    /// What was opened last; plain, before, after a failure and after forget_opened().
    security::Protection opened_protection() const { return opened_.protection; }
    bool opened_by_broadcast_key() const;
    void forget_opened() { opened_ = {}; }

private:
    std::unique_ptr<security::ApduProtection> protection_;
    bool ciphers_ = false;
    bool general_protection_ = false;
    bool has_dedicated_key_ = false;
    security::Opened opened_;    // its views: of nothing, and of transaction_id_
    ByteBuffer transaction_id_;  // of the request that is being answered
    ByteBuffer sealed_;
};

}  // namespace dlms::association
