#pragma once
// Invoke-Id-And-Priority (COSEMpdu): one octet in front of every LN service.

#include "stack/base/strong.hpp"

namespace dlms::xdlms {

class InvokeIdAndPriority {
public:
    constexpr InvokeIdAndPriority() = default;
    constexpr explicit InvokeIdAndPriority(std::uint8_t raw) : raw_(raw) {}
    /// The usual one of a client: confirmed; `id` 0 to 15.
    static constexpr InvokeIdAndPriority confirmed(InvokeId id, bool high_priority) {
        const unsigned priority = high_priority ? 0x80u : 0u;
        return InvokeIdAndPriority(static_cast<std::uint8_t>(0x40u | priority | id.value()));
    }

    constexpr std::uint8_t raw() const { return raw_; }
    constexpr InvokeId invoke_id() const {
        return InvokeId(static_cast<std::uint8_t>(raw_ & 0x0F));
    }
    constexpr bool is_confirmed() const { return (raw_ & 0x40) != 0; }
    constexpr bool is_high_priority() const { return (raw_ & 0x80) != 0; }

    friend constexpr bool operator==(InvokeIdAndPriority, InvokeIdAndPriority) = default;

private:
    std::uint8_t raw_ = 0;
};

}  // namespace dlms::xdlms
