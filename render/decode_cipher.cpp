// Envelopes of ciphered and signed APDUs as JSON, and what is inside where the keys are there.

#include "render/decode_parts.hpp"
#include "stack/acse/aare.hpp"
#include "stack/acse/aarq.hpp"
#include "stack/acse/rlre.hpp"
#include "stack/acse/rlrq.hpp"
#include "stack/axdr/length.hpp"
#include "stack/base/hex.hpp"
#include "stack/security/aes_gcm.hpp"
#include "stack/xdlms/ciphered_apdu.hpp"

namespace dlms::render::detail {
namespace {

using namespace xdlms;

constexpr std::size_t system_title_size = 8;

void put(Json& json, const ProtectedContent& content) {
    const SecurityControl control = content.security_control;
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
        json["tag"] = to_hex(content.tag);
    }
}

void put(Json& json, const GeneralHeader& header) {
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

void write(Json& json, const ServiceCiphering& apdu) {
    json["service"] = name(apdu.tag);
    put(json, apdu.content);
}
void write(Json& json, const GeneralGloDedCiphering& apdu) {
    json["service"] = name(apdu.tag);
    json["system_title"] = to_hex(apdu.system_title);
    put(json, apdu.content);
}
void write(Json& json, const GeneralCiphering& apdu) {
    json["service"] = "general-ciphering";
    put(json, apdu.header);
    json["key_info"] = key_info_json(apdu.key_info);
    put(json, apdu.content);
}
void write(Json& json, const GeneralSigning& apdu) {
    json["service"] = "general-signing";
    put(json, apdu.header);
    json["content"] = to_hex(apdu.content);
    json["signature"] = to_hex(apdu.signature);
}

/// What the keys have to open.
struct Sealed {
    ProtectedContent content;
    ByteView system_title;  ///< empty: that of the keys
    /// The header of general-ciphering, a part of the additional data: with the length octets of
    /// its fields as the Green Book's readers have it, and without as others do.
    ByteBuffer header;
    ByteBuffer header_without_lengths;
};

Sealed sealed(const GeneralCiphering& apdu) {
    Sealed result;
    result.content = apdu.content;
    result.system_title = apdu.header.originator_system_title;
    Writer with(result.header);
    Writer without(result.header_without_lengths);
    for (const ByteView field : {apdu.header.transaction_id, apdu.header.originator_system_title,
                                 apdu.header.recipient_system_title, apdu.header.date_time,
                                 apdu.header.other_information}) {
        axdr::write_octet_string(with, field);
        without.bytes(field);
    }
    return result;
}

std::optional<Sealed> sealed_in(const CipheredApdu& apdu) {
    if (const auto* service = std::get_if<ServiceCiphering>(&apdu)) {
        return Sealed{service->content, {}, {}, {}};
    }
    if (const auto* general = std::get_if<GeneralGloDedCiphering>(&apdu)) {
        return Sealed{general->content, general->system_title, {}, {}};
    }
    if (const auto* general = std::get_if<GeneralCiphering>(&apdu)) {
        return sealed(*general);
    }
    return std::nullopt;
}

struct UserInformation {
    std::optional<ByteView> octets;
    std::optional<ByteView> system_title;
};

UserInformation user_information(ByteView apdu) {
    switch (apdu[0]) {
        case acse::Aarq::tag: {
            const auto aarq = acse::decode_aarq(apdu);
            return aarq ? UserInformation{aarq->user_information, aarq->calling_ap_title}
                        : UserInformation{};
        }
        case acse::Aare::tag: {
            const auto aare = acse::decode_aare(apdu);
            return aare ? UserInformation{aare->user_information, aare->responding_ap_title}
                        : UserInformation{};
        }
        case acse::Rlrq::tag: {
            const auto rlrq = acse::decode_rlrq(apdu);
            return rlrq ? UserInformation{rlrq->user_information, {}} : UserInformation{};
        }
        default: {
            const auto rlre = acse::decode_rlre(apdu);
            return rlre ? UserInformation{rlre->user_information, {}} : UserInformation{};
        }
    }
}

/// What is sealed in a good APDU: its content, or that of its user-information.
std::optional<Sealed> find_sealed(ByteView apdu) {
    UserInformation information;
    if (is_acse(apdu[0])) {
        information = user_information(apdu);
        if (!information.octets || information.octets->empty()) {
            return std::nullopt;
        }
        apdu = *information.octets;
    }
    if (!is_ciphered(apdu[0])) {
        return std::nullopt;
    }
    const Result<CipheredApdu> decoded = decode_ciphered_apdu(apdu);
    std::optional<Sealed> result = decoded ? sealed_in(*decoded) : std::nullopt;
    if (result && information.system_title &&
        information.system_title->size() == system_title_size) {
        result->system_title = *information.system_title;
    }
    return result;
}

/// Additional data: SC, AK, header, and the content itself where it is not encrypted. Secret.
SecretBytes additional_data(const Sealed& sealed, ByteView header, const DecodeKeys& keys) {
    const ProtectedContent& content = sealed.content;
    ByteBuffer data;
    data.push_back(content.security_control.raw());
    const ByteView key = keys.authentication_key.reveal();
    data.reserve(1 + key.size() + header.size() + content.ciphertext.size());
    data.insert(data.end(), key.begin(), key.end());
    data.insert(data.end(), header.begin(), header.end());
    if (!content.security_control.is_encrypted()) {
        data.insert(data.end(), content.ciphertext.begin(), content.ciphertext.end());
    }
    SecretBytes result(data);
    wipe(data);
    return result;
}

security::GcmIv iv_of(const Sealed& sealed, const DecodeKeys& keys) {
    security::GcmIv iv{};
    const ByteView title =
        sealed.system_title.empty() ? ByteView(keys.system_title) : sealed.system_title;
    std::copy_n(title.begin(), std::min(title.size(), system_title_size), iv.begin());
    for (std::size_t i = 0; i < 4; ++i) {
        iv[system_title_size + i] =
            static_cast<Byte>(sealed.content.invocation_counter >> (24 - 8 * i));
    }
    return iv;
}

Result<ByteBuffer> open(const Sealed& sealed, const DecodeKeys& keys) {
    const ProtectedContent& content = sealed.content;
    const SecurityControl control = content.security_control;
    const std::size_t key_size = control.suite() == 2 ? 32 : 16;
    if (keys.encryption_key.size() != key_size ||
        (control.is_authenticated() && keys.authentication_key.size() != key_size)) {
        return fail(ErrorCode::out_of_range, Layer::security);
    }
    if (control.is_compressed()) {
        return fail(ErrorCode::unsupported_compression, Layer::security);
    }
    const ByteView key = keys.encryption_key.reveal();
    const security::GcmIv iv = iv_of(sealed, keys);
    if (!control.is_authenticated()) {
        return control.is_encrypted() ? security::gcm_decipher(key, iv, {}, content.ciphertext, {})
                                      : Result<ByteBuffer>(to_buffer(content.ciphertext));
    }
    const ByteView ciphertext = control.is_encrypted() ? content.ciphertext : ByteView{};
    Result<ByteBuffer> plaintext = fail(ErrorCode::tag_mismatch, Layer::security);
    for (const ByteBuffer* header : {&sealed.header, &sealed.header_without_lengths}) {
        const SecretBytes additional = additional_data(sealed, *header, keys);
        plaintext = security::gcm_decipher(key, iv, additional.reveal(), ciphertext, content.tag);
        if (plaintext || header->empty()) {
            break;
        }
    }
    if (plaintext && !control.is_encrypted()) {
        return to_buffer(content.ciphertext);
    }
    return plaintext;
}

/// Opens what is sealed, and shows it.
Status put_plaintext(Json& json, ByteView apdu, Decoding& decoding) {
    const DecodeKeys* keys = decoding.keys();
    if (keys == nullptr || keys->encryption_key.empty()) {
        return {};
    }
    const std::optional<Sealed> found = find_sealed(apdu);
    if (!found) {
        return {};
    }
    const Result<ByteBuffer> plaintext = open(*found, *keys);
    if (!plaintext) {
        return std::unexpected(plaintext.error());
    }
    json["plaintext"] = to_hex(*plaintext);
    const Result<Json> decoded = apdu_json(*plaintext, decoding);
    json["plaintext_decoded"] = decoded ? *decoded : Json();
    return {};
}

/// The APDU inside an envelope that hides nothing; nothing for another one.
std::optional<ByteView> open_content(ByteView apdu) {
    const Result<CipheredApdu> decoded = decode_ciphered_apdu(apdu);
    if (!decoded) {
        return std::nullopt;
    }
    if (const auto* signing = std::get_if<GeneralSigning>(&*decoded)) {
        return signing->content;
    }
    const auto* general = std::get_if<GeneralCiphering>(&*decoded);
    const bool is_clear = general != nullptr && !general->content.security_control.is_encrypted() &&
                          !general->content.security_control.is_compressed();
    return is_clear ? std::optional(general->content.ciphertext) : std::nullopt;
}

/// Shows up to two envelopes that hide nothing as `outer` and `inner`, and the APDU in them as
/// `content`.
void put_envelopes(Json& json, ByteView apdu, Decoding& decoding) {
    std::optional<ByteView> content = open_content(apdu);
    if (!content) {
        return;
    }
    json["outer"] = json["apdu"];
    const std::optional<ByteView> inner = open_content(*content);
    if (inner) {
        const Result<Json> inner_json = ciphered_json(*content, decoding);
        json["inner"] = inner_json ? *inner_json : Json();
        content = inner;
    }
    const Result<Json> decoded = apdu_json(*content, decoding);
    json["content"] = decoded ? *decoded : Json();
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
    std::visit([&](const auto& envelope) { write(json, envelope); }, *decoded);
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
        json["plaintext"] = nullptr;
        json["plaintext_error"] = describe(opened.error());
    }
    return {};
}

void put_apdu_or_error(Json& json, ByteView apdu, Decoding& decoding) {
    const Status decoded = put_apdu(json, apdu, decoding);
    if (decoded) {
        return;
    }
    json["apdu_error"] = describe(decoded.error());
    if (const std::string_view option = accepting_option(apdu); !option.empty()) {
        json["accepting_option"] = option;
    }
}

std::optional<ByteBuffer> plaintext_of(ByteView apdu, const DecodeKeys* keys) {
    if (keys == nullptr || keys->encryption_key.empty() || apdu.empty()) {
        return std::nullopt;
    }
    const std::optional<Sealed> found = find_sealed(apdu);
    Result<ByteBuffer> plaintext =
        found ? open(*found, *keys) : fail(ErrorCode::out_of_range, Layer::security);
    return plaintext ? std::optional(std::move(*plaintext)) : std::nullopt;
}

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
    return json;
}

}  // namespace dlms::render::detail
