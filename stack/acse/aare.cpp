#include "stack/acse/aare.hpp"

#include <array>

#include "stack/acse/field_codec.hpp"

namespace dlms::acse {
namespace {

constexpr std::array<std::uint8_t, 13> order{0x80, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6,
                                             0xA7, 0x88, 0x89, 0xAA, 0xBD, 0xBE};

Diagnostic read_diagnostic(Reader& content, const Tolerance& tolerance) {
    ber::Element choice = ber::read_inner_element(content);
    std::uint8_t code = 0;
    switch (static_cast<DiagnosticSource>(choice.tag)) {
        case DiagnosticSource::acse_service_user:
            code = field::read_code(
                choice.content, static_cast<std::uint8_t>(UserDiagnostic::authentication_required),
                tolerance);
            break;
        case DiagnosticSource::acse_service_provider:
            code = field::read_code(
                choice.content,
                static_cast<std::uint8_t>(ProviderDiagnostic::no_common_acse_version), tolerance);
            break;
        default: content.fail_at(ErrorCode::unknown_choice, choice.offset); break;
    }
    if (!choice.content.ok()) {
        content.fail(choice.content.error());
    }
    return {static_cast<DiagnosticSource>(choice.tag), code};
}

void read_field(Aare& aare, ber::Element& element, const Tolerance& tolerance) {
    Reader& content = element.content;
    switch (element.tag) {
        case 0x80: aare.protocol_version = ber::read_bit_string_content(content); break;
        case 0xA1:
            aare.application_context = field::read_application_context(content, tolerance);
            break;
        case 0xA2:
            aare.result = static_cast<AssociationResult>(field::read_code(
                content, static_cast<std::uint8_t>(AssociationResult::rejected_transient),
                tolerance));
            break;
        case 0xA3: aare.diagnostic = read_diagnostic(content, tolerance); break;
        case 0xA4: aare.responding_ap_title = field::read_octet_string(content); break;
        case 0xA5: aare.responding_ae_qualifier = field::read_octet_string(content); break;
        case 0xA6: aare.responding_ap_invocation_id = field::read_integer(content); break;
        case 0xA7: aare.responding_ae_invocation_id = field::read_integer(content); break;
        case 0x88: aare.responder_acse_requirements = ber::read_bit_string_content(content); break;
        case 0x89: aare.mechanism = field::read_mechanism(content, tolerance); break;
        case 0xAA:
            aare.responding_authentication_value = field::read_authentication_value(content);
            break;
        case 0xBD: aare.implementation_information = content.rest(); break;
        case 0xBE: aare.user_information = field::read_octet_string(content); break;
        default: content.fail_at(ErrorCode::unknown_tag, element.offset); break;
    }
}

}  // namespace

Result<Aare> decode_aare(ByteView octets, const Tolerance& tolerance) {
    field::Fields fields(octets, Aare::tag, order);
    Aare aare;
    ber::Element element{0, 0, Reader({}, Layer::acse)};
    while (fields.next(element)) {
        read_field(aare, element, tolerance);
        fields.close(element);
    }
    fields.require(0xA1);
    fields.require(0xA2);
    fields.require(0xA3);
    fields.finish();
    if (!fields.ok()) {
        return fields.failure();
    }
    return aare;
}

void encode(Writer& writer, const Aare& aare) {
    ber::write_constructed(writer, Aare::tag, [&] {
        field::write_optional(writer, 0x80, aare.protocol_version);
        field::write_application_context(writer, aare.application_context);
        field::write_integer(writer, 0xA2, static_cast<std::int64_t>(aare.result));
        ber::write_constructed(writer, 0xA3, [&] {
            field::write_integer(writer, static_cast<std::uint8_t>(aare.diagnostic.source),
                                 aare.diagnostic.code);
        });
        field::write_optional_octet_string(writer, 0xA4, aare.responding_ap_title);
        field::write_optional_octet_string(writer, 0xA5, aare.responding_ae_qualifier);
        field::write_optional_integer(writer, 0xA6, aare.responding_ap_invocation_id);
        field::write_optional_integer(writer, 0xA7, aare.responding_ae_invocation_id);
        field::write_optional(writer, 0x88, aare.responder_acse_requirements);
        field::write_optional(writer, 0x89, aare.mechanism);
        field::write_optional(writer, 0xAA, aare.responding_authentication_value);
        field::write_optional_content(writer, 0xBD, aare.implementation_information);
        field::write_optional_octet_string(writer, 0xBE, aare.user_information);
    });
}

}  // namespace dlms::acse
