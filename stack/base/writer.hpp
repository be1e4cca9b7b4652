#pragma once
// Writer: appends octets to the caller's buffer up to a limit. Sticky: after the first error
// nothing more is written and ok() is false.

#include <cstdint>
#include <limits>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"

namespace dlms {

class Writer {
public:
    static constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

    /// Appends to `buffer`, which must outlive the writer, at most `limit` octets.
    explicit Writer(ByteBuffer& buffer, std::size_t limit = no_limit)
        : buffer_(buffer), start_(buffer.size()), limit_(limit) {}

    bool ok() const { return !failed_; }
    /// Octets written since construction.
    std::size_t size() const { return buffer_.size() - start_; }

    void u8(std::uint8_t value) {
        if (room(1)) {
            buffer_.push_back(value);
        }
    }
    void u16(std::uint16_t value) { big_endian<2>(value); }
    void u32(std::uint32_t value) { big_endian<4>(value); }
    void u64(std::uint64_t value) { big_endian<8>(value); }
    void bytes(ByteView view) {
        if (room(view.size())) {
            buffer_.insert(buffer_.end(), view.begin(), view.end());
        }
    }

    /// Marks the value as impossible to write; the caller learns it from ok().
    void fail() { failed_ = true; }

    /// A place for a one-octet length to be known later; fill it with back_fill_length().
    std::size_t length_placeholder() {
        const std::size_t place = buffer_.size();
        u8(0);
        return place;
    }
    /// Puts the number of octets written since the placeholder into it, making room for the long
    /// form (81 nn, 82 nnnn, 84 nnnnnnnn) where it is needed.
    void back_fill_length(std::size_t place);

private:
    bool room(std::size_t count) {
        if (failed_ || count > limit_ - size()) {
            failed_ = true;
            return false;
        }
        return true;
    }
    template <std::size_t N>
    void big_endian(std::uint64_t value) {
        if (!room(N)) {
            return;
        }
        for (std::size_t i = N; i-- > 0;) {
            buffer_.push_back(static_cast<Byte>(value >> (8 * i)));
        }
    }

    ByteBuffer& buffer_;
    std::size_t start_;
    std::size_t limit_;
    bool failed_ = false;
};

}  // namespace dlms
