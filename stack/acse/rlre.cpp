#include "stack/acse/rlre.hpp"

#include <array>

#include "stack/acse/field_codec.hpp"

namespace dlms::acse {
namespace {

constexpr std::array<std::uint8_t, 2> order{0x80, 0xBE};

ReleaseResponseReason read_reason(Reader& content, const Tolerance& tolerance) {
    const std::size_t where = content.offset();
    const std::int64_t value = ber::read_integer_content(content);
    if (value < 0 || value > 0xFF) {
        content.fail_at(ErrorCode::unknown_value, where);
        return {};
    }
    const auto reason = static_cast<ReleaseResponseReason>(value);
    if (!tolerance.keep_unknown_codes && name(reason).empty()) {
        content.fail_at(ErrorCode::unknown_value, where);
    }
    return reason;
}

}  // namespace

Result<Rlre> decode_rlre(ByteView octets, const Tolerance& tolerance) {
    field::Fields fields(octets, Rlre::tag, order);
    Rlre rlre;
    ber::Element element{0, 0, Reader({}, Layer::acse)};
    while (fields.next(element)) {
        if (element.tag == 0x80) {
            rlre.reason = read_reason(element.content, tolerance);
        } else {
            rlre.user_information = field::read_octet_string(element.content);
        }
        fields.close(element);
    }
    fields.finish();
    if (!fields.ok()) {
        return fields.failure();
    }
    return rlre;
}

void encode(Writer& writer, const Rlre& rlre) {
    ber::write_constructed(writer, Rlre::tag, [&] {
        if (rlre.reason) {
            ber::write_integer(writer, 0x80, static_cast<std::int64_t>(*rlre.reason));
        }
        field::write_optional_octet_string(writer, 0xBE, rlre.user_information);
    });
}

}  // namespace dlms::acse
