#include "stack/acse/field_codec.hpp"

namespace dlms::acse::field {
namespace {

constexpr std::uint8_t integer_tag = static_cast<std::uint8_t>(ber::UniversalTag::integer);
constexpr std::uint8_t octet_string_tag =
    static_cast<std::uint8_t>(ber::UniversalTag::octet_string);
constexpr std::uint8_t object_identifier_tag =
    static_cast<std::uint8_t>(ber::UniversalTag::object_identifier);
constexpr std::uint8_t application_context_tag = 0xA1;

}  // namespace

Fields::Fields(ByteView octets, std::uint8_t apdu_tag, std::span<const std::uint8_t> order)
    : reader_(octets, Layer::acse), content_({}, Layer::acse), order_(order) {
    const std::uint8_t first = reader_.peek();
    if (!octets.empty() && first != apdu_tag) {
        reader_.fail(ErrorCode::unknown_tag);
    }
    content_ = ber::read_outer_element(reader_).content;
}

std::uint32_t Fields::place_of(std::uint8_t tag) const {
    std::uint32_t place = 0;
    while (place < order_.size() && order_[place] != tag) {
        ++place;
    }
    return place;
}

bool Fields::next(ber::Element& element) {
    if (!reader_.ok() || content_.at_end()) {
        return false;
    }
    element = ber::read_inner_element(content_);
    if (content_.ok()) {
        const std::uint32_t place = place_of(element.tag);
        if (place == order_.size()) {
            content_.fail_at(ErrorCode::unknown_tag, element.offset);
        } else if ((seen_ >> place & 1) != 0) {
            content_.fail_at(ErrorCode::repeated_field, element.offset);
        } else if (seen_ >> place != 0) {
            content_.fail_at(ErrorCode::field_order, element.offset);
        } else {
            seen_ |= std::uint32_t{1} << place;
        }
    }
    if (!content_.ok()) {
        reader_.fail(content_.error());
        return false;
    }
    return true;
}

void Fields::close(ber::Element& element) {
    element.content.expect_end();
    if (!element.content.ok()) {
        reader_.fail(element.content.error());
    }
}

void Fields::require(std::uint8_t tag) {
    if ((seen_ >> place_of(tag) & 1) == 0) {
        reader_.fail(ErrorCode::missing_field);
    }
}

void Fields::finish() {
    if (!content_.ok()) {
        reader_.fail(content_.error());
    }
    reader_.expect_end();
}

ByteView read_octet_string(Reader& content) {
    return ber::read_only_element(content, octet_string_tag).rest();
}

std::int64_t read_integer(Reader& content) {
    Reader integer = ber::read_only_element(content, integer_tag);
    const std::int64_t value = ber::read_integer_content(integer);
    if (!integer.ok()) {
        content.fail(integer.error());
    }
    return value;
}

std::uint8_t read_code(Reader& content, std::uint8_t last, const Tolerance& tolerance) {
    const std::size_t where = content.offset();
    const std::int64_t value = read_integer(content);
    const std::int64_t highest = tolerance.keep_unknown_codes ? 0xFF : last;
    if (value < 0 || value > highest) {
        content.fail_at(ErrorCode::unknown_value, where);
        return 0;
    }
    return static_cast<std::uint8_t>(value);
}

AuthenticationValue read_authentication_value(Reader& content) {
    ber::Element choice = ber::read_inner_element(content);
    switch (static_cast<AuthenticationValueKind>(choice.tag)) {
        case AuthenticationValueKind::charstring:
        case AuthenticationValueKind::external:
        case AuthenticationValueKind::other: break;
        case AuthenticationValueKind::bitstring: {
            Reader bits = choice.content;
            ber::read_bit_string_content(bits);
            if (!bits.ok()) {
                content.fail(bits.error());
            }
            break;
        }
        default: content.fail_at(ErrorCode::unknown_choice, choice.offset);
    }
    return {static_cast<AuthenticationValueKind>(choice.tag), choice.content.rest()};
}

ApplicationContextName read_application_context(Reader& content, const Tolerance& tolerance) {
    const std::size_t where = content.offset();
    const ApplicationContextName name(
        ber::read_only_element(content, object_identifier_tag).rest());
    if (!tolerance.keep_unknown_names && !name.known()) {
        content.fail_at(ErrorCode::unknown_object_identifier, where);
    }
    return name;
}

MechanismName read_mechanism(Reader& content, const Tolerance& tolerance) {
    const std::size_t where = content.offset();
    const MechanismName name(content.rest());
    if (!tolerance.keep_unknown_names && !name.known()) {
        content.fail_at(ErrorCode::unknown_object_identifier, where);
    }
    return name;
}

void write_octet_string(Writer& writer, std::uint8_t tag, ByteView octets) {
    ber::write_constructed(writer, tag,
                           [&] { ber::write_element(writer, octet_string_tag, octets); });
}

void write_integer(Writer& writer, std::uint8_t tag, std::int64_t value) {
    ber::write_constructed(writer, tag, [&] { ber::write_integer(writer, integer_tag, value); });
}

void write_authentication_value(Writer& writer, std::uint8_t tag,
                                const AuthenticationValue& value) {
    ber::write_constructed(writer, tag, [&] {
        ber::write_element(writer, static_cast<std::uint8_t>(value.kind), value.octets);
    });
}

void write_application_context(Writer& writer, const ApplicationContextName& context) {
    ber::write_constructed(writer, application_context_tag, [&] {
        ber::write_element(writer, object_identifier_tag, context.object_identifier());
    });
}

void write_optional(Writer& writer, std::uint8_t tag, const std::optional<ber::BitString>& bits) {
    if (bits) {
        ber::write_bit_string(writer, tag, *bits);
    }
}

void write_optional_octet_string(Writer& writer, std::uint8_t tag,
                                 const std::optional<ByteView>& octets) {
    if (octets) {
        write_octet_string(writer, tag, *octets);
    }
}

void write_optional_integer(Writer& writer, std::uint8_t tag,
                            const std::optional<std::int64_t>& value) {
    if (value) {
        write_integer(writer, tag, *value);
    }
}

void write_optional(Writer& writer, std::uint8_t tag, const std::optional<MechanismName>& name) {
    if (name) {
        ber::write_element(writer, tag, name->object_identifier());
    }
}

void write_optional(Writer& writer, std::uint8_t tag,
                    const std::optional<AuthenticationValue>& value) {
    if (value) {
        write_authentication_value(writer, tag, *value);
    }
}

void write_optional_content(Writer& writer, std::uint8_t tag,
                            const std::optional<ByteView>& content) {
    if (content) {
        ber::write_element(writer, tag, *content);
    }
}

}  // namespace dlms::acse::field
