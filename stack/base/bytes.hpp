#pragma once
// Octets: the one spelling of "view of octets" and "owned octets" in the project.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace dlms {

using Byte = std::uint8_t;

/// Octets owned by somebody else. Valid as long as the owner says; never stored past a call
/// unless a header states until when.
using ByteView = std::span<const Byte>;

/// Owned octets.
using ByteBuffer = std::vector<Byte>;

inline ByteView as_bytes(std::string_view text) {
    // Octets and characters alias by the language's own rule.
    return {reinterpret_cast<const Byte*>(text.data()), text.size()};
}

inline std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The number in the first N octets, most significant first. `bytes` must hold as many.
template <std::size_t N>
constexpr std::uint64_t big_endian(ByteView bytes) {
    // One expression, which compilers turn into a load and a byte swap.
    return [bytes]<std::size_t... I>(std::index_sequence<I...>) {
        return ((std::uint64_t{bytes[I]} << (8 * (N - 1 - I))) | ...);
    }(std::make_index_sequence<N>());
}

inline ByteBuffer to_buffer(ByteView bytes) {
    return {bytes.begin(), bytes.end()};
}

}  // namespace dlms
