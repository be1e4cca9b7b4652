#include "render/brand_hints.hpp"

#include <array>

namespace dlms::render {
namespace {

using namespace cosem::literals;

struct Hint {
    cosem::AttributeDescriptor attribute;
    OctetEncoding encoding;
};

constexpr std::array hexcell{
    Hint{{1, "0-0:96.1.0.255"_obis, 2}, OctetEncoding::bcd},
    Hint{{1, "1-0:129.129.2.255"_obis, 2}, OctetEncoding::bcd},
};

}  // namespace

OctetHint octet_hint_of_profile(std::string_view profile) {
    if (profile != "hexcell") {
        return {};
    }
    return [](const cosem::AttributeDescriptor& attribute) -> std::optional<OctetEncoding> {
        for (const Hint& hint : hexcell) {
            if (hint.attribute == attribute) {
                return hint.encoding;
            }
        }
        return std::nullopt;
    };
}

}  // namespace dlms::render
