#include "stack/base/writer.hpp"

#include <array>

namespace dlms {

void Writer::back_fill_length(std::size_t place) {
    if (failed_) {
        return;
    }
    const std::size_t length = buffer_.size() - place - 1;
    if (length < 0x80) {
        buffer_[place] = static_cast<Byte>(length);
        return;
    }
    if (length > 0xFFFFFFFFu) {
        failed_ = true;
        return;
    }
    const std::size_t octets = length <= 0xFF ? 1 : length <= 0xFFFF ? 2 : 4;
    if (!room(octets)) {
        return;
    }
    std::array<Byte, 4> encoded{};
    for (std::size_t i = 0; i < octets; ++i) {
        encoded[i] = static_cast<Byte>(length >> (8 * (octets - 1 - i)));
    }
    buffer_[place] = static_cast<Byte>(0x80 | octets);
    const auto after = buffer_.begin() + static_cast<std::ptrdiff_t>(place) + 1;
    buffer_.insert(after, encoded.begin(), encoded.begin() + static_cast<std::ptrdiff_t>(octets));
}

}  // namespace dlms
