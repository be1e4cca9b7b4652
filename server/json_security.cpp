#include "server/json_security.hpp"

#include <array>

#include "client/meter_security.hpp"
#include "stack/base/hex.hpp"

namespace dlms::service {
namespace {

constexpr std::size_t longest_name = 128;

// PEM as it stands in a file, or DER in hexadecimal; the text it came as is wiped.
ByteBuffer read_file_text(JsonFields& fields, const char* name) {
    constexpr std::size_t longest = 32 * 1024;
    auto text = fields.text({name}, longest);
    if (!text) {
        return {};
    }
    ByteBuffer octets;
    if (text->find("-----BEGIN ") != std::string::npos) {
        octets = to_buffer(as_bytes(*text));
    } else if (auto der = from_hex(*text); der && !der->empty()) {
        octets = std::move(*der);
    } else {
        fields.fail(name, "value is neither PEM nor DER in hexadecimal", "value_error");
    }
    wipe(std::span(reinterpret_cast<Byte*>(text->data()), text->size()));
    return octets;
}

std::optional<security::SystemTitle> read_title(JsonFields& fields, const char* name) {
    const auto octets = fields.octets({name}, security::SystemTitle::size);
    if (!octets) {
        return std::nullopt;
    }
    const auto title = security::SystemTitle::from(*octets);
    if (!title) {
        fields.fail(name, "a system title is 8 octets in hexadecimal", "value_error");
        return std::nullopt;
    }
    return *title;
}

}  // namespace

std::optional<SecretBytes> read_key(JsonFields& fields, JsonFields::Names names) {
    auto text = fields.text(names, 64);
    if (!text) {
        return std::nullopt;
    }
    std::optional<SecretBytes> key;
    if (text->size() == 16) {
        key.emplace(as_bytes(*text));
    } else if (auto octets = from_hex(*text);
               octets && (octets->size() == 16 || octets->size() == 32)) {
        key.emplace(*octets);
        wipe(*octets);
    } else {
        fields.fail(*names.begin(),
                    "a key is 16 octets (32 in security_suite 2) in hexadecimal, or 16 characters",
                    "value_error");
    }
    wipe(std::span(reinterpret_cast<Byte*>(text->data()), text->size()));
    return key;
}

std::optional<cosem::ObisCode> read_obis(JsonFields& fields, const char* name,
                                         const std::string& example) {
    const auto text = fields.text({name}, longest_name);
    if (!text) {
        return std::nullopt;
    }
    const auto code = cosem::ObisCode::parse(*text);
    if (!code) {
        fields.fail(name, "'" + *text + "' is not an OBIS code such as " + example, "value_error");
        return std::nullopt;
    }
    return *code;
}

HandshakeRequest read_handshake(JsonFields& fields) {
    HandshakeRequest request;
    if (const auto user = fields.integer({"user_id"}, 0, 0xFF)) {
        request.user_id = static_cast<std::uint8_t>(*user);
    }
    if (const auto size = fields.integer({"challenge_size"}, 8, 64)) {
        request.challenge_size = static_cast<std::uint8_t>(*size);
    }
    request.authentication_object = read_obis(fields, "authentication_object", "0-0:40.0.0.255");
    if (const auto name = fields.integer({"authentication_name"}, 0, 0xFFFF)) {
        request.authentication_name = static_cast<std::uint16_t>(*name);
    }
    request.omits_system_title = fields.boolean({"omit_system_title"}).value_or(false);
    request.opens_unverified = fields.boolean({"open_unverified"}).value_or(false);
    request.header_without_lengths = fields.boolean({"header_without_lengths"}).value_or(false);
    return request;
}

SecurityRequest read_security(JsonFields& fields) {
    constexpr std::array<std::string_view, 4> levels{"none", "authentication", "encryption",
                                                     "authenticated_encryption"};
    SecurityRequest request;
    if (const auto level = fields.choice({"security"}, levels)) {
        request.level = static_cast<SecurityChoice>(*level);
    }
    if (const auto suite = fields.integer({"security_suite"}, 0, 2)) {
        request.suite = static_cast<std::uint8_t>(*suite);
    }
    request.encryption_key = read_key(fields, {"encryption_key"});
    if (auto older = read_key(fields, {"aes_key"}); older && !request.encryption_key) {
        request.encryption_key = std::move(older);
    }
    request.authentication_key = read_key(fields, {"authentication_key"});
    request.master_key = read_key(fields, {"master_key"});
    request.broadcast_key = read_key(fields, {"broadcast_key"});
    if (const auto envelope = fields.choice({"envelope"}, client::envelope_names)) {
        request.envelope = static_cast<association::Envelope>(*envelope);
        request.names_envelope = true;
    }
    constexpr std::array<std::string_view, 3> signings{"none", "inside", "outside"};
    if (const auto signing = fields.choice({"signing"}, signings)) {
        request.signing = static_cast<SigningChoice>(*signing);
    }
    request.dedicated_key = read_key(fields, {"dedicated_key"}).has_value();
    request.system_title = read_title(fields, "system_title");
    request.meter_system_title = read_title(fields, "meter_system_title");
    request.counter_object = read_obis(fields, "invocation_counter_obis", "0-0:43.1.0.255");
    request.trusts_high_counter =
        fields.boolean({"trust_invocation_counter"}).value_or(request.trusts_high_counter);
    request.handshake = read_handshake(fields);
    if (ByteBuffer key = read_file_text(fields, "signing_key"); !key.empty()) {
        request.signing_key.emplace(key);
        wipe(key);
    }
    if (ByteBuffer key = read_file_text(fields, "agreement_key"); !key.empty()) {
        request.agreement_key.emplace(key);
        wipe(key);
    }
    request.meter_agreement_certificate = read_file_text(fields, "meter_agreement_certificate");
    request.signing_certificate = read_file_text(fields, "signing_certificate");
    request.meter_certificate = read_file_text(fields, "meter_certificate");
    request.meter_authority = read_file_text(fields, "meter_authority");
    return request;
}

}  // namespace dlms::service
