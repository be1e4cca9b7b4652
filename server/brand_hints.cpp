#include "server/brand_hints.hpp"

#include <array>

#include "client/meter_profile.hpp"

namespace dlms::service {

namespace {

using namespace cosem::literals;

struct Hint {
    cosem::AttributeDescriptor attribute;
    render::OctetEncoding encoding;
};

constexpr std::array hexcell{
    Hint{{1, "0-0:96.1.0.255"_obis, 2}, render::OctetEncoding::bcd},
    Hint{{1, "1-0:129.129.2.255"_obis, 2}, render::OctetEncoding::bcd},
};

}  // namespace

render::OctetHint octet_hint_of_brand(std::string_view brand) {
    if (&client::profile_of_brand(brand) != &client::profile_of_brand("hexcell")) {
        return {};
    }
    return [](const cosem::AttributeDescriptor& attribute) -> std::optional<render::OctetEncoding> {
        for (const Hint& hint : hexcell) {
            if (hint.attribute == attribute) {
                return hint.encoding;
            }
        }
        return std::nullopt;
    };
}

}  // namespace dlms::service
