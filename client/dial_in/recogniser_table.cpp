#include <algorithm>
#include <array>

#include "client/dial_in/modem_frame.hpp"
#include "stack/base/hex.hpp"

namespace dlms::client::dial_in {
namespace {

constexpr std::size_t most_octets_of_number = 32;

constexpr std::array table{
    Recogniser{"hexcell", recognise_hexcell, nullptr},
    Recogniser{"hexing", recognise_hexing, recognise_hexing_wpdu},
    Recogniser{"any", nullptr, recognise_push},
};

bool is_mark_of_number(char character) {
    return (character >= '0' && character <= '9') || (character >= 'A' && character <= 'Z') ||
           (character >= 'a' && character <= 'z') || character == '-' || character == '_' ||
           character == '.';
}

}  // namespace

std::span<const Recogniser> recognisers() {
    return table;
}

bool is_serial_number(std::string_view text) {
    return !text.empty() && text.size() <= most_octets_of_number &&
           std::ranges::all_of(text, is_mark_of_number);
}

std::string serial_number_of(ByteView octets) {
    std::string text(octets.begin(), octets.end());
    if (is_serial_number(text)) {
        return text;
    }
    return octets.size() <= most_octets_of_number / 2 ? to_hex(octets) : std::string();
}

}  // namespace dlms::client::dial_in
