#include "stack/acse/mechanism.hpp"

#include <array>

namespace dlms::acse {
namespace {

using ObjectIdentifier = std::array<Byte, 7>;

constexpr std::array<ObjectIdentifier, 8> object_identifiers{{
    {0x60, 0x85, 0x74, 0x05, 0x08, 0x02, 0x00},
    {0x60, 0x85, 0x74, 0x05, 0x08, 0x02, 0x01},
    {0x60, 0x85, 0x74, 0x05, 0x08, 0x02, 0x02},
    {0x60, 0x85, 0x74, 0x05, 0x08, 0x02, 0x03},
    {0x60, 0x85, 0x74, 0x05, 0x08, 0x02, 0x04},
    {0x60, 0x85, 0x74, 0x05, 0x08, 0x02, 0x05},
    {0x60, 0x85, 0x74, 0x05, 0x08, 0x02, 0x06},
    {0x60, 0x85, 0x74, 0x05, 0x08, 0x02, 0x07},
}};

constexpr std::array<std::string_view, 8> names{"lowest",     "LLS",      "HLS-manufacturer",
                                                "HLS-MD5",    "HLS-SHA1", "HLS-GMAC",
                                                "HLS-SHA256", "HLS-ECDSA"};

constexpr std::size_t index(Mechanism mechanism) {
    return static_cast<std::size_t>(mechanism);
}

}  // namespace

std::string_view name(Mechanism mechanism) {
    return index(mechanism) < names.size() ? names[index(mechanism)] : std::string_view{};
}

MechanismName::MechanismName(Mechanism mechanism)
    : object_identifier_(
          object_identifiers[index(mechanism) < object_identifiers.size() ? index(mechanism) : 0]) {
}

std::optional<Mechanism> MechanismName::known() const {
    for (std::size_t i = 0; i < object_identifiers.size(); ++i) {
        if (as_text(object_identifiers[i]) == as_text(object_identifier_)) {
            return static_cast<Mechanism>(i);
        }
    }
    return std::nullopt;
}

}  // namespace dlms::acse
