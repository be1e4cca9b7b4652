// Values as JSON: the first octet chooses the attribute, the rest is a Data. Everything that a
// meter can say is shown without an exception as valid JSON, and `raw` writes back the same value.

#include <array>

#include "fuzz/property.hpp"
#include "render/data_tree.hpp"
#include "render/json_data.hpp"

namespace {

using namespace dlms;
using namespace dlms::cosem::literals;

constexpr std::array<cosem::AttributeDescriptor, 6> attributes{{
    {1, "0-0:96.1.0.255"_obis, 2},
    {3, "1-0:1.8.0.255"_obis, 2},
    {5, "1-0:1.4.0.255"_obis, 3},
    {8, "0-0:1.0.0.255"_obis, 2},
    {20, "0-0:13.0.0.255"_obis, 5},
    {22, "0-0:15.0.0.255"_obis, 4},
}};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Feed feed({bytes, size});
    const Byte choice = feed.octet();
    const auto data = axdr::parse_data(feed.octets(size));
    if (!data) {
        return 0;
    }
    const cosem::AttributeDescriptor& attribute = attributes[choice % attributes.size()];
    const cosem::ScalerUnit scaler_unit{static_cast<std::int8_t>(choice), cosem::Unit::watt_hour};
    const render::ShownValue shown = render::show_value(attribute, *data, scaler_unit, {});
    fuzz::require(!members(shown, {}).dump().empty(), "every value has JSON");
    fuzz::require(!text(shown).empty() || shown.value == "", "every value has a text");
    fuzz::require(!render::data_tree(*data).dump().empty(), "every value has a tree");

    const render::WriteTarget target{attribute, data->tag(), *data, scaler_unit};
    const bool is_list = data->elements().has_value();
    const auto written = data_from_json(
        is_list ? render::Json{{"hex", shown.raw}} : render::Json{{"raw", shown.raw}}, target, {});
    const bool has_raw = !shown.raw.is_null() && !data->bit_string();
    fuzz::require(!has_raw || written, "what is shown as raw can be written");
    fuzz::require(!has_raw || render::show_value(attribute, written->view(), scaler_unit, {}).raw ==
                                  shown.raw,
                  "raw writes back the same value");
    return 0;
}
