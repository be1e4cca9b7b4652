#include "tests/stack/acse/acse_json.hpp"

#include "stack/base/hex.hpp"

namespace dlms::testing {
namespace {

using namespace acse;
using Json = nlohmann::json;

Json octets_json(const std::optional<ByteView>& octets) {
    return octets ? Json(to_hex(*octets)) : Json();
}

Json integer_json(const std::optional<std::int64_t>& value) {
    return value ? Json(*value) : Json();
}

/// The content octets, unused bits first, as the vectors have it.
Json bits_json(const std::optional<ber::BitString>& bits) {
    return bits ? Json(to_hex(ByteBuffer{bits->unused_bits}) + to_hex(bits->octets)) : Json();
}

Json authentication_json(const std::optional<AuthenticationValue>& value) {
    if (!value) {
        return {};
    }
    const char* kind = "other";
    switch (value->kind) {
        case AuthenticationValueKind::charstring: kind = "charstring"; break;
        case AuthenticationValueKind::bitstring: kind = "bitstring"; break;
        case AuthenticationValueKind::external: kind = "external"; break;
        case AuthenticationValueKind::other: break;
    }
    return {{"kind", kind}, {"hex", to_hex(value->octets)}};
}

Json context_json(const ApplicationContextName& context) {
    const auto known = context.known();
    return known ? Json(name(*known)) : Json(to_hex(context.object_identifier()));
}

Json mechanism_json(const std::optional<MechanismName>& mechanism) {
    if (!mechanism) {
        return {};
    }
    const auto known = mechanism->known();
    return known ? Json(name(*known)) : Json(to_hex(mechanism->object_identifier()));
}

template <class Code>
Json code_json(Code code) {
    const std::string_view text = name(code);
    return {{"code", static_cast<unsigned>(code)}, {"name", text.empty() ? Json() : Json(text)}};
}

template <class T>
Status finish(const Result<T>& apdu, Json& json, std::string& encoded) {
    if (!apdu) {
        return std::unexpected(apdu.error());
    }
    json = to_json(*apdu);
    ByteBuffer buffer;
    Writer writer(buffer);
    encode(writer, *apdu);
    encoded = writer.ok() ? to_hex(buffer) : "failed";
    return {};
}

}  // namespace

Json to_json(const Aarq& aarq) {
    return {
        {"pdu", "AARQ"},
        {"protocol_version", bits_json(aarq.protocol_version)},
        {"application_context", context_json(aarq.application_context)},
        {"called_ap_title", octets_json(aarq.called_ap_title)},
        {"called_ae_qualifier", octets_json(aarq.called_ae_qualifier)},
        {"called_ap_invocation_id", integer_json(aarq.called_ap_invocation_id)},
        {"called_ae_invocation_id", integer_json(aarq.called_ae_invocation_id)},
        {"calling_ap_title", octets_json(aarq.calling_ap_title)},
        {"calling_ae_qualifier", octets_json(aarq.calling_ae_qualifier)},
        {"calling_ap_invocation_id", integer_json(aarq.calling_ap_invocation_id)},
        {"calling_ae_invocation_id", integer_json(aarq.calling_ae_invocation_id)},
        {"sender_acse_requirements", bits_json(aarq.sender_acse_requirements)},
        {"mechanism", mechanism_json(aarq.mechanism)},
        {"calling_authentication_value", authentication_json(aarq.calling_authentication_value)},
        {"implementation_information", octets_json(aarq.implementation_information)},
        {"user_information", octets_json(aarq.user_information)},
    };
}

Json to_json(const Aare& aare) {
    const std::string_view diagnostic = name(aare.diagnostic);
    return {
        {"pdu", "AARE"},
        {"protocol_version", bits_json(aare.protocol_version)},
        {"application_context", context_json(aare.application_context)},
        {"result", code_json(aare.result)},
        {"diagnostic",
         {{"source", name(aare.diagnostic.source)},
          {"code", aare.diagnostic.code},
          {"name", diagnostic.empty() ? Json() : Json(diagnostic)}}},
        {"responding_ap_title", octets_json(aare.responding_ap_title)},
        {"responding_ae_qualifier", octets_json(aare.responding_ae_qualifier)},
        {"responding_ap_invocation_id", integer_json(aare.responding_ap_invocation_id)},
        {"responding_ae_invocation_id", integer_json(aare.responding_ae_invocation_id)},
        {"responder_acse_requirements", bits_json(aare.responder_acse_requirements)},
        {"mechanism", mechanism_json(aare.mechanism)},
        {"responding_authentication_value",
         authentication_json(aare.responding_authentication_value)},
        {"implementation_information", octets_json(aare.implementation_information)},
        {"user_information", octets_json(aare.user_information)},
    };
}

Json to_json(const Rlrq& rlrq) {
    return {{"pdu", "RLRQ"},
            {"reason", rlrq.reason ? code_json(*rlrq.reason) : Json()},
            {"user_information", octets_json(rlrq.user_information)}};
}

Json to_json(const Rlre& rlre) {
    return {{"pdu", "RLRE"},
            {"reason", rlre.reason ? code_json(*rlre.reason) : Json()},
            {"user_information", octets_json(rlre.user_information)}};
}

Status decode_acse(ByteView octets, Json& json, std::string& encoded) {
    switch (octets.empty() ? 0 : octets[0]) {
        case Aare::tag: return finish(decode_aare(octets), json, encoded);
        case Rlrq::tag: return finish(decode_rlrq(octets), json, encoded);
        case Rlre::tag: return finish(decode_rlre(octets), json, encoded);
        default: return finish(decode_aarq(octets), json, encoded);
    }
}

}  // namespace dlms::testing
