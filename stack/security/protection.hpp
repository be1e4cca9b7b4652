#pragma once
// What protects a message, and what policies and access rights ask for (Green Book 9.2.2; Blue
// Book 4.4.7; sheet sections 11.1 and 11.9).

#include <cstdint>

#include "stack/base/result.hpp"
#include "stack/security/security_suite.hpp"
#include "stack/xdlms/security_header.hpp"

namespace dlms::security {

struct Protection {
    bool authenticated = false;
    bool encrypted = false;
    bool digitally_signed = false;

    /// Whether everything that `required` names is there; more is never wrong.
    constexpr bool is_at_least(const Protection& required) const {
        return (authenticated || !required.authenticated) && (encrypted || !required.encrypted) &&
               (digitally_signed || !required.digitally_signed);
    }
    friend constexpr Protection operator|(const Protection& a, const Protection& b) {
        return {.authenticated = a.authenticated || b.authenticated,
                .encrypted = a.encrypted || b.encrypted,
                .digitally_signed = a.digitally_signed || b.digitally_signed};
    }
    friend constexpr bool operator==(const Protection&, const Protection&) = default;
};

inline constexpr Protection no_protection{};
inline constexpr Protection authenticated_only{.authenticated = true};
inline constexpr Protection encrypted_only{.encrypted = true};
inline constexpr Protection authenticated_encryption{.authenticated = true, .encrypted = true};

/// What the bits of a security policy or of an access right of version 1 and 3 respectively ask for
/// of a request: 04 authenticated, 08 encrypted, 10 signed; the lower two bits mean nothing here.
constexpr Protection request_protection(std::uint8_t mask) {
    return {.authenticated = (mask & 0x04) != 0,
            .encrypted = (mask & 0x08) != 0,
            .digitally_signed = (mask & 0x10) != 0};
}

/// And of a response: 20 authenticated, 40 encrypted, 80 signed.
constexpr Protection response_protection(std::uint8_t mask) {
    return {.authenticated = (mask & 0x20) != 0,
            .encrypted = (mask & 0x40) != 0,
            .digitally_signed = (mask & 0x80) != 0};
}

/// The security policy of a security setup object.
class SecurityPolicy {
public:
    /// Nothing is asked for.
    constexpr SecurityPolicy() = default;
    /// Security setup version 0: 0 nothing, 1 authenticated, 2 encrypted, 3 both; for requests and
    /// responses alike. Errors: value_out_of_range above 3.
    static constexpr Result<SecurityPolicy> from_v0(std::uint8_t policy) {
        if (policy > 3) {
            return fail(ErrorCode::value_out_of_range, Layer::security);
        }
        const Protection both{.authenticated = (policy & 1) != 0, .encrypted = (policy & 2) != 0};
        return SecurityPolicy(both, both);
    }
    /// Security setup version 1: the bits of request_protection() and response_protection().
    /// Errors: value_out_of_range for the reserved bits 0 and 1.
    static constexpr Result<SecurityPolicy> from_v1(std::uint8_t policy) {
        if ((policy & 0x03) != 0) {
            return fail(ErrorCode::value_out_of_range, Layer::security);
        }
        return SecurityPolicy(request_protection(policy), response_protection(policy));
    }

    constexpr Protection for_requests() const { return requests_; }
    constexpr Protection for_responses() const { return responses_; }
    /// Whether this policy may replace `other` without weakening it.
    constexpr bool is_at_least(const SecurityPolicy& other) const {
        return requests_.is_at_least(other.requests_) && responses_.is_at_least(other.responses_);
    }
    friend constexpr bool operator==(const SecurityPolicy&, const SecurityPolicy&) = default;

private:
    constexpr SecurityPolicy(Protection requests, Protection responses)
        : requests_(requests), responses_(responses) {}

    Protection requests_;
    Protection responses_;
};

enum class KeySet : std::uint8_t { unicast, broadcast };

/// The security control octet of what we send; a signature does not show in it.
constexpr xdlms::SecurityControl make_security_control(SecuritySuite suite, Protection protection,
                                                       KeySet key_set = KeySet::unicast) {
    return xdlms::SecurityControl(static_cast<std::uint8_t>(
        number_of(suite) | (protection.authenticated ? 0x10 : 0) |
        (protection.encrypted ? 0x20 : 0) | (key_set == KeySet::broadcast ? 0x40 : 0)));
}

/// What a security control octet that we received stands for. Errors: unsupported_compression for
/// the bit of V.44, wrong_security_suite for another suite than the agreed one.
constexpr Result<Protection> protection_of(xdlms::SecurityControl control, SecuritySuite suite) {
    if (control.is_compressed()) {
        return fail(ErrorCode::unsupported_compression, Layer::security);
    }
    if (control.suite() != number_of(suite)) {
        return fail(ErrorCode::wrong_security_suite, Layer::security);
    }
    return Protection{.authenticated = control.is_authenticated(),
                      .encrypted = control.is_encrypted()};
}

}  // namespace dlms::security
