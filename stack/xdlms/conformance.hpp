#pragma once
// The conformance block (COSEMpdu; sheet section 3): which services an association may use.

#include <cstdint>
#include <string_view>

namespace dlms::xdlms {

/// Bit numbers; bit 0 is the most significant of the first octet.
enum class ConformanceBit : std::uint8_t {
    reserved_zero = 0,
    general_protection = 1,
    general_block_transfer = 2,
    read = 3,
    write = 4,
    unconfirmed_write = 5,
    delta_value_encoding = 6,
    reserved_seven = 7,
    attribute0_supported_with_set = 8,
    priority_mgmt_supported = 9,
    attribute0_supported_with_get = 10,
    block_transfer_with_get_or_read = 11,
    block_transfer_with_set_or_write = 12,
    block_transfer_with_action = 13,
    multiple_references = 14,
    information_report = 15,
    data_notification = 16,
    access = 17,
    parameterized_access = 18,
    get = 19,
    set = 20,
    selective_access = 21,
    event_notification = 22,
    action = 23,
};

inline constexpr int conformance_bits = 24;

/// The standard's name, for example "block-transfer-with-get-or-read".
std::string_view name(ConformanceBit bit);

class Conformance {
public:
    constexpr Conformance() = default;
    /// From the three octets as one number, for example 0x007E1F.
    constexpr explicit Conformance(std::uint32_t raw) : raw_(raw & 0xFFFFFF) {}

    constexpr std::uint32_t raw() const { return raw_; }
    constexpr bool has(ConformanceBit bit) const { return (raw_ & mask(bit)) != 0; }
    constexpr Conformance with(ConformanceBit bit) const { return Conformance(raw_ | mask(bit)); }
    constexpr Conformance without(ConformanceBit bit) const {
        return Conformance(raw_ & ~mask(bit));
    }
    constexpr bool empty() const { return raw_ == 0; }

    friend constexpr Conformance operator&(Conformance a, Conformance b) {
        return Conformance(a.raw_ & b.raw_);
    }
    friend constexpr bool operator==(Conformance, Conformance) = default;

private:
    static constexpr std::uint32_t mask(ConformanceBit bit) {
        return 0x800000u >> static_cast<unsigned>(bit);
    }

    std::uint32_t raw_ = 0;
};

}  // namespace dlms::xdlms
