#include "stack/acse/application_context.hpp"

#include <array>

namespace dlms::acse {
namespace {

using ObjectIdentifier = std::array<Byte, 7>;

constexpr std::array<ObjectIdentifier, 4> object_identifiers{{
    {0x60, 0x85, 0x74, 0x05, 0x08, 0x01, 0x01},
    {0x60, 0x85, 0x74, 0x05, 0x08, 0x01, 0x02},
    {0x60, 0x85, 0x74, 0x05, 0x08, 0x01, 0x03},
    {0x60, 0x85, 0x74, 0x05, 0x08, 0x01, 0x04},
}};

constexpr std::array<std::string_view, 4> names{"LN", "SN", "LN-ciphered", "SN-ciphered"};

/// Place in the tables; past their end for a value that is not in them.
constexpr std::size_t index(ApplicationContext context) {
    return static_cast<std::size_t>(context) - 1;
}

}  // namespace

std::string_view name(ApplicationContext context) {
    return index(context) < names.size() ? names[index(context)] : std::string_view{};
}

ApplicationContextName::ApplicationContextName(ApplicationContext context)
    : object_identifier_(
          object_identifiers[index(context) < object_identifiers.size() ? index(context) : 0]) {}

std::optional<ApplicationContext> ApplicationContextName::known() const {
    for (std::size_t i = 0; i < object_identifiers.size(); ++i) {
        if (as_text(object_identifiers[i]) == as_text(object_identifier_)) {
            return static_cast<ApplicationContext>(i + 1);
        }
    }
    return std::nullopt;
}

}  // namespace dlms::acse
