#include "render/deciphering.hpp"

#include <algorithm>

#include "stack/acse/aare.hpp"
#include "stack/acse/aarq.hpp"
#include "stack/acse/rlre.hpp"
#include "stack/acse/rlrq.hpp"
#include "stack/security/aes_gcm.hpp"
#include "stack/security/key_wrap.hpp"
#include "stack/security/protected_content.hpp"
#include "stack/security/service_tag.hpp"
#include "stack/security/system_title.hpp"

namespace dlms::render::detail {
namespace {

using namespace xdlms;

constexpr std::size_t system_title_size = 8;

Sealed sealed(const GeneralCiphering& apdu) {
    Sealed result;
    result.content = apdu.content;
    result.system_title = apdu.header.originator_system_title;
    result.key_info = apdu.key_info;
    Writer with(result.header);
    Writer without(result.header_without_lengths);
    security::write_additional_header(with, apdu.header, security::HeaderForm::with_lengths);
    security::write_additional_header(without, apdu.header, security::HeaderForm::without_lengths);
    return result;
}

/// Of everything but general-signing.
Sealed sealed_in(const CipheredApdu& apdu) {
    if (const auto* general = std::get_if<GeneralCiphering>(&apdu)) {
        return sealed(*general);
    }
    Sealed result;
    if (const auto* service = std::get_if<ServiceCiphering>(&apdu)) {
        result.content = service->content;
        if (const auto announced = security::ciphered_service(service->tag)) {
            result.service = announced->service;
        }
    } else if (const auto* named = std::get_if<GeneralGloDedCiphering>(&apdu)) {
        result.content = named->content;
        result.system_title = named->system_title;
    }
    return result;
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

/// Security control and authentication key. Secret.
SecretBytes additional_prefix(const Sealed& sealed, const DecodeKeys& keys) {
    const ByteView key = keys.authentication_key.reveal();
    ByteBuffer prefix(1 + key.size());
    prefix[0] = sealed.content.security_control.raw();
    std::ranges::copy(key, prefix.begin() + 1);
    SecretBytes result(prefix);
    wipe(prefix);
    return result;
}

ByteView title_of(const Sealed& sealed, const DecodeKeys& keys) {
    return sealed.system_title.empty() ? ByteView(keys.system_title) : sealed.system_title;
}

/// Whose title is of 8 octets, as obstacle() makes sure.
Result<security::GcmIv> iv_of(const Sealed& sealed, const DecodeKeys& keys) {
    const auto title = security::SystemTitle::from(title_of(sealed, keys));
    if (!title) {
        return std::unexpected(title.error());
    }
    return security::make_iv(*title,
                             security::InvocationCounter(sealed.content.invocation_counter));
}

std::size_t key_size(SecurityControl control) {
    return control.suite() == 2 ? 32 : 16;
}

const WrappedKey* wrapped_key(const Sealed& sealed) {
    return sealed.key_info ? std::get_if<WrappedKey>(&*sealed.key_info) : nullptr;
}

Result<ByteBuffer> open_with(ByteView key, const Sealed& sealed, const DecodeKeys& keys) {
    const ProtectedContent& content = sealed.content;
    const bool is_encrypted = content.security_control.is_encrypted();
    const Result<security::GcmIv> iv = iv_of(sealed, keys);
    if (!iv) {
        return std::unexpected(iv.error());
    }
    if (!content.security_control.is_authenticated() || !is_verified(sealed, keys)) {
        return security::gcm_decipher(key, *iv, {}, content.ciphertext, {});
    }
    auto cipher = security::AesGcm::create(key);
    if (!cipher) {
        return std::unexpected(cipher.error());
    }
    ByteBuffer plaintext(is_encrypted ? content.ciphertext.size() : 0);
    const SecretBytes prefix = additional_prefix(sealed, keys);
    Status opened;
    for (const ByteBuffer* header : {&sealed.header, &sealed.header_without_lengths}) {
        opened = security::open_authenticated(*cipher, *iv, content, {prefix.reveal(), *header},
                                              plaintext);
        if (opened || header->empty()) {
            break;
        }
    }
    if (!opened) {
        return std::unexpected(opened.error());
    }
    return is_encrypted ? std::move(plaintext) : to_buffer(content.ciphertext);
}

/// Whether the encryption key is that of the message itself, which no key-info can hold.
bool opens_with_message_key(const Sealed& sealed, const DecodeKeys& keys) {
    const SecurityControl control = sealed.content.security_control;
    const std::size_t size = key_size(control);
    return control.is_authenticated() && keys.encryption_key.size() == size &&
           keys.authentication_key.size() == size &&
           title_of(sealed, keys).size() == system_title_size &&
           open_with(keys.encryption_key.reveal(), sealed, keys).has_value();
}

}  // namespace

std::optional<Sealed> find_sealed(ByteView apdu) {
    UserInformation information;
    if (!apdu.empty() && is_acse(apdu[0])) {
        information = user_information(apdu);
        apdu = information.octets.value_or(ByteView{});
    }
    for (int depth = 0; depth < deepest_envelope && !apdu.empty() && is_ciphered(apdu[0]);
         ++depth) {
        const Result<CipheredApdu> decoded = decode_ciphered_apdu(apdu);
        if (!decoded) {
            return std::nullopt;
        }
        if (const auto* signing = std::get_if<GeneralSigning>(&*decoded)) {
            apdu = signing->content;
            continue;
        }
        Sealed result = sealed_in(*decoded);
        if (information.system_title && information.system_title->size() == system_title_size) {
            result.system_title = *information.system_title;
        }
        return result;
    }
    return std::nullopt;
}

std::string obstacle(const Sealed& sealed, const DecodeKeys& keys) {
    const SecurityControl control = sealed.content.security_control;
    const std::size_t size = key_size(control);
    const std::string octets = " of " + std::to_string(size) + " octets";
    if (control.is_compressed()) {
        return "it is compressed, which is not supported";
    }
    if (!control.is_encrypted() && !control.is_authenticated()) {
        return {};
    }
    if (sealed.key_info && std::holds_alternative<AgreedKey>(*sealed.key_info)) {
        return opens_with_message_key(sealed, keys)
                   ? ""
                   : "its key is agreed by the two sides, and not among the keys";
    }
    if (const WrappedKey* wrapped = wrapped_key(sealed)) {
        if (keys.key_encrypting_key.size() != size) {
            if (opens_with_message_key(sealed, keys)) {
                return {};
            }
            return "its key is wrapped, and there is no key encrypting key" + octets;
        }
        if (wrapped->key_ciphered_data.size() != size + security::key_wrap_overhead) {
            return "the key wrapped in it is not one" + octets;
        }
    } else if (keys.encryption_key.size() != size) {
        return "there is no encryption key" + octets;
    }
    if (control.is_authenticated() && keys.authentication_key.size() != size &&
        is_verified(sealed, keys)) {
        return "there is no authentication key" + octets;
    }
    return title_of(sealed, keys).size() == system_title_size
               ? ""
               : "there is no system title of 8 octets";
}

bool is_verified(const Sealed& sealed, const DecodeKeys& keys) {
    const SecurityControl control = sealed.content.security_control;
    return !(keys.opens_unverified && keys.authentication_key.empty() &&
             control.is_authenticated() && control.is_encrypted());
}

Result<ByteBuffer> open(const Sealed& sealed, const DecodeKeys& keys) {
    const SecurityControl control = sealed.content.security_control;
    if (!control.is_encrypted() && !control.is_authenticated()) {
        return to_buffer(sealed.content.ciphertext);
    }
    const WrappedKey* const wrapped = wrapped_key(sealed);
    if (wrapped && keys.key_encrypting_key.size() == key_size(control)) {
        const Result<SecretBytes> key =
            security::aes_key_unwrap(keys.key_encrypting_key.reveal(), wrapped->key_ciphered_data);
        return key ? open_with(key->reveal(), sealed, keys) : std::unexpected(key.error());
    }
    return open_with(keys.encryption_key.reveal(), sealed, keys);
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

}  // namespace dlms::render::detail
