#include "simulator/classes/push_protection.hpp"

#include "simulator/logical_device.hpp"

namespace dlms::simulator {
namespace {

using axdr::DataView;
using security::ProtectionKind;
using security::ProtectionRequest;

constexpr std::int8_t parameters_id = 10;

enum class ProtectionType : std::uint8_t {
    authentication = 0,
    encryption = 1,
    authentication_and_encryption = 2,
    digital_signature = 3,
};

struct Wanted {
    ProtectionRequest how;
    std::optional<security::SystemTitle> recipient;
};

/// The envelope that a key_info {type, options} stands for.
std::optional<ProtectionKind> kind_of(const DataView& key_info) {
    constexpr Byte one_pass = 1;
    constexpr Byte static_unified = 2;
    const DataView options = member(key_info, 1);
    switch (member_number(key_info, 0)) {
        case 0:  // identified key
            return member_number(options, 0) == 0 ? ProtectionKind::identified_unicast_key
                                                  : ProtectionKind::identified_broadcast_key;
        case 1: return ProtectionKind::wrapped_key;
        case 2: {
            const auto parameters = member(options, 0).octets();
            if (!parameters || parameters->size() != 1) {
                return std::nullopt;
            }
            switch (parameters->front()) {
                case one_pass: return ProtectionKind::one_pass_key;
                case static_unified: return ProtectionKind::static_unified_key;
                default: return std::nullopt;
            }
        }
        default: return std::nullopt;
    }
}

/// The recipient of an element's options; false where another than this meter is the originator.
bool take_titles(const DeviceSecurity& security, const DataView& options, Wanted& wanted) {
    const auto originator = member(options, 1).octets();
    const auto recipient = member(options, 2).octets();
    const auto& own = security.system_title();
    if (originator && !originator->empty() &&
        (!own || !std::ranges::equal(*originator, own->octets()))) {
        return false;
    }
    if (recipient && !recipient->empty()) {
        const auto title = security::SystemTitle::from(*recipient);
        if (!title) {
            return false;
        }
        wanted.recipient = *title;
    }
    return true;
}

/// Elements are applied in order: a signature before the ciphering is inside of it.
std::optional<Wanted> read_parameters(const DeviceSecurity& security, const DataView& parameters) {
    Wanted wanted;
    wanted.how.kind = ProtectionKind::signed_only;
    wanted.how.protection = security::no_protection;
    bool is_ciphered = false;
    for (const axdr::Data& element : elements_of(parameters)) {
        const DataView options = member(element.view(), 1);
        const std::uint64_t type = member_number(element.view(), 0);
        if (!options.is(axdr::Tag::structure) || !take_titles(security, options, wanted)) {
            return std::nullopt;
        }
        if (type == static_cast<std::uint64_t>(ProtectionType::digital_signature)) {
            if (wanted.how.protection.digitally_signed) {
                return std::nullopt;
            }
            wanted.how.protection.digitally_signed = true;
            wanted.how.signed_outside = is_ciphered;
            continue;
        }
        const auto kind = kind_of(member(options, 4));
        if (!kind || is_ciphered ||
            type > static_cast<std::uint64_t>(ProtectionType::authentication_and_encryption)) {
            return std::nullopt;
        }
        is_ciphered = true;
        wanted.how.kind = *kind;
        wanted.how.protection.authenticated =
            type != static_cast<std::uint64_t>(ProtectionType::encryption);
        wanted.how.protection.encrypted =
            type != static_cast<std::uint64_t>(ProtectionType::authentication);
    }
    return wanted;
}

/// What the association sends unasked: answers' protection, by its own terms and by the policy. A
/// DataNotification has no glo- tag.
Wanted terms_of(DeviceSecurity& security, const association::ServerConfiguration& declared) {
    Wanted wanted;
    wanted.how.kind = ProtectionKind::plain;
    wanted.how.protection = security::no_protection;
    if (!declared.security.ciphered) {
        return wanted;
    }
    wanted.how.protection = declared.security.responses | security.policy_for_answers();
    if (wanted.how.protection.authenticated || wanted.how.protection.encrypted) {
        wanted.how.kind = ProtectionKind::general_global;
    } else if (wanted.how.protection.digitally_signed) {
        wanted.how.kind = ProtectionKind::signed_only;
    }
    wanted.recipient = declared.security.peer_title;
    return wanted;
}

}  // namespace

std::optional<ByteBuffer> protected_push(const OwnObject& setup, std::size_t association,
                                         ByteView apdu) {
    DeviceSecurity& security = setup.device.security();
    const DataView parameters = setup.stored(parameters_id);
    const auto elements = parameters.elements();
    const auto wanted =
        elements && elements->size() > 0
            ? read_parameters(security, parameters)
            : terms_of(security, setup.device.associations()[association].configuration);
    if (!wanted) {
        return std::nullopt;
    }
    return wanted->how.kind == ProtectionKind::plain
               ? to_buffer(apdu)
               : security.seal_unasked(apdu, wanted->how, wanted->recipient,
                                       setup.device.certificate_time(setup.now));
}

}  // namespace dlms::simulator
