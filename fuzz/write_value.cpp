// The value of a /write: the first octets choose the attribute, the type asked for and what the
// meter shows at present, the rest is the value's JSON. It becomes a sound Data of the type asked
// for, or is refused with a reason; no exception leaves.

#include <array>
#include <string>

#include "fuzz/property.hpp"
#include "server/json_requests.hpp"
#include "server/json_write.hpp"
#include "stack/base/hex.hpp"

namespace {

using namespace dlms;
using namespace dlms::cosem::literals;

constexpr std::array<cosem::AttributeDescriptor, 6> attributes{{
    {1, "0-0:96.50.0.255"_obis, 2},
    {3, "1-0:1.8.0.255"_obis, 2},
    {8, "0-0:1.0.0.255"_obis, 2},
    {20, "0-0:13.0.0.255"_obis, 5},
    {22, "0-0:15.0.0.255"_obis, 4},
    {70, "0-0:96.3.10.255"_obis, 4},
}};

constexpr std::array<const char*, 5> present_values{
    "00", "06000004D2", "090C07E80601060C000000FFC400", "0203110112000209023031", "010211011102"};

std::optional<axdr::Data> present_value(Byte choice) {
    const std::size_t index = choice % (present_values.size() + 1);
    if (index == present_values.size()) {
        return std::nullopt;
    }
    return axdr::Data::parse(from_hex(present_values[index]).value()).value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Feed feed({bytes, size});
    const Byte attribute = feed.octet();
    const Byte type = feed.octet();
    const Byte present_choice = feed.octet();
    // Through the request's own checks: what they let in is what write_value() must cope with.
    service::HttpRequest http;
    http.body = R"({"meter_number":"1","obis_code":"1.8.0","value":)";
    http.body += as_text(feed.octets(size));
    http.body += "}";
    auto request = service::parse_write(http);
    if (!request) {
        return 0;
    }
    request->attribute = attributes[attribute % attributes.size()];
    if (type != 0) {
        request->data_type = render::tag_from_json(render::Json(int{type}));
    }
    const auto present = present_value(present_choice);
    const std::optional<cosem::ScalerUnit> scaler_unit =
        present_choice % 2 == 0
            ? std::nullopt
            : std::optional(cosem::ScalerUnit{static_cast<std::int8_t>(present_choice),
                                              cosem::Unit::watt_hour});
    const service::WriteNeeds needs = service::write_needs(*request);
    fuzz::require(needs.present || !needs.required, "what is required is asked for");
    const auto value = service::write_value(*request, present, scaler_unit, {});
    if (!value) {
        fuzz::require(!value.error().empty(), "a refusal says why");
        return 0;
    }
    const auto again = axdr::Data::parse(ByteBuffer(to_buffer(value->encoded())));
    fuzz::require(again.has_value(), "what is made of a value is sound");
    fuzz::require(*again == *value, "and reads back the same");
    const render::Json json = render::Json::parse(request->value, nullptr, false);
    const bool names_type = json.is_object() && json.contains("type");
    fuzz::require(!request->data_type || names_type || value->tag() == *request->data_type,
                  "it has the type asked for, unless the value names its own");
    return 0;
}
