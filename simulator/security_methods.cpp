// What the methods about keys, certificates and secrets do: security setup (class 64; Blue Book
// 4.4.7), and the association's change_HLS_secret.

#include "simulator/logical_device.hpp"

namespace dlms::simulator {

using axdr::DataView;
using axdr::Tag;
using cosem::ActionResult;

namespace {

std::optional<security::CertificateUse> use_of(const DataView& type) {
    constexpr std::uint64_t last = 2;  // TLS
    const auto number = type.unsigned_integer();
    return number && *number <= last ? std::optional(static_cast<security::CertificateUse>(*number))
                                     : std::nullopt;
}

axdr::Data octet_string(ByteView octets) {
    axdr::DataBuilder builder;
    builder.octet_string(octets);
    return builder.finish().value_or(axdr::Data());
}

ActionResult done(bool success) {
    return success ? ActionResult::success : ActionResult::other_reason;
}

}  // namespace

ActionResult LogicalDevice::security_activate(const Invocation& invocation) {
    const auto policy = static_cast<std::uint8_t>(*invocation.parameter.unsigned_integer());
    return security_.activate(policy, invocation.object.version) ? ActionResult::success
                                                                 : ActionResult::other_reason;
}

ActionResult LogicalDevice::key_transfer(const Invocation& invocation) {
    if (!is_fully_protected(invocation.caller)) {
        return ActionResult::read_write_denied;
    }
    return security_.transfer(invocation.parameter) ? ActionResult::success
                                                    : ActionResult::other_reason;
}

ActionResult LogicalDevice::change_hls_secret(const Invocation& invocation) {
    if (!is_fully_protected(invocation.caller)) {
        return ActionResult::read_write_denied;
    }
    if (!is_secret(invocation.caller.association, invocation.parameter)) {
        return ActionResult::other_reason;
    }
    change_secret(invocation.caller.association, invocation.parameter);
    return ActionResult::success;
}

bool LogicalDevice::is_secret(std::size_t association, const DataView& value) const {
    using acse::Mechanism;
    constexpr std::size_t longest = 64;
    constexpr std::size_t maker_key = 16;
    const Mechanism mechanism = declared_.associations[association].configuration.mechanism;
    // What HLS-GMAC and ECDSA rest on is changed by the security setup.
    if (mechanism == Mechanism::lowest || mechanism == Mechanism::hls_gmac ||
        mechanism == Mechanism::hls_ecdsa || !value.is(Tag::octet_string)) {
        return false;
    }
    const std::size_t size = value.octets()->size();
    return mechanism == Mechanism::hls_manufacturer ? size == maker_key
                                                    : size > 0 && size <= longest;
}

void LogicalDevice::change_secret(std::size_t association, const DataView& secret) {
    secrets_.insert_or_assign(association, SecretBytes(*secret.octets()));
    ++secret_changes_;
}

security::Time LogicalDevice::certificate_time(Instant now) const {
    return std::chrono::floor<std::chrono::seconds>(
        std::chrono::sys_time<UtcTime>(state_.clock.utc(now)));
}

ActionResult LogicalDevice::may_change_pairs(const Invocation& invocation) const {
    if (invocation.object.version == 0) {
        return ActionResult::object_undefined;
    }
    // An old request of the client's, sent once more by somebody else, must change nothing.
    return invocation.caller.protection.authenticated ? ActionResult::success
                                                      : ActionResult::read_write_denied;
}

ActionResult LogicalDevice::key_agreement(const Invocation& invocation) {
    if (const auto allowed = may_change_pairs(invocation); allowed != ActionResult::success) {
        return allowed;
    }
    if (!invocation.caller.client_title) {
        return ActionResult::other_reason;
    }
    returned_ = security_.agree(invocation.parameter, *invocation.caller.client_title,
                                certificate_time(invocation.now));
    return done(returned_.has_value());
}

ActionResult LogicalDevice::generate_key_pair(const Invocation& invocation) {
    if (const auto allowed = may_change_pairs(invocation); allowed != ActionResult::success) {
        return allowed;
    }
    const auto use = use_of(invocation.parameter);
    return done(use && security_.generate_key_pair(*use));
}

ActionResult LogicalDevice::generate_certificate_request(const Invocation& invocation) {
    if (invocation.object.version == 0) {
        return ActionResult::object_undefined;
    }
    const auto use = use_of(invocation.parameter);
    const auto request = use ? security_.certificate_request(*use) : std::nullopt;
    if (!request) {
        return ActionResult::other_reason;
    }
    returned_ = octet_string(*request);
    return ActionResult::success;
}

ActionResult LogicalDevice::import_certificate(const Invocation& invocation) {
    if (const auto allowed = may_change_pairs(invocation); allowed != ActionResult::success) {
        return allowed;
    }
    return done(security_.import_certificate(*invocation.parameter.octets(),
                                             certificate_time(invocation.now)));
}

ActionResult LogicalDevice::export_certificate(const Invocation& invocation) {
    if (invocation.object.version == 0) {
        return ActionResult::object_undefined;
    }
    const auto* certificate = security_.certificates().find(invocation.parameter);
    if (!certificate) {
        return ActionResult::other_reason;
    }
    returned_ = octet_string(certificate->der());
    return ActionResult::success;
}

ActionResult LogicalDevice::remove_certificate(const Invocation& invocation) {
    if (const auto allowed = may_change_pairs(invocation); allowed != ActionResult::success) {
        return allowed;
    }
    return done(security_.certificates().remove(invocation.parameter));
}

}  // namespace dlms::simulator
