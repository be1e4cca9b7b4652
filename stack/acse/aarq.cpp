#include "stack/acse/aarq.hpp"

#include <array>

#include "stack/acse/field_codec.hpp"

namespace dlms::acse {
namespace {

constexpr std::array<std::uint8_t, 15> order{0x80, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7,
                                             0xA8, 0xA9, 0x8A, 0x8B, 0xAC, 0xBD, 0xBE};

void read_field(Aarq& aarq, ber::Element& element, const Tolerance& tolerance) {
    Reader& content = element.content;
    switch (element.tag) {
        case 0x80: aarq.protocol_version = ber::read_bit_string_content(content); break;
        case 0xA1:
            aarq.application_context = field::read_application_context(content, tolerance);
            break;
        case 0xA2: aarq.called_ap_title = field::read_octet_string(content); break;
        case 0xA3: aarq.called_ae_qualifier = field::read_octet_string(content); break;
        case 0xA4: aarq.called_ap_invocation_id = field::read_integer(content); break;
        case 0xA5: aarq.called_ae_invocation_id = field::read_integer(content); break;
        case 0xA6: aarq.calling_ap_title = field::read_octet_string(content); break;
        case 0xA7: aarq.calling_ae_qualifier = field::read_octet_string(content); break;
        case 0xA8: aarq.calling_ap_invocation_id = field::read_integer(content); break;
        case 0xA9: aarq.calling_ae_invocation_id = field::read_integer(content); break;
        case 0x8A: aarq.sender_acse_requirements = ber::read_bit_string_content(content); break;
        case 0x8B: aarq.mechanism = field::read_mechanism(content, tolerance); break;
        case 0xAC:
            aarq.calling_authentication_value = field::read_authentication_value(content);
            break;
        case 0xBD: aarq.implementation_information = content.rest(); break;
        case 0xBE: aarq.user_information = field::read_octet_string(content); break;
        default: content.fail_at(ErrorCode::unknown_tag, element.offset); break;
    }
}

}  // namespace

Result<Aarq> decode_aarq(ByteView octets, const Tolerance& tolerance) {
    field::Fields fields(octets, Aarq::tag, order);
    Aarq aarq;
    ber::Element element{0, 0, Reader({}, Layer::acse)};
    while (fields.next(element)) {
        read_field(aarq, element, tolerance);
        fields.close(element);
    }
    fields.require(0xA1);
    fields.finish();
    if (!fields.ok()) {
        return fields.failure();
    }
    return aarq;
}

void encode(Writer& writer, const Aarq& aarq) {
    ber::write_constructed(writer, Aarq::tag, [&] {
        field::write_optional(writer, 0x80, aarq.protocol_version);
        field::write_application_context(writer, aarq.application_context);
        field::write_optional_octet_string(writer, 0xA2, aarq.called_ap_title);
        field::write_optional_octet_string(writer, 0xA3, aarq.called_ae_qualifier);
        field::write_optional_integer(writer, 0xA4, aarq.called_ap_invocation_id);
        field::write_optional_integer(writer, 0xA5, aarq.called_ae_invocation_id);
        field::write_optional_octet_string(writer, 0xA6, aarq.calling_ap_title);
        field::write_optional_octet_string(writer, 0xA7, aarq.calling_ae_qualifier);
        field::write_optional_integer(writer, 0xA8, aarq.calling_ap_invocation_id);
        field::write_optional_integer(writer, 0xA9, aarq.calling_ae_invocation_id);
        field::write_optional(writer, 0x8A, aarq.sender_acse_requirements);
        field::write_optional(writer, 0x8B, aarq.mechanism);
        field::write_optional(writer, 0xAC, aarq.calling_authentication_value);
        field::write_optional_content(writer, 0xBD, aarq.implementation_information);
        field::write_optional_octet_string(writer, 0xBE, aarq.user_information);
    });
}

}  // namespace dlms::acse
