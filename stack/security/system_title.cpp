#include "stack/security/system_title.hpp"

#include <algorithm>
#include <cctype>

#include "stack/base/hex.hpp"

namespace dlms::security {

Result<SystemTitle> SystemTitle::from(ByteView octets) {
    if (octets.size() != size) {
        return fail(ErrorCode::wrong_system_title, Layer::security);
    }
    std::array<Byte, size> copy{};
    std::ranges::copy(octets, copy.begin());
    return SystemTitle(copy);
}

Result<SystemTitle> SystemTitle::from_hex(std::string_view digits) {
    // Digits and nothing else: the reader of hexadecimal text would skip separators.
    const auto is_digit = [](unsigned char c) { return std::isxdigit(c) != 0; };
    if (digits.size() != 2 * size || !std::ranges::all_of(digits, is_digit)) {
        return fail(ErrorCode::wrong_system_title, Layer::security);
    }
    const Result<ByteBuffer> octets = dlms::from_hex(digits);
    return octets ? from(*octets) : fail(ErrorCode::wrong_system_title, Layer::security);
}

std::string SystemTitle::hex() const {
    return to_hex(octets_);
}

}  // namespace dlms::security
