#include "stack/axdr/utf8.hpp"

namespace dlms::axdr {
namespace {

struct Form {
    std::size_t following;  ///< continuation octets
    Byte lowest_second;     ///< smallest second octet of a shortest form
    Byte highest_second;    ///< largest second octet inside Unicode and outside surrogates
};

/// What may follow a first octet; following == 0 for ASCII and, with lowest > highest, for none.
constexpr Form form_of(Byte first) {
    if (first < 0x80) {
        return {0, 0x80, 0xBF};
    }
    if (first >= 0xC2 && first <= 0xDF) {
        return {1, 0x80, 0xBF};
    }
    if (first >= 0xE0 && first <= 0xEF) {
        const Byte lowest = first == 0xE0 ? 0xA0 : 0x80;
        const Byte highest = first == 0xED ? 0x9F : 0xBF;
        return {2, lowest, highest};
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const Byte lowest = first == 0xF0 ? 0x90 : 0x80;
        const Byte highest = first == 0xF4 ? 0x8F : 0xBF;
        return {3, lowest, highest};
    }
    return {0, 1, 0};
}

}  // namespace

bool is_utf8(ByteView octets) {
    std::size_t i = 0;
    while (i < octets.size()) {
        const Form form = form_of(octets[i]);
        if (form.lowest_second > form.highest_second || octets.size() - i - 1 < form.following) {
            return false;
        }
        for (std::size_t k = 1; k <= form.following; ++k) {
            const Byte lowest = k == 1 ? form.lowest_second : Byte{0x80};
            const Byte highest = k == 1 ? form.highest_second : Byte{0xBF};
            if (octets[i + k] < lowest || octets[i + k] > highest) {
                return false;
            }
        }
        i += form.following + 1;
    }
    return true;
}

}  // namespace dlms::axdr
