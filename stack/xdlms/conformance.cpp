#include "stack/xdlms/conformance.hpp"

#include <array>

namespace dlms::xdlms {

std::string_view name(ConformanceBit bit) {
    static constexpr std::array<std::string_view, conformance_bits> names{
        "reserved-zero",
        "general-protection",
        "general-block-transfer",
        "read",
        "write",
        "unconfirmed-write",
        "delta-value-encoding",
        "reserved-seven",
        "attribute0-supported-with-set",
        "priority-mgmt-supported",
        "attribute0-supported-with-get",
        "block-transfer-with-get-or-read",
        "block-transfer-with-set-or-write",
        "block-transfer-with-action",
        "multiple-references",
        "information-report",
        "data-notification",
        "access",
        "parameterized-access",
        "get",
        "set",
        "selective-access",
        "event-notification",
        "action",
    };
    const auto index = static_cast<std::size_t>(bit);
    return index < names.size() ? names[index] : std::string_view{};
}

}  // namespace dlms::xdlms
