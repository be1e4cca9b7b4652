#pragma once
// ApduQueue: the APDUs that an association wants to send, in order. Buffers are used again, so that
// a conversation of single APDUs allocates nothing once it runs.

#include <optional>
#include <vector>

#include "stack/base/bytes.hpp"
#include "stack/base/secret.hpp"

namespace dlms::association {

class ApduQueue {
public:
    /// An empty buffer at the end of the queue, for the caller to fill.
    ByteBuffer& push() {
        if (taken_ == filled_) {
            taken_ = filled_ = 0;
        }
        if (filled_ == buffers_.size()) {
            buffers_.emplace_back();
        }
        ByteBuffer& buffer = buffers_[filled_++];
        buffer.clear();
        return buffer;
    }
    /// The next APDU, once; valid until the next push(), clear() or wipe().
    std::optional<ByteView> poll() {
        if (taken_ == filled_) {
            return std::nullopt;
        }
        return ByteView(buffers_[taken_++]);
    }
    bool empty() const { return taken_ == filled_; }
    void clear() { taken_ = filled_ = 0; }
    /// clear(), and nothing of the APDUs stays in memory: one may have held a password.
    void wipe() {
        for (ByteBuffer& buffer : buffers_) {
            dlms::wipe(buffer);
        }
        clear();
    }

private:
    std::vector<ByteBuffer> buffers_;
    std::size_t filled_ = 0;
    std::size_t taken_ = 0;
};

}  // namespace dlms::association
