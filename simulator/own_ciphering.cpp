#include "simulator/own_ciphering.hpp"

#include "stack/axdr/length.hpp"
#include "stack/security/aes_gcm.hpp"
#include "stack/security/service_tag.hpp"

namespace dlms::simulator {
namespace {

constexpr Byte authenticated_encryption = 0x30;

ByteBuffer additional_data(Byte control, const DeclaredSecurity& own) {
    ByteBuffer data{control};
    const ByteView key = own.keys.authentication->reveal();
    data.insert(data.end(), key.begin(), key.end());
    return data;
}

}  // namespace

bool is_ciphered(ByteView apdu) {
    return !apdu.empty() &&
           security::ciphered_service(static_cast<xdlms::ApduTag>(apdu[0])).has_value();
}

std::optional<OpenedApdu> open_own(ByteView apdu, const DeclaredSecurity& own) {
    if (!is_ciphered(apdu)) {
        return std::nullopt;
    }
    Reader reader(apdu, Layer::security);
    const Byte tag = reader.u8();
    axdr::read_length(reader);
    const Byte control = reader.u8();
    const security::InvocationCounter counter(reader.u32());
    const ByteView content = reader.rest();
    if (!reader.ok() || (control & authenticated_encryption) != authenticated_encryption ||
        content.size() < security::gcm_tag_size || !own.keys.unicast || !own.keys.authentication) {
        return std::nullopt;
    }
    auto plaintext = security::gcm_decipher(
        own.keys.unicast->reveal(), security::make_iv(*own.system_title, counter),
        additional_data(control, own), content.first(content.size() - security::gcm_tag_size),
        content.last(security::gcm_tag_size));
    return plaintext ? std::optional(OpenedApdu{tag, std::move(*plaintext), counter})
                     : std::nullopt;
}

ByteBuffer seal_own(const OpenedApdu& opened, const DeclaredSecurity& own) {
    if (!own.keys.unicast || !own.keys.authentication || !own.system_title) {
        return {};
    }
    const Byte control =
        static_cast<Byte>(authenticated_encryption | security::number_of(own.suite));
    const std::size_t size = opened.plaintext.size();
    ByteBuffer content(size + security::gcm_tag_size);
    auto cipher = security::AesGcm::create(own.keys.unicast->reveal());
    const ByteBuffer additional = additional_data(control, own);
    if (!cipher || !cipher->seal(security::make_iv(*own.system_title, opened.counter), {additional},
                                 opened.plaintext, std::span(content).first(size),
                                 std::span(content).subspan(size))) {
        return {};
    }
    constexpr std::size_t header = 5;
    ByteBuffer apdu;
    Writer writer(apdu);
    writer.u8(opened.tag);
    axdr::write_length(writer, header + content.size());
    writer.u8(control);
    writer.u32(opened.counter.value());
    writer.bytes(content);
    return apdu;
}

}  // namespace dlms::simulator
