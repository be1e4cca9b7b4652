// Bodies of pushes as values with their objects: everything that a meter can push has some, and
// they are shown without an exception.

#include "render/pushed_values.hpp"

#include "fuzz/property.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace dlms;
    const auto body = axdr::parse_data({bytes, size});
    if (!body) {
        return 0;
    }
    const render::PushedValues pushed = render::pushed_values(*body);
    for (const render::PushedValue& one : pushed.values) {
        fuzz::require(&pushed.values[one.place] == &one, "places are counted");
        fuzz::require(!pushed.is_self_described || one.attribute, "described is described");
    }
    fuzz::require(!render::pushed_values_json(pushed, {}).dump().empty(), "values have JSON");
    return 0;
}
