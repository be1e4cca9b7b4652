// ACSE APDUs as JSON.

#include "render/decode_parts.hpp"
#include "stack/acse/aare.hpp"
#include "stack/acse/aarq.hpp"
#include "stack/acse/rlre.hpp"
#include "stack/acse/rlrq.hpp"
#include "stack/base/hex.hpp"
#include "stack/xdlms/apdu_tag.hpp"

namespace dlms::render::detail {
namespace {

using namespace acse;

/// What an association leaves out stays out.
void put(Json& json, const char* member, const std::optional<ByteView>& octets) {
    if (octets) {
        json[member] = to_hex(*octets);
    }
}
void put(Json& json, const char* member, const std::optional<std::int64_t>& value) {
    if (value) {
        json[member] = *value;
    }
}
/// The content octets, unused bits first.
void put(Json& json, const char* member, const std::optional<ber::BitString>& bits) {
    if (bits) {
        json[member] = to_hex(std::array{Byte{bits->unused_bits}}) + to_hex(bits->octets);
    }
}
void put(Json& json, const char* member, const std::optional<AuthenticationValue>& value) {
    if (!value) {
        return;
    }
    const char* kind = "other";
    switch (value->kind) {
        case AuthenticationValueKind::charstring: kind = "charstring"; break;
        case AuthenticationValueKind::bitstring: kind = "bitstring"; break;
        case AuthenticationValueKind::external: kind = "external"; break;
        case AuthenticationValueKind::other: break;
    }
    json[member]["kind"] = kind;
    json[member]["hex"] = to_hex(value->octets);
}

template <class Name>
Json name_json(const Name& identifier) {
    const auto known = identifier.known();
    return known ? Json(name(*known)) : Json(to_hex(identifier.object_identifier()));
}

void put(Json& json, const std::optional<MechanismName>& mechanism) {
    if (mechanism) {
        json["mechanism"] = name_json(*mechanism);
    }
}

template <class Code>
Json named(Code code) {
    return code_json(static_cast<unsigned>(code), name(code));
}

void put(Json& json, const Aarq& aarq) {
    json["pdu"] = "AARQ";
    put(json, "protocol_version", aarq.protocol_version);
    json["application_context"] = name_json(aarq.application_context);
    put(json, "called_ap_title", aarq.called_ap_title);
    put(json, "called_ae_qualifier", aarq.called_ae_qualifier);
    put(json, "called_ap_invocation_id", aarq.called_ap_invocation_id);
    put(json, "called_ae_invocation_id", aarq.called_ae_invocation_id);
    put(json, "calling_ap_title", aarq.calling_ap_title);
    put(json, "calling_ae_qualifier", aarq.calling_ae_qualifier);
    put(json, "calling_ap_invocation_id", aarq.calling_ap_invocation_id);
    put(json, "calling_ae_invocation_id", aarq.calling_ae_invocation_id);
    put(json, "sender_acse_requirements", aarq.sender_acse_requirements);
    put(json, aarq.mechanism);
    put(json, "calling_authentication_value", aarq.calling_authentication_value);
    put(json, "implementation_information", aarq.implementation_information);
}

void put(Json& json, const Aare& aare) {
    json["pdu"] = "AARE";
    put(json, "protocol_version", aare.protocol_version);
    json["application_context"] = name_json(aare.application_context);
    json["result"] = named(aare.result);
    json["diagnostic"]["source"] = name(aare.diagnostic.source);
    json["diagnostic"].update(code_json(aare.diagnostic.code, name(aare.diagnostic)));
    put(json, "responding_ap_title", aare.responding_ap_title);
    put(json, "responding_ae_qualifier", aare.responding_ae_qualifier);
    put(json, "responding_ap_invocation_id", aare.responding_ap_invocation_id);
    put(json, "responding_ae_invocation_id", aare.responding_ae_invocation_id);
    put(json, "responder_acse_requirements", aare.responder_acse_requirements);
    put(json, aare.mechanism);
    put(json, "responding_authentication_value", aare.responding_authentication_value);
    put(json, "implementation_information", aare.implementation_information);
}

void put(Json& json, const Rlrq& rlrq) {
    json["pdu"] = "RLRQ";
    if (rlrq.reason) {
        json["reason"] = named(*rlrq.reason);
    }
}

void put(Json& json, const Rlre& rlre) {
    json["pdu"] = "RLRE";
    if (rlre.reason) {
        json["reason"] = named(*rlre.reason);
    }
}

/// Whether an xDLMS APDU may be the user-information: what opens an association, or what answers
/// that, in the clear or ciphered (sheet sections 2.1 to 2.3).
bool may_inform(std::uint8_t acse_tag, std::uint8_t tag) {
    using xdlms::ApduTag;
    const bool is_request = acse_tag == Aarq::tag || acse_tag == Rlrq::tag;
    switch (static_cast<ApduTag>(tag)) {
        case ApduTag::initiate_request:
        case ApduTag::glo_initiate_request:
        case ApduTag::ded_initiate_request: return is_request;
        case ApduTag::initiate_response:
        case ApduTag::glo_initiate_response:
        case ApduTag::ded_initiate_response:
        case ApduTag::confirmed_service_error:
        case ApduTag::glo_confirmed_service_error:
        case ApduTag::ded_confirmed_service_error: return !is_request;
        case ApduTag::general_glo_ciphering:
        case ApduTag::general_ded_ciphering:
        case ApduTag::general_ciphering:
        case ApduTag::general_signing: return true;
        default: return false;
    }
}

/// The user-information must be xDLMS: an error in it is one of the APDU.
template <class Apdu>
Result<Json> written(const Result<Apdu>& apdu, ByteView octets, Decoding& decoding) {
    if (!apdu) {
        return std::unexpected(apdu.error());
    }
    Json json = decoding.object_at(octets);
    put(json, *apdu);
    put(json, "user_information", apdu->user_information);
    if (apdu->user_information) {
        const ByteView information = *apdu->user_information;
        if (!information.empty() && !may_inform(Apdu::tag, information[0])) {
            return fail(ErrorCode::unknown_tag, Layer::xdlms,
                        offset_in(octets, information).value_or(0));
        }
        Result<Json> inner = xdlms_json(information, decoding);
        if (!inner) {
            Error error = inner.error();
            error.offset += static_cast<std::uint32_t>(offset_in(octets, information).value_or(0));
            return std::unexpected(error);
        }
        json["xdlms"] = std::move(*inner);
    }
    mark_acse_fields(json, octets, decoding);
    return json;
}

}  // namespace

bool is_acse(std::uint8_t tag) {
    return tag == Aarq::tag || tag == Aare::tag || tag == Rlrq::tag || tag == Rlre::tag;
}

Result<Json> acse_json(ByteView apdu, Decoding& decoding) {
    switch (apdu.empty() ? std::uint8_t{0} : apdu[0]) {
        case Aare::tag: return written(decode_aare(apdu), apdu, decoding);
        case Rlrq::tag: return written(decode_rlrq(apdu), apdu, decoding);
        case Rlre::tag: return written(decode_rlre(apdu), apdu, decoding);
        default: return written(decode_aarq(apdu), apdu, decoding);
    }
}

}  // namespace dlms::render::detail
