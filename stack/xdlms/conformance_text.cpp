#include "stack/xdlms/conformance_text.hpp"

#include <algorithm>
#include <optional>

#include "stack/base/hex.hpp"

namespace dlms::xdlms {
namespace {

constexpr Conformance reserved =
    Conformance().with(ConformanceBit::reserved_zero).with(ConformanceBit::reserved_seven);

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t";
    const std::size_t first = text.find_first_not_of(blanks);
    return first == std::string_view::npos
               ? std::string_view()
               : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::optional<ConformanceBit> bit_from_name(std::string_view text) {
    for (int i = 0; i < conformance_bits; ++i) {
        const auto bit = static_cast<ConformanceBit>(i);
        if (name(bit) == text && !reserved.has(bit)) {
            return bit;
        }
    }
    return std::nullopt;
}

}  // namespace

std::expected<Conformance, std::string> conformance_from_text(std::string_view text) {
    const auto octets = from_hex(text);
    if (octets && octets->size() == 3) {
        const Conformance block(std::uint32_t{(*octets)[0]} << 16 |
                                std::uint32_t{(*octets)[1]} << 8 | (*octets)[2]);
        if (!(block & reserved).empty()) {
            return std::unexpected("bits 0 and 7 are reserved");
        }
        return block;
    }
    Conformance block;
    while (true) {
        const std::size_t comma = text.find(',');
        const std::string_view word = trimmed(text.substr(0, comma));
        const auto bit = bit_from_name(word);
        if (!bit) {
            return std::unexpected(
                "a conformance block is three octets in hexadecimal, as 007E1F, or names such as "
                "get,set,general-block-transfer");
        }
        block = block.with(*bit);
        if (comma == std::string_view::npos) {
            return block;
        }
        text.remove_prefix(comma + 1);
    }
}

}  // namespace dlms::xdlms
