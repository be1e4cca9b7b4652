#include "simulator/odd_acse.hpp"

#include <algorithm>
#include <array>

#include "stack/acse/aare.hpp"
#include "stack/acse/rlre.hpp"

namespace dlms::simulator {
namespace {

using Kind = MisbehaviourKind;

/// An AARE taken apart; `information` is the content of its user-information, which `fields` shows.
struct Parts {
    acse::Aare fields;
    ByteBuffer information;
};

/// False where there is nothing to change.
using Edit = bool (*)(Parts& parts);

// The plain InitiateResponse: 08 | quality of service, 00 or 01 and an octet | version |
// 5F 1F 04 00 | conformance (3) | PDU size (2) | VAA name (2) (Green Book 9.4.6).
constexpr Byte initiate_response = 0x08;
constexpr std::size_t after_version = 11;

/// Where the version stands; nothing in what is no plain InitiateResponse.
std::optional<std::size_t> version_place(ByteView information) {
    if (information.size() < 3 || information[0] != initiate_response) {
        return std::nullopt;
    }
    const std::size_t place = information[1] == 0 ? 2 : 3;
    return information.size() == place + 1 + after_version ? std::optional(place) : std::nullopt;
}

bool shorten_conformance_tag(Parts& parts) {
    const auto version = version_place(parts.information);
    if (version) {
        parts.information.erase(parts.information.begin() +
                                static_cast<std::ptrdiff_t>(*version + 2));
    }
    return version.has_value();
}

bool take_conformance(Parts& parts) {
    const auto version = version_place(parts.information);
    if (version) {
        parts.information[*version + 3] = 0;
    }
    return version.has_value();
}

bool give_all_conformance(Parts& parts) {
    const auto version = version_place(parts.information);
    if (version) {
        std::fill_n(parts.information.begin() + static_cast<std::ptrdiff_t>(*version + 5), 3,
                    Byte{0xFF});
    }
    return version.has_value();
}

bool age_version(Parts& parts) {
    const auto version = version_place(parts.information);
    if (version) {
        parts.information[*version] = 5;
    }
    return version.has_value();
}

bool shrink_pdu(Parts& parts) {
    const auto version = version_place(parts.information);
    if (version) {
        parts.information[*version + 8] = 0;
        parts.information[*version + 9] = 4;
    }
    return version.has_value();
}

bool let_provider_speak(Parts& parts) {
    parts.fields.diagnostic = acse::Diagnostic(acse::DiagnosticSource::acse_service_provider,
                                               parts.fields.diagnostic.code);
    return true;
}

bool give_no_reason(Parts& parts) {
    const bool is_plain = parts.fields.diagnostic == acse::Diagnostic();
    parts.fields.diagnostic = acse::UserDiagnostic::no_reason_given;
    return is_plain;
}

bool accept_with_initiate_error(Parts& parts) {
    parts.fields.diagnostic = acse::UserDiagnostic::no_reason_given;
    parts.information = {0x0E, 0x01, 0x06, 0x00};
    return true;
}

bool reject_with_response(Parts& parts) {
    parts.fields.result = acse::AssociationResult::rejected_transient;
    return parts.fields.user_information.has_value();
}

bool drop_information(Parts& parts) {
    parts.information.clear();
    return parts.fields.user_information.has_value();
}

struct NamedEdit {
    Kind kind;
    Edit edit;
};
constexpr std::array edits{
    NamedEdit{Kind::aare_short_conformance_tag, shorten_conformance_tag},
    NamedEdit{Kind::aare_no_conformance, take_conformance},
    NamedEdit{Kind::aare_unasked_conformance, give_all_conformance},
    NamedEdit{Kind::aare_old_version, age_version},
    NamedEdit{Kind::aare_tiny_pdu_size, shrink_pdu},
    NamedEdit{Kind::aare_provider_diagnostic, let_provider_speak},
    NamedEdit{Kind::aare_no_reason, give_no_reason},
    NamedEdit{Kind::aare_initiate_error, accept_with_initiate_error},
    NamedEdit{Kind::aare_rejected_with_response, reject_with_response},
    NamedEdit{Kind::aare_no_user_information, drop_information},
};

std::optional<ByteBuffer> edited(Edit edit, ByteView apdu) {
    const auto decoded = acse::decode_aare(apdu);
    if (!decoded || decoded->result != acse::AssociationResult::accepted) {
        return std::nullopt;
    }
    Parts parts{*decoded, to_buffer(decoded->user_information.value_or(ByteView()))};
    if (!edit(parts)) {
        return std::nullopt;
    }
    parts.fields.user_information =
        parts.information.empty() ? std::nullopt : std::optional(ByteView(parts.information));
    ByteBuffer octets;
    Writer writer(octets);
    acse::encode(writer, parts.fields);
    return octets;
}

/// Changes of the encoding; the APDU is an AARE with a length of one octet.
std::optional<ByteBuffer> encoded_otherwise(Kind kind, ByteView apdu) {
    constexpr std::size_t length_place = 1;
    constexpr std::size_t longest_short_form = 0x7F;
    if (apdu.size() <= length_place || apdu[length_place] > longest_short_form) {
        return std::nullopt;
    }
    ByteBuffer octets = to_buffer(apdu);
    switch (kind) {
        case Kind::aare_long_lengths:
            octets.insert(octets.begin() + length_place, {0x82, 0x00});
            return octets;
        case Kind::aare_trailing_octet: octets.push_back(0); return octets;
        case Kind::aare_short_outer_length: --octets[length_place]; return octets;
        case Kind::aare_wrong_inner_length: {
            // That of the element behind the first one, the result.
            constexpr std::size_t first = 2;
            const std::size_t second = first + 2 + octets[first + 1];
            if (second + 1 >= octets.size()) {
                return std::nullopt;
            }
            --octets[second + 1];
            return octets;
        }
        default: return std::nullopt;
    }
}

std::optional<ByteBuffer> odd_rlre(Kind kind) {
    switch (kind) {
        case Kind::rlre_no_reason: return ByteBuffer{0x63, 0x00};
        case Kind::rlre_not_finished: return ByteBuffer{0x63, 0x03, 0x80, 0x01, 0x01};
        case Kind::rlre_with_initiate:
            return ByteBuffer{0x63, 0x16, 0x80, 0x01, 0x00, 0xBE, 0x11, 0x04,
                              0x0F, 0x08, 0x01, 0x00, 0x06, 0x5F, 0x1F, 0x04,
                              0x00, 0x00, 0x1E, 0x1D, 0x04, 0xC8, 0x00, 0x07};
        case Kind::rlre_missing: return ByteBuffer();
        default: return std::nullopt;
    }
}

}  // namespace

std::optional<ByteBuffer> odd_acse(MisbehaviourKind kind, ByteView apdu) {
    if (apdu.empty()) {
        return std::nullopt;
    }
    if (apdu[0] == acse::Rlre::tag) {
        return odd_rlre(kind);
    }
    if (apdu[0] != acse::Aare::tag) {
        return std::nullopt;
    }
    const auto* const named = std::ranges::find(edits, kind, &NamedEdit::kind);
    return named != edits.end() ? edited(named->edit, apdu) : encoded_otherwise(kind, apdu);
}

}  // namespace dlms::simulator
