#pragma once
// Long-Invoke-Id-And-Priority (COSEMpdu): four octets in front of ACCESS and DataNotification.

#include <cstdint>

namespace dlms::xdlms {

class LongInvokeIdAndPriority {
public:
    static constexpr std::uint32_t max_invoke_id = 0xFFFFFF;
    static constexpr std::uint32_t self_descriptive_bit = 0x10000000;
    static constexpr std::uint32_t break_on_error_bit = 0x20000000;
    static constexpr std::uint32_t confirmed_bit = 0x40000000;
    static constexpr std::uint32_t high_priority_bit = 0x80000000;

    constexpr LongInvokeIdAndPriority() = default;
    constexpr explicit LongInvokeIdAndPriority(std::uint32_t raw) : raw_(raw) {}

    constexpr std::uint32_t raw() const { return raw_; }
    /// 0 to max_invoke_id.
    constexpr std::uint32_t invoke_id() const { return raw_ & max_invoke_id; }
    /// The answer repeats the specifications of the request.
    constexpr bool is_self_descriptive() const { return (raw_ & self_descriptive_bit) != 0; }
    /// After the first failure the remaining items are reported and not executed.
    constexpr bool breaks_on_error() const { return (raw_ & break_on_error_bit) != 0; }
    constexpr bool is_confirmed() const { return (raw_ & confirmed_bit) != 0; }
    constexpr bool is_high_priority() const { return (raw_ & high_priority_bit) != 0; }

    friend constexpr bool operator==(LongInvokeIdAndPriority, LongInvokeIdAndPriority) = default;

private:
    std::uint32_t raw_ = 0;
};

}  // namespace dlms::xdlms
