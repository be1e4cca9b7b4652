#include "stack/security/service_tag.hpp"

#include <array>

#include "stack/base/bytes.hpp"

namespace dlms::security {
namespace {

using xdlms::ApduTag;

/// One of the table's columns by the other, 0 for none: asked for every APDU, so that the names are
/// looked at once.
struct Tags {
    std::array<Byte, 256> global{};
    std::array<Byte, 256> dedicated{};
    std::array<Byte, 256> service{};

    Tags() {
        // Distances in the standard's table: the services of short names, and of logical names.
        for (std::size_t octet = 0x00; octet < 0x20; ++octet) {
            add(octet, 0x20, 0x40);
        }
        for (std::size_t octet = 0xC0; octet < 0xC8; ++octet) {
            add(octet, 0x08, 0x10);
        }
    }

private:
    void add(std::size_t octet, std::size_t to_global, std::size_t to_dedicated) {
        if (name_of(octet + to_global).starts_with("glo-") &&
            name_of(octet + to_dedicated).starts_with("ded-")) {
            global[octet] = static_cast<Byte>(octet + to_global);
            dedicated[octet] = static_cast<Byte>(octet + to_dedicated);
            service[octet + to_global] = static_cast<Byte>(octet);
            service[octet + to_dedicated] = static_cast<Byte>(octet);
        }
    }
    static std::string_view name_of(std::size_t octet) {
        return xdlms::name(static_cast<ApduTag>(octet));
    }
};

const Tags& tags() {
    static const Tags table;
    return table;
}

std::optional<ApduTag> found(const std::array<Byte, 256>& column, ApduTag tag) {
    const Byte octet = column[static_cast<std::uint8_t>(tag)];
    return octet == 0 ? std::nullopt : std::optional(static_cast<ApduTag>(octet));
}

}  // namespace

std::optional<ApduTag> global_tag(ApduTag service) {
    return found(tags().global, service);
}

std::optional<ApduTag> dedicated_tag(ApduTag service) {
    return found(tags().dedicated, service);
}

std::optional<CipheredService> ciphered_service(ApduTag tag) {
    const std::optional<ApduTag> service = found(tags().service, tag);
    if (!service) {
        return std::nullopt;
    }
    return CipheredService{*service, dedicated_tag(*service) == tag};
}

}  // namespace dlms::security
