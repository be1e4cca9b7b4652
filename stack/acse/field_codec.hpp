#pragma once
// What the four ACSE APDUs share: their field loop, and the fields that occur in several.

#include <span>

#include "stack/acse/application_context.hpp"
#include "stack/acse/authentication_value.hpp"
#include "stack/acse/mechanism.hpp"
#include "stack/acse/tolerance.hpp"
#include "stack/ber/element.hpp"

namespace dlms::acse::field {

/// The fields of one APDU, taken in order. `order` holds every tag in the standard's order, at most
/// 32 of them.
class Fields {
public:
    Fields(ByteView octets, std::uint8_t apdu_tag, std::span<const std::uint8_t> order);

    /// True with the next field in `element`; false at the end or after an error.
    bool next(ber::Element& element);
    /// Takes over an error of the field's content, and checks that all of it was read.
    void close(ber::Element& element);
    /// Fails with missing_field unless the field was there.
    void require(std::uint8_t tag);
    /// The end of the APDU: fails with trailing_octets behind it.
    void finish();

    bool ok() const { return reader_.ok(); }
    std::unexpected<Error> failure() const { return reader_.failure(); }

private:
    std::uint32_t place_of(std::uint8_t tag) const;

    Reader reader_;
    Reader content_;
    std::span<const std::uint8_t> order_;
    std::uint32_t seen_ = 0;
};

// Each reads the whole content of a field; the content carries the error.
ByteView read_octet_string(Reader& content);
std::int64_t read_integer(Reader& content);
/// An integer of one octet that is not negative; `last` is the highest value of the table.
std::uint8_t read_code(Reader& content, std::uint8_t last, const Tolerance& tolerance);
AuthenticationValue read_authentication_value(Reader& content);
ApplicationContextName read_application_context(Reader& content, const Tolerance& tolerance);
MechanismName read_mechanism(Reader& content, const Tolerance& tolerance);

// Each writes a field with its tag.
void write_octet_string(Writer& writer, std::uint8_t tag, ByteView octets);
void write_integer(Writer& writer, std::uint8_t tag, std::int64_t value);
void write_authentication_value(Writer& writer, std::uint8_t tag, const AuthenticationValue& value);
void write_application_context(Writer& writer, const ApplicationContextName& context);

// The same for optional fields, which are left out when absent.
void write_optional(Writer& writer, std::uint8_t tag, const std::optional<ber::BitString>& bits);
void write_optional_octet_string(Writer& writer, std::uint8_t tag,
                                 const std::optional<ByteView>& octets);
void write_optional_integer(Writer& writer, std::uint8_t tag,
                            const std::optional<std::int64_t>& value);
void write_optional(Writer& writer, std::uint8_t tag, const std::optional<MechanismName>& name);
void write_optional(Writer& writer, std::uint8_t tag,
                    const std::optional<AuthenticationValue>& value);
void write_optional_content(Writer& writer, std::uint8_t tag,
                            const std::optional<ByteView>& content);

}  // namespace dlms::acse::field
