#pragma once
// `dlms decode --jsonl`: one JSON object a line in, one a line out.

#include <istream>
#include <ostream>

#include "render/decode.hpp"

namespace dlms::cli {

/// Characters of the longest text that is decoded: octets in hexadecimal, with room for separators.
inline constexpr std::size_t max_decode_text = 4 * render::max_decode_octets;

/// An error of decode(): `offset`, `code` and `message`.
render::Json decode_error_json(const Error& error, ByteView octets);

/// Reads one JSON object a line (`id`, `layer`, `hex`, `keys`) and writes one a line: `id`,
/// `valid`, and `decoded` or `error`. Lines that are no such object are answered with an error too.
void decode_json_lines(std::istream& in, std::ostream& out);

}  // namespace dlms::cli
