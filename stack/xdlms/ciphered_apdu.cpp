#include "stack/xdlms/ciphered_apdu.hpp"

#include <array>

#include "stack/xdlms/service_reader.hpp"

namespace dlms::xdlms {
namespace {

bool is_general_glo_ded(ApduTag tag) {
    return tag == ApduTag::general_glo_ciphering || tag == ApduTag::general_ded_ciphering;
}

bool is_service_ciphering(ApduTag tag) {
    // Asked for every APDU: the names are looked at once.
    static const auto table = [] {
        std::array<bool, 256> is_ciphering{};
        for (std::size_t octet = 0; octet < is_ciphering.size(); ++octet) {
            const std::string_view text = name(static_cast<ApduTag>(octet));
            is_ciphering[octet] = text.starts_with("glo-") || text.starts_with("ded-");
        }
        return is_ciphering;
    }();
    return table[static_cast<std::uint8_t>(tag)];
}

std::size_t tag_size(const ProtectedContent& content) {
    return content.security_control.is_authenticated() ? ProtectedContent::tag_size : 0;
}

/// Takes length, security header and content, tag apart.
ProtectedContent read_protected_content(Reader& outer) {
    Reader reader = outer.sub_reader(axdr::read_checked_length(outer));
    ProtectedContent content;
    const std::size_t where = reader.offset();
    content.security_control = SecurityControl(reader.u8());
    if (content.security_control.suite() > SecurityControl::max_suite) {
        reader.fail_at(ErrorCode::unknown_value, where);
    }
    content.invocation_counter = reader.u32();
    const std::size_t tag = tag_size(content);
    if (reader.remaining() < tag) {
        reader.fail(ErrorCode::truncated);
    } else {
        content.ciphertext = reader.bytes(reader.remaining() - tag);
        content.tag = reader.bytes(tag);
    }
    if (!reader.ok()) {
        outer.fail(reader.error());
    }
    return content;
}

/// Length and security header.
void write_head(Writer& writer, const ProtectedContent& content, std::size_t ciphertext_size) {
    constexpr std::size_t header = 5;
    if (content.security_control.suite() > SecurityControl::max_suite) {
        writer.fail();
        return;
    }
    axdr::write_length(writer, header + ciphertext_size + tag_size(content));
    writer.u8(content.security_control.raw());
    writer.u32(content.invocation_counter);
}

/// Head, ciphertext and tag.
template <class Apdu>
void write_whole(Writer& writer, const Apdu& apdu) {
    if (apdu.content.tag.size() != tag_size(apdu.content)) {
        writer.fail();
    }
    encode_head(writer, apdu, apdu.content.ciphertext.size());
    writer.bytes(apdu.content.ciphertext);
    writer.bytes(apdu.content.tag);
}

GeneralHeader read_general_header(Reader& reader) {
    GeneralHeader header;
    header.transaction_id = axdr::read_octet_string(reader);
    header.originator_system_title = axdr::read_octet_string(reader);
    header.recipient_system_title = axdr::read_octet_string(reader);
    header.date_time = axdr::read_octet_string(reader);
    header.other_information = axdr::read_octet_string(reader);
    return header;
}

/// Takes an enumerated key identifier; one without a name is refused (unknown_value).
template <class Key>
Key read_key_id(Reader& reader) {
    const std::size_t where = reader.offset();
    const auto key = static_cast<Key>(reader.u8());
    if (name(key).empty()) {
        reader.fail_at(ErrorCode::unknown_value, where);
    }
    return key;
}

template <class Key>
void write_key_id(Writer& writer, Key key) {
    if (name(key).empty()) {
        writer.fail();
    }
    writer.u8(static_cast<std::uint8_t>(key));
}

KeyInfo read_key_info(Reader& reader) {
    const std::size_t where = reader.offset();
    switch (reader.u8()) {
        case 0: return read_key_id<IdentifiedKey>(reader);
        case 1: {
            WrappedKey key;
            key.kek_id = read_key_id<KeyEncryptingKey>(reader);
            key.key_ciphered_data = axdr::read_octet_string(reader);
            return key;
        }
        case 2: {
            AgreedKey key;
            key.key_parameters = axdr::read_octet_string(reader);
            key.key_ciphered_data = axdr::read_octet_string(reader);
            return key;
        }
        default: reader.fail_at(ErrorCode::unknown_choice, where); return IdentifiedKey{};
    }
}

void write(Writer& writer, const KeyInfo& key_info) {
    writer.u8(static_cast<std::uint8_t>(key_info.index()));
    if (const auto* identified = std::get_if<IdentifiedKey>(&key_info)) {
        write_key_id(writer, *identified);
    } else if (const auto* wrapped = std::get_if<WrappedKey>(&key_info)) {
        write_key_id(writer, wrapped->kek_id);
        axdr::write_octet_string(writer, wrapped->key_ciphered_data);
    } else {
        const auto& agreed = std::get<AgreedKey>(key_info);
        axdr::write_octet_string(writer, agreed.key_parameters);
        axdr::write_octet_string(writer, agreed.key_ciphered_data);
    }
}

Result<CipheredApdu> decode_general_ciphering(Reader& reader) {
    GeneralCiphering apdu;
    apdu.header = read_general_header(reader);
    if (axdr::read_presence(reader)) {
        apdu.key_info = read_key_info(reader);
    }
    apdu.content = read_protected_content(reader);
    return finish<CipheredApdu>(reader, apdu);
}

Result<CipheredApdu> decode_general_signing(Reader& reader) {
    GeneralSigning apdu;
    apdu.header = read_general_header(reader);
    apdu.content = axdr::read_octet_string(reader);
    apdu.signature = axdr::read_octet_string(reader);
    return finish<CipheredApdu>(reader, apdu);
}

}  // namespace

std::string_view name(IdentifiedKey key) {
    switch (key) {
        case IdentifiedKey::global_unicast_encryption_key: return "global-unicast-encryption-key";
        case IdentifiedKey::global_broadcast_encryption_key:
            return "global-broadcast-encryption-key";
    }
    return {};
}

std::string_view name(KeyEncryptingKey key) {
    return key == KeyEncryptingKey::master_key ? "master-key" : std::string_view();
}

std::string_view name(const KeyInfo& key_info) {
    constexpr std::array<std::string_view, 3> names{"identified-key", "wrapped-key", "agreed-key"};
    return names[key_info.index()];
}

bool is_ciphered_apdu(ApduTag tag) {
    return is_service_ciphering(tag) || is_general_glo_ded(tag) ||
           tag == ApduTag::general_ciphering || tag == ApduTag::general_signing;
}

Result<CipheredApdu> decode_ciphered_apdu(ByteView octets) {
    Reader reader(octets, Layer::xdlms);
    const auto tag = static_cast<ApduTag>(reader.u8());
    if (tag == ApduTag::general_ciphering) {
        return decode_general_ciphering(reader);
    }
    if (tag == ApduTag::general_signing) {
        return decode_general_signing(reader);
    }
    if (is_general_glo_ded(tag)) {
        GeneralGloDedCiphering apdu;
        apdu.tag = tag;
        apdu.system_title = axdr::read_octet_string(reader);
        apdu.content = read_protected_content(reader);
        return finish<CipheredApdu>(reader, apdu);
    }
    const Result<ServiceCiphering> service = decode_service_ciphering(octets);
    return service ? Result<CipheredApdu>(*service) : std::unexpected(service.error());
}

Result<ServiceCiphering> decode_service_ciphering(ByteView octets) {
    Reader reader(octets, Layer::xdlms);
    ServiceCiphering apdu;
    apdu.tag = static_cast<ApduTag>(reader.u8());
    if (reader.ok() && !is_service_ciphering(apdu.tag)) {
        reader.fail_at(ErrorCode::unknown_tag, 0);
    }
    apdu.content = read_protected_content(reader);
    return finish<ServiceCiphering>(reader, apdu);
}

void encode(Writer& writer, const ServiceCiphering& apdu) {
    write_whole(writer, apdu);
}

void encode(Writer& writer, const GeneralGloDedCiphering& apdu) {
    write_whole(writer, apdu);
}

void encode(Writer& writer, const GeneralCiphering& apdu) {
    write_whole(writer, apdu);
}

void encode(Writer& writer, const GeneralSigning& apdu) {
    writer.u8(static_cast<std::uint8_t>(ApduTag::general_signing));
    encode(writer, apdu.header);
    axdr::write_octet_string(writer, apdu.content);
    axdr::write_octet_string(writer, apdu.signature);
}

void encode_head(Writer& writer, const ServiceCiphering& apdu, std::size_t ciphertext_size) {
    if (!is_service_ciphering(apdu.tag)) {
        writer.fail();
    }
    writer.u8(static_cast<std::uint8_t>(apdu.tag));
    write_head(writer, apdu.content, ciphertext_size);
}

void encode_head(Writer& writer, const GeneralGloDedCiphering& apdu, std::size_t ciphertext_size) {
    if (!is_general_glo_ded(apdu.tag)) {
        writer.fail();
    }
    writer.u8(static_cast<std::uint8_t>(apdu.tag));
    axdr::write_octet_string(writer, apdu.system_title);
    write_head(writer, apdu.content, ciphertext_size);
}

void encode_head(Writer& writer, const GeneralCiphering& apdu, std::size_t ciphertext_size) {
    writer.u8(static_cast<std::uint8_t>(ApduTag::general_ciphering));
    encode(writer, apdu.header);
    writer.u8(apdu.key_info ? 1 : 0);
    if (apdu.key_info) {
        write(writer, *apdu.key_info);
    }
    write_head(writer, apdu.content, ciphertext_size);
}

void encode(Writer& writer, const GeneralHeader& header) {
    axdr::write_octet_string(writer, header.transaction_id);
    axdr::write_octet_string(writer, header.originator_system_title);
    axdr::write_octet_string(writer, header.recipient_system_title);
    axdr::write_octet_string(writer, header.date_time);
    axdr::write_octet_string(writer, header.other_information);
}

}  // namespace dlms::xdlms
