// Envelopes of ciphered and signed APDUs as JSON, and what is inside where the keys are there.

#include <algorithm>
#include <array>

#include "render/deciphering.hpp"
#include "stack/base/hex.hpp"
#include "stack/security/system_title.hpp"

namespace dlms::render::detail {
namespace {

using namespace xdlms;

void put(Json& json, const ProtectedContent& content, const Decoding& decoding) {
    const SecurityControl control = content.security_control;
    decoding.mark(json, "security_control", content.ciphertext, 5);
    decoding.mark(json, "invocation_counter", content.ciphertext, 4);
    decoding.mark(json, "ciphertext", content.ciphertext);
    Json& bits = json["security_control"];
    bits["raw"] = control.raw();
    bits["suite"] = control.suite();
    bits["authenticated"] = control.is_authenticated();
    bits["encrypted"] = control.is_encrypted();
    bits["key_set"] = control.uses_broadcast_key() ? "broadcast" : "unicast";
    bits["compressed"] = control.is_compressed();
    json["invocation_counter"] = content.invocation_counter;
    json["ciphertext"] = to_hex(content.ciphertext);
    if (!content.tag.empty()) {
        decoding.mark(json, "tag", content.tag);
        json["tag"] = to_hex(content.tag);
    }
}

void put(Json& json, const GeneralHeader& header, const Decoding& decoding) {
    decoding.mark(json, "transaction_id", header.transaction_id);
    decoding.mark(json, "originator_system_title", header.originator_system_title);
    decoding.mark(json, "recipient_system_title", header.recipient_system_title);
    decoding.mark(json, "date_time", header.date_time);
    decoding.mark(json, "other_information", header.other_information);
    json["transaction_id"] = to_hex(header.transaction_id);
    json["originator_system_title"] = to_hex(header.originator_system_title);
    json["recipient_system_title"] = to_hex(header.recipient_system_title);
    json["date_time"] = hex_or_null(header.date_time);
    json["other_information"] = to_hex(header.other_information);
}

Json name_or_null(std::string_view text) {
    return text.empty() ? Json() : Json(text);
}

Json key_info_json(const std::optional<KeyInfo>& key_info) {
    if (!key_info) {
        return {};
    }
    Json json;
    json["choice"] = name(*key_info);
    if (const auto* identified = std::get_if<IdentifiedKey>(&*key_info)) {
        json["key_id"] = name_or_null(name(*identified));
    } else if (const auto* wrapped = std::get_if<WrappedKey>(&*key_info)) {
        json["kek_id"] = name_or_null(name(wrapped->kek_id));
        json["key_ciphered_data"] = to_hex(wrapped->key_ciphered_data);
    } else if (const auto* agreed = std::get_if<AgreedKey>(&*key_info)) {
        json["key_parameters"] = to_hex(agreed->key_parameters);
        json["key_ciphered_data"] = to_hex(agreed->key_ciphered_data);
    }
    return json;
}

void write(Json& json, const ServiceCiphering& apdu, const Decoding& decoding) {
    json["service"] = name(apdu.tag);
    put(json, apdu.content, decoding);
}
void write(Json& json, const GeneralGloDedCiphering& apdu, const Decoding& decoding) {
    json["service"] = name(apdu.tag);
    decoding.mark(json, "system_title", apdu.system_title);
    json["system_title"] = to_hex(apdu.system_title);
    put(json, apdu.content, decoding);
}
void write(Json& json, const GeneralCiphering& apdu, const Decoding& decoding) {
    json["service"] = "general-ciphering";
    put(json, apdu.header, decoding);
    json["key_info"] = key_info_json(apdu.key_info);
    put(json, apdu.content, decoding);
}
void write(Json& json, const GeneralSigning& apdu, const Decoding& decoding) {
    json["service"] = "general-signing";
    put(json, apdu.header, decoding);
    decoding.mark(json, "content", apdu.content);
    decoding.mark(json, "signature", apdu.signature);
    json["content"] = to_hex(apdu.content);
    json["signature"] = to_hex(apdu.signature);
}

/// Shows an envelope in one that hides nothing as `inner`, and the APDU in them as `content`.
/// Whether there is something to show.
bool put_content(Json& json, ByteView apdu, Decoding& decoding) {
    std::optional<ByteView> content = open_content(apdu);
    if (!content) {
        return false;
    }
    const std::optional<ByteView> inner = open_content(*content);
    if (inner) {
        const Result<Json> inner_json = ciphered_json(*content, decoding);
        json["inner"] = inner_json ? *inner_json : Json();
        content = inner;
    }
    const Result<Json> decoded = apdu_json(*content, decoding);
    json["content"] = decoded ? *decoded : Json();
    return true;
}

void put_envelopes(Json& json, ByteView apdu, Decoding& decoding) {
    if (put_content(json, apdu, decoding)) {
        json["outer"] = json["apdu"];
    }
}

bool has_keys(const DecodeKeys* keys) {
    return keys != nullptr && !(keys->encryption_key.empty() && keys->key_encrypting_key.empty());
}

void put_no_plaintext(Json& json, std::string reason) {
    json["plaintext"] = nullptr;
    json["plaintext_error"] = std::move(reason);
}

Status put_plaintext(Json& json, ByteView apdu, Decoding& decoding, int depth = 1);

/// What an envelope holds that was ciphered itself: `plaintext_inside`, with the members that stand
/// beside an APDU.
void put_inside(Json& json, ByteView plaintext, Decoding& decoding, int depth) {
    if (plaintext.empty() || !is_ciphered(plaintext[0]) || depth > deepest_envelope) {
        return;
    }
    Json inside = Json::object();
    put_content(inside, plaintext, decoding);
    const Status opened = put_plaintext(inside, plaintext, decoding, depth);
    if (!opened) {
        put_no_plaintext(inside, describe(opened.error()));
    }
    if (!inside.empty()) {
        json["plaintext_inside"] = std::move(inside);
    }
}

/// Opens what is sealed, and shows it, or why the keys do not suffice. Errors as open().
Status put_plaintext(Json& json, ByteView apdu, Decoding& decoding, int depth) {
    const DecodeKeys* keys = decoding.keys();
    const std::optional<Sealed> found = has_keys(keys) ? find_sealed(apdu) : std::nullopt;
    if (!found) {
        return {};
    }
    if (std::string reason = obstacle(*found, *keys); !reason.empty()) {
        put_no_plaintext(json, std::move(reason));
        return {};
    }
    const Result<ByteBuffer> plaintext = open(*found, *keys);
    if (!plaintext) {
        return std::unexpected(plaintext.error());
    }
    json["plaintext"] = to_hex(*plaintext);
    if (!is_verified(*found, *keys)) {
        json["plaintext_unverified"] = true;
    }
    const ByteView counted_from = decoding.count_from(*plaintext);
    const Result<Json> decoded = apdu_json(*plaintext, decoding);
    json["plaintext_decoded"] = decoded ? *decoded : Json();
    put_inside(json, *plaintext, decoding, depth + 1);
    decoding.count_from(counted_from);
    return {};
}

}  // namespace

bool is_ciphered(std::uint8_t tag) {
    return is_ciphered_apdu(static_cast<ApduTag>(tag));
}

Result<Json> ciphered_json(ByteView apdu, Decoding& decoding) {
    const Result<CipheredApdu> decoded = decode_ciphered_apdu(apdu);
    if (!decoded) {
        return std::unexpected(decoded.error());
    }
    Json json = decoding.object_at(apdu);
    std::visit([&](const auto& envelope) { write(json, envelope, decoding); }, *decoded);
    return json;
}

Result<Json> apdu_json(ByteView apdu, Decoding& decoding) {
    if (!apdu.empty() && is_acse(apdu[0])) {
        return acse_json(apdu, decoding);
    }
    return xdlms_json(apdu, decoding);
}

Status put_apdu(Json& json, ByteView apdu, Decoding& decoding) {
    Result<Json> decoded = apdu_json(apdu, decoding);
    json["apdu"] = decoded ? std::move(*decoded) : Json();
    if (!decoded) {
        return std::unexpected(decoded.error());
    }
    put_envelopes(json, apdu, decoding);
    const Status opened = put_plaintext(json, apdu, decoding);
    if (!opened) {
        put_no_plaintext(json, describe(opened.error()));
    }
    return {};
}

Result<Json> with_plaintext(Result<Json> decoded, ByteView apdu, Decoding& decoding) {
    if (decoded) {
        const Status opened = put_plaintext(*decoded, apdu, decoding);
        if (!opened) {
            put_no_plaintext(*decoded, describe(opened.error()));
        }
    }
    return decoded;
}

void put_apdu_or_error(Json& json, ByteView apdu, Decoding& decoding) {
    const Status decoded = put_apdu(json, apdu, decoding);
    if (decoded) {
        return;
    }
    Error error = decoded.error();
    error.offset += static_cast<std::uint32_t>(decoding.offset_of(apdu).value_or(0));
    json["apdu_error"] = describe(error);
    if (const std::string_view option = accepting_option(apdu); !option.empty()) {
        json["accepting_option"] = option;
    }
}

std::optional<ByteBuffer> plaintext_of(ByteView apdu, const DecodeKeys* keys) {
    std::optional<ByteBuffer> innermost;
    for (int depth = 0; has_keys(keys) && depth < deepest_envelope; ++depth) {
        const std::optional<Sealed> found = find_sealed(innermost ? ByteView(*innermost) : apdu);
        if (!found || !obstacle(*found, *keys).empty()) {
            break;
        }
        Result<ByteBuffer> plaintext = open(*found, *keys);
        if (!plaintext) {
            break;
        }
        innermost = std::move(*plaintext);
    }
    return innermost;
}

namespace {

/// An error at the octets of `part`, or so many before them.
std::unexpected<Error> refusal(ErrorCode code, ByteView octets, ByteView part,
                               std::size_t before = 0) {
    return fail(code, Layer::security, offset_in(octets, part).value_or(before) - before);
}

Status check_title(ByteView title, ByteView octets) {
    if (title.empty() || title.size() == security::SystemTitle::size) {
        return {};
    }
    return refusal(ErrorCode::wrong_system_title, octets, title);
}

Status check_envelope(const ServiceCiphering&, ByteView) {
    return {};
}
Status check_envelope(const GeneralGloDedCiphering& apdu, ByteView octets) {
    return check_title(apdu.system_title, octets);
}
Status check_envelope(const GeneralHeader& header, ByteView octets) {
    const Status originator = check_title(header.originator_system_title, octets);
    return originator ? check_title(header.recipient_system_title, octets) : originator;
}
Status check_envelope(const GeneralCiphering& apdu, ByteView octets) {
    return check_envelope(apdu.header, octets);
}
Status check_envelope(const GeneralSigning& apdu, ByteView octets) {
    constexpr std::array<std::size_t, 3> sizes{0, 64, 96};  // P-256 and P-384
    if (std::ranges::find(sizes, apdu.signature.size()) == sizes.end()) {
        return refusal(ErrorCode::signature_mismatch, octets, apdu.signature);
    }
    return check_envelope(apdu.header, octets);
}

/// What every receiver refuses, whatever its keys are.
Status check_receivable(ByteView octets) {
    if (is_ciphered(octets[0])) {
        const Result<CipheredApdu> envelope = decode_ciphered_apdu(octets);
        const Status checked =
            envelope ? std::visit([&](const auto& one) { return check_envelope(one, octets); },
                                  *envelope)
                     : Status(std::unexpected(envelope.error()));
        if (!checked) {
            return checked;
        }
    }
    const std::optional<Sealed> sealed = find_sealed(octets);
    if (sealed && sealed->content.security_control.is_compressed()) {
        return refusal(ErrorCode::unsupported_compression, octets, sealed->content.ciphertext, 5);
    }
    return {};
}

/// The tag of service-specific ciphering is not authenticated: it must fit what was sealed.
Status check_service(ByteView octets, const DecodeKeys* keys) {
    const std::optional<Sealed> sealed = has_keys(keys) ? find_sealed(octets) : std::nullopt;
    // Without a tag the keys may be to blame.
    if (!sealed || !sealed->service || !sealed->content.security_control.is_authenticated() ||
        !obstacle(*sealed, *keys).empty()) {
        return {};
    }
    const Result<ByteBuffer> plaintext = open(*sealed, *keys);
    if (plaintext &&
        (plaintext->empty() || static_cast<ApduTag>(plaintext->front()) != *sealed->service)) {
        return refusal(ErrorCode::unexpected_apdu, octets, sealed->content.ciphertext);
    }
    return {};
}

}  // namespace

Result<Json> cipher_layer_json(ByteView octets, Decoding& decoding) {
    if (octets.empty() || (!is_acse(octets[0]) && !is_ciphered(octets[0]))) {
        return fail(octets.empty() ? ErrorCode::truncated : ErrorCode::unknown_tag,
                    Layer::security);
    }
    Json json;
    Result<Json> decoded = apdu_json(octets, decoding);
    if (!decoded) {
        return decoded;
    }
    json["apdu"] = std::move(*decoded);
    put_envelopes(json, octets, decoding);
    const Status opened = put_plaintext(json, octets, decoding);
    if (!opened) {
        return std::unexpected(opened.error());
    }
    Status receivable = check_receivable(octets);
    receivable = receivable ? check_service(octets, decoding.keys()) : receivable;
    if (!receivable) {
        return std::unexpected(receivable.error());
    }
    return json;
}

}  // namespace dlms::render::detail
