#include "client/pushed_apdu.hpp"

#include <utility>

#include "stack/xdlms/ciphered_apdu.hpp"

namespace dlms::client {
namespace {

/// The suite that the envelope names, if the meter's keys fit it.
security::SecuritySuite suite_of(ByteView apdu, const MeterSecurity& security) {
    const auto envelope = xdlms::decode_ciphered_apdu(apdu);
    const xdlms::ProtectedContent* content = nullptr;
    if (envelope) {
        if (const auto* global = std::get_if<xdlms::GeneralGloDedCiphering>(&*envelope)) {
            content = &global->content;
        } else if (const auto* service = std::get_if<xdlms::ServiceCiphering>(&*envelope)) {
            content = &service->content;
        }
    }
    const auto named = content ? security::to_security_suite(content->security_control.suite())
                               : Result<security::SecuritySuite>(security.suite);
    const bool fits = named && security::key_size(*named) == security::key_size(security.suite);
    return fits ? *named : security.suite;
}

/// Opening needs no title of ours; where none is configured, sealing is not possible either.
security::SystemTitle own_title(const MeterSecurity& security) {
    constexpr std::array<Byte, security::SystemTitle::size> nobody{};
    return security.own_title.value_or(security::SystemTitle(nobody));
}

}  // namespace

std::string_view name(PushTrust trust) {
    switch (trust) {
        case PushTrust::plain: return "plain";
        case PushTrust::unverified: return "unverified";
        case PushTrust::verified: return "verified";
    }
    return "plain";
}

PushTrust trust_of(const security::Opened& opened) {
    if (opened.protection.authenticated || opened.protection.digitally_signed) {
        return PushTrust::verified;
    }
    return opened.protection.encrypted ? PushTrust::unverified : PushTrust::plain;
}

bool is_protected(ByteView apdu) {
    return !apdu.empty() && xdlms::is_ciphered_apdu(static_cast<xdlms::ApduTag>(apdu[0]));
}

std::optional<security::SystemTitle> sender_of(ByteView apdu) {
    const auto envelope = xdlms::decode_ciphered_apdu(apdu);
    if (!envelope) {
        return std::nullopt;
    }
    ByteView octets;
    if (const auto* general = std::get_if<xdlms::GeneralGloDedCiphering>(&*envelope)) {
        octets = general->system_title;
    } else if (const auto* ciphering = std::get_if<xdlms::GeneralCiphering>(&*envelope)) {
        octets = ciphering->header.originator_system_title;
    } else if (const auto* signing = std::get_if<xdlms::GeneralSigning>(&*envelope)) {
        octets = signing->header.originator_system_title;
    }
    const auto title = security::SystemTitle::from(octets);
    return title ? std::optional(*title) : std::nullopt;
}

std::optional<ByteView> content_in_the_clear(ByteView apdu) {
    constexpr int most_layers = 3;  // as ApduProtection
    for (int layer = 0; layer < most_layers && is_protected(apdu); ++layer) {
        const auto envelope = xdlms::decode_ciphered_apdu(apdu);
        if (!envelope) {
            return std::nullopt;
        }
        if (const auto* signing = std::get_if<xdlms::GeneralSigning>(&*envelope)) {
            apdu = signing->content;
            continue;
        }
        const xdlms::ProtectedContent* content = nullptr;
        if (const auto* general = std::get_if<xdlms::GeneralCiphering>(&*envelope)) {
            content = &general->content;
        } else if (const auto* global = std::get_if<xdlms::GeneralGloDedCiphering>(&*envelope)) {
            content = &global->content;
        }
        if (!content || content->security_control.is_encrypted() ||
            content->security_control.is_compressed()) {
            return std::nullopt;
        }
        apdu = content->ciphertext;
    }
    return apdu.empty() || is_protected(apdu) ? std::nullopt : std::optional(apdu);
}

PushOpener::PushOpener(ByteView apdu, security::ApduProtection protection,
                       const MeterSecurity& security, DurableCounters& counters)
    : apdu_(apdu),
      protection_(std::move(protection)),
      numbers_(counters, security, NumberSupply::Freshness::by_challenge),
      meter_title_(security.meter_title) {}

Result<PushOpener> PushOpener::create(ByteView apdu, const MeterSecurity& security,
                                      DurableCounters& counters, Random& random) {
    MeterSecurity copy = security.clone();
    const security::ProtectionKeys& keys = copy.keys;
    if (!keys.unicast && !keys.broadcast && !keys.master && !keys.own_agreement &&
        !keys.peer_signing) {
        return fail(ErrorCode::key_missing, Layer::client);
    }
    copy.quirks.opens_unverified = copy.quirks.opens_unverified || !keys.authentication;
    copy.own_title = own_title(security);
    auto protection = security::ApduProtection::create(suite_of(apdu, security), *copy.own_title,
                                                       std::move(copy.keys), random, copy.quirks);
    if (!protection) {
        return std::unexpected(protection.error());
    }
    MeterSecurity numbered = security.clone();
    numbered.own_title = copy.own_title;
    return PushOpener(apdu, std::move(*protection), numbered, counters);
}

Result<security::Opened> PushOpener::open(bool is_repeated) {
    const auto sender = sender_of(apdu_);
    if (sender && meter_title_ && *sender != *meter_title_) {
        return fail(ErrorCode::wrong_system_title, Layer::client);
    }
    const auto title = sender ? sender : meter_title_;
    if (title) {
        if (const Status set = protection_.set_peer_title(*title); !set) {
            return std::unexpected(set.error());
        }
        const Status recalled = is_repeated ? Status() : numbers_.recall(protection_);
        if (!recalled) {
            return std::unexpected(recalled.error());
        }
    }
    return protection_.open(apdu_, security::no_protection);
}

Result<ByteBuffer> PushOpener::seal(ByteView apdu, const security::Opened& answered) {
    if (const Status granted = numbers_.begin(protection_); !granted) {
        return std::unexpected(granted.error());
    }
    ByteBuffer out;
    const auto sealed =
        protection_.protect(apdu, security::answer_to(answered, security::no_protection), out);
    return sealed ? Result<ByteBuffer>(to_buffer(*sealed)) : std::unexpected(sealed.error());
}

}  // namespace dlms::client
