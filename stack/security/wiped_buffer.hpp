#pragma once
// Octets to work in, used again and again, that are wiped when they go.

#include "stack/base/secret.hpp"

namespace dlms::security {

class WipedBuffer {
public:
    WipedBuffer() = default;
    WipedBuffer(WipedBuffer&&) noexcept = default;
    WipedBuffer& operator=(WipedBuffer&& other) noexcept {
        wipe(octets_);
        octets_ = std::move(other.octets_);
        return *this;
    }
    WipedBuffer(const WipedBuffer&) = delete;
    WipedBuffer& operator=(const WipedBuffer&) = delete;
    ~WipedBuffer() { wipe(octets_); }

    /// The first `size` octets, whatever they hold; valid until the next call. Grows if it must.
    std::span<Byte> first(std::size_t size) {
        if (octets_.size() < size) {
            wipe(octets_);
            octets_ = ByteBuffer(size);
        }
        return std::span(octets_).first(size);
    }

private:
    ByteBuffer octets_;
};

}  // namespace dlms::security
