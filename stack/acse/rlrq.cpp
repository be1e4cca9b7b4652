#include "stack/acse/rlrq.hpp"

#include <array>

#include "stack/acse/field_codec.hpp"

namespace dlms::acse {
namespace {

constexpr std::array<std::uint8_t, 2> order{0x80, 0xBE};

ReleaseRequestReason read_reason(Reader& content, const Tolerance& tolerance) {
    const std::size_t where = content.offset();
    const std::int64_t value = ber::read_integer_content(content);
    if (value < 0 || value > 0xFF) {
        content.fail_at(ErrorCode::unknown_value, where);
        return {};
    }
    const auto reason = static_cast<ReleaseRequestReason>(value);
    if (!tolerance.keep_unknown_codes && name(reason).empty()) {
        content.fail_at(ErrorCode::unknown_value, where);
    }
    return reason;
}

}  // namespace

Result<Rlrq> decode_rlrq(ByteView octets, const Tolerance& tolerance) {
    field::Fields fields(octets, Rlrq::tag, order);
    Rlrq rlrq;
    ber::Element element{0, 0, Reader({}, Layer::acse)};
    while (fields.next(element)) {
        if (element.tag == 0x80) {
            rlrq.reason = read_reason(element.content, tolerance);
        } else {
            rlrq.user_information = field::read_octet_string(element.content);
        }
        fields.close(element);
    }
    fields.finish();
    if (!fields.ok()) {
        return fields.failure();
    }
    return rlrq;
}

void encode(Writer& writer, const Rlrq& rlrq) {
    ber::write_constructed(writer, Rlrq::tag, [&] {
        if (rlrq.reason) {
            ber::write_integer(writer, 0x80, static_cast<std::int64_t>(*rlrq.reason));
        }
        field::write_optional_octet_string(writer, 0xBE, rlrq.user_information);
    });
}

}  // namespace dlms::acse
