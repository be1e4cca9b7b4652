#include "conformance/ciphering.hpp"

#include <array>

#include "conformance/verdict.hpp"
#include "stack/base/hex.hpp"
#include "stack/security/aes_gcm.hpp"
#include "stack/security/hls.hpp"
#include "stack/security/key_wrap.hpp"

namespace dlms::conformance {
namespace {

constexpr std::uint8_t authentication = 0x10;
constexpr std::uint8_t encryption = 0x20;

[[noreturn]] void cannot(const std::string& what) {
    throw CaseEnd{Verdict::inconclusive, what};
}

security::SystemTitle title_of(const Hex& hex) {
    const auto title = security::SystemTitle::from_hex(hex);
    if (!title) {
        cannot("a system title of 8 octets is needed, there is '" + hex + "'");
    }
    return *title;
}

security::AesGcm cipher_of(const Hex& key) {
    auto cipher = security::AesGcm::create(octets(key));
    if (!cipher) {
        cannot("the declaration has no key of 16 or 32 octets that is needed here");
    }
    return *std::move(cipher);
}

/// What security control and keys add to the octets under the tag.
ByteBuffer additional(const CipherKeys& keys, std::uint8_t security_control) {
    return octets(number(security_control, 1) + keys.authentication_key);
}

}  // namespace

Hex seal(const CipherKeys& keys, std::uint8_t security_control, std::uint32_t counter,
         std::string_view apdu) {
    security::AesGcm cipher = cipher_of(keys.encryption_key);
    const auto iv =
        security::make_iv(title_of(keys.originator), security::InvocationCounter(counter));
    const ByteBuffer plain = octets(apdu);
    const ByteBuffer added = additional(keys, security_control);
    const bool has_tag = (security_control & authentication) != 0;
    std::array<Byte, security::gcm_tag_size> tag{};
    ByteBuffer content = plain;
    Status status;
    if ((security_control & encryption) != 0) {
        status = has_tag ? cipher.seal(iv, {added}, plain, content, tag)
                         : cipher.seal(iv, {}, plain, content, {});
    } else if (has_tag) {
        status = cipher.seal(iv, {added, plain}, {}, {}, tag);
    }
    if (!status) {
        cannot("an APDU could not be ciphered");
    }
    return number(security_control, 1) + number(counter, 4) + to_hex(content) +
           (has_tag ? to_hex(tag) : "");
}

Hex ciphered_tag(std::string_view apdu, bool dedicated) {
    const std::uint64_t tag = number_at(apdu, 0, 1);
    if (tag >= 0xC0) {
        return number(tag + (dedicated ? 0x10 : 0x08), 1);
    }
    return number(tag + (dedicated ? 0x40 : 0x20), 1);
}

OpenedApdu open_sealed(const CipherKeys& keys, const Hex& apdu) {
    Cursor cursor(apdu);
    OpenedApdu opened;
    opened.tag = static_cast<std::uint8_t>(cursor.number(1));
    CipherKeys with = keys;
    if (opened.tag == 0xDB || opened.tag == 0xDC) {
        opened.title = cursor.counted();
        if (!opened.title.empty()) {
            with.originator = opened.title;
        }
    }
    const Hex content = cursor.counted();
    Cursor inner(content);
    opened.security_control = static_cast<std::uint8_t>(inner.number(1));
    opened.counter = static_cast<std::uint32_t>(inner.number(4));
    const ByteBuffer rest = octets(inner.rest());
    const bool has_tag = (opened.security_control & authentication) != 0;
    const std::size_t tag_size = has_tag ? security::gcm_tag_size : 0;
    if (rest.size() < tag_size) {
        throw CaseEnd{Verdict::failed, "a ciphered APDU too short for its tag: " + apdu};
    }
    const ByteView body = ByteView(rest).first(rest.size() - tag_size);
    const ByteView tag = ByteView(rest).subspan(body.size());
    const auto iv =
        security::make_iv(title_of(with.originator), security::InvocationCounter(opened.counter));
    ByteBuffer added = additional(with, opened.security_control);
    const bool is_encrypted = (opened.security_control & encryption) != 0;
    if (!is_encrypted) {
        added.insert(added.end(), body.begin(), body.end());
    }
    const auto plain = security::gcm_decipher(octets(with.encryption_key), iv,
                                              has_tag ? ByteView(added) : ByteView(),
                                              is_encrypted ? body : ByteView(), tag);
    if (!plain) {
        throw CaseEnd{Verdict::failed,
                      "the meter's ciphered APDU does not open under the declared keys: " + apdu};
    }
    opened.apdu = to_hex(is_encrypted ? ByteView(*plain) : body);
    return opened;
}

Hex wrap_key(const Hex& key_encrypting_key, const Hex& key) {
    const auto wrapped = security::aes_key_wrap(octets(key_encrypting_key), octets(key));
    if (!wrapped) {
        cannot("the key could not be wrapped: is the declared master_key right?");
    }
    return to_hex(*wrapped);
}

Hex hls_answer(const HlsParts& parts) {
    const auto mechanism = static_cast<security::HlsMechanism>(parts.mechanism);
    const ByteBuffer challenge = octets(parts.challenge);
    if (mechanism == security::HlsMechanism::gmac) {
        const auto control = static_cast<std::uint8_t>(authentication | parts.suite);
        security::AesGcm cipher = cipher_of(parts.keys.encryption_key);
        std::array<Byte, security::gcm_tag_size> tag{};
        const ByteBuffer added = additional(parts.keys, control);
        if (!cipher.seal(security::make_iv(title_of(parts.keys.originator),
                                           security::InvocationCounter(parts.counter)),
                         {added, challenge}, {}, {}, tag)) {
            cannot("the challenge could not be answered");
        }
        return number(control, 1) + number(parts.counter, 4) + to_hex(tag);
    }
    const ByteBuffer other = octets(parts.other_challenge);
    const security::SystemTitle none{std::array<Byte, 8>{}};
    const bool has_titles = mechanism == security::HlsMechanism::sha256;
    const security::HlsPass pass{challenge, other,
                                 has_titles ? title_of(parts.keys.originator) : none,
                                 has_titles ? title_of(parts.verifier) : none};
    const auto answer = security::hls_answer(mechanism, SecretBytes(octets(parts.secret)), pass);
    if (!answer) {
        cannot("the challenge could not be answered with the declared secret");
    }
    return to_hex(*answer);
}

}  // namespace dlms::conformance
