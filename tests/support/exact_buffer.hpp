#pragma once
// ExactBuffer: octets in a heap block of exactly their size, so that the address sanitizer sees a
// decoder that reads a single octet too far.

#include <algorithm>
#include <memory>

#include "stack/base/bytes.hpp"

namespace dlms::testing {

class ExactBuffer {
public:
    explicit ExactBuffer(ByteView octets)
        : octets_(std::make_unique_for_overwrite<Byte[]>(octets.size())), size_(octets.size()) {
        std::ranges::copy(octets, octets_.get());
    }

    /// Valid as long as this buffer.
    ByteView view() const& { return {octets_.get(), size_}; }
    ByteView view() const&& = delete;

private:
    std::unique_ptr<Byte[]> octets_;
    std::size_t size_;
};

}  // namespace dlms::testing
