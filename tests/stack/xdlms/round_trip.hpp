#pragma once
// Decodes and encodes again: what most tests of a service ask.

#include <string>
#include <string_view>
#include <variant>

#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

namespace dlms::testing {

template <class Apdu>
std::string encoded(const Apdu& apdu) {
    return written([&](Writer& writer) { encode(writer, apdu); });
}

template <class... Apdus>
std::string encoded(const std::variant<Apdus...>& apdu) {
    return std::visit([](const auto& alternative) { return encoded(alternative); }, apdu);
}

/// The encoding of what `decode` makes of the octets, or the error as outcome() writes it.
template <class Decode>
std::string round_trip(std::string_view hex, Decode&& decode) {
    const ExactBuffer buffer(octets(hex));
    const auto decoded = decode(buffer.view());
    return decoded ? encoded(*decoded) : outcome(decoded);
}

}  // namespace dlms::testing
