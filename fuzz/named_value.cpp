// Structured values as JSON: the first two octets choose the row of the class table and the
// attribute, the third whether a Data or a JSON text follows. A Data becomes JSON that is read back
// as the same Data; a JSON text becomes a sound Data or is refused with a reason.

#include <algorithm>

#include "fuzz/property.hpp"
#include "render/json_data.hpp"
#include "render/named_json.hpp"
#include "stack/cosem/interface_class.hpp"

namespace {

using namespace dlms;

void check_data(const render::WriteTarget& target, const cosem::ValueType& type, ByteView octets) {
    const auto data = axdr::parse_data(octets);
    if (!data) {
        return;
    }
    const render::Json json = render::named_json(*data, type);
    fuzz::require(!json.dump().empty(), "every value has JSON");
    const auto back = data_from_json(json, target, {});
    // Depth is counted in JSON too, where a type around a value takes a level of its own.
    fuzz::require(back || back.error().message.find("levels") != std::string::npos,
                  "what is shown can be written");
    if (back) {
        fuzz::require(render::named_json(back->view(), type) == json,
                      "and is shown the same again");
    }
}

void check_json(const render::WriteTarget& target, const cosem::ValueType& type,
                std::string_view text) {
    const render::Json json = render::Json::parse(text, nullptr, false);
    if (json.is_discarded()) {
        return;
    }
    const auto data = data_from_json(json, target, {});
    if (!data) {
        fuzz::require(data.error().message.starts_with("value"), "a refusal says where");
        return;
    }
    fuzz::require(axdr::parse_data(data->encoded()).has_value(), "what is made is sound");
    fuzz::require(!render::named_json(data->view(), type).is_discarded(), "and can be shown");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Feed feed({bytes, size});
    const auto rows = cosem::interface_classes();
    const cosem::InterfaceClass& row = rows[feed.octet() % rows.size()];
    const Byte choice = feed.octet();
    const bool is_json = feed.octet() % 2 == 1;
    if (row.attributes.empty()) {
        return 0;
    }
    const cosem::ClassAttribute& attribute = row.attributes[choice % row.attributes.size()];
    render::WriteTarget target;
    target.attribute = {row.id, {}, attribute.id};
    target.version = row.version;
    const ByteView rest = feed.octets(size);
    is_json ? check_json(target, *attribute.type, as_text(rest))
            : check_data(target, *attribute.type, rest);
    return 0;
}
