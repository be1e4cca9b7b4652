#pragma once
// What fuzz targets share: properties that must hold, and decisions taken from the input.

#include <cstdio>
#include <cstdlib>
#include <variant>

#include "stack/base/result.hpp"
#include "stack/base/writer.hpp"

/// libFuzzer's entry; its replay main calls it too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace dlms::fuzz {

/// Ends the program, which the fuzzer takes for a finding, unless the property holds.
inline void require(bool holds, const char* property) {
    if (!holds) {
        std::fprintf(stderr, "property violated: %s\n", property);
        std::abort();
    }
}

/// An error says where in the input it is.
inline void require_inside(const Error& error, ByteView input) {
    require(error.offset <= input.size(), "the error's offset lies within the input");
}

/// The one form of an APDU, or the alternative of a variant of forms.
template <class Form>
void encode_form(Writer& writer, const Form& form) {
    encode(writer, form);
}
template <class... Forms>
void encode_form(Writer& writer, const std::variant<Forms...>& apdu) {
    std::visit([&](const auto& form) { encode(writer, form); }, apdu);
}

/// What encode() appends; it must succeed.
template <class Apdu>
ByteBuffer encoded(const Apdu& apdu) {
    ByteBuffer buffer;
    Writer writer(buffer);
    encode_form(writer, apdu);
    require(writer.ok(), "what was decoded can be encoded");
    return buffer;
}

/// Decodes, encodes, and decodes again: the second encoding equals the first, and canonical input
/// comes back octet by octet. Returns whether the input was accepted.
template <class Decode>
bool round_trip(ByteView input, Decode decode) {
    const auto first = decode(input);
    if (!first) {
        require_inside(first.error(), input);
        return false;
    }
    const ByteBuffer canonical = encoded(*first);
    const auto second = decode(ByteView(canonical));
    require(second.has_value(), "our own encoding is accepted");
    require(encoded(*second) == canonical, "encode(decode(b)) == b for canonical b");
    return true;
}

/// The input as a list of decisions: zeros when it is used up.
class Feed {
public:
    explicit Feed(ByteView input) : rest_(input) {}

    bool empty() const { return rest_.empty(); }
    Byte octet() {
        const ByteView one = octets(1);
        return one.empty() ? Byte{0} : one[0];
    }
    /// Up to `count` octets, as many as are left.
    ByteView octets(std::size_t count) {
        const ByteView taken = rest_.first(count < rest_.size() ? count : rest_.size());
        rest_ = rest_.subspan(taken.size());
        return taken;
    }

private:
    ByteView rest_;
};

}  // namespace dlms::fuzz
