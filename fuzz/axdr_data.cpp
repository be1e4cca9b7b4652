// A-XDR Data: whatever is accepted can be walked to its end, in two ways that agree, and built
// again element by element.

#include "fuzz/property.hpp"
#include "stack/axdr/cursor.hpp"
#include "stack/axdr/data_builder.hpp"

namespace {

using namespace dlms;

/// Items of a Data, itself included, as the element views show them.
std::size_t count_items(const axdr::DataView& data) {
    std::size_t items = 1;
    if (const auto elements = data.elements()) {
        std::size_t octets = 0;
        for (const axdr::DataView element : *elements) {
            items += count_items(element);
            octets += element.encoded().size();
        }
        fuzz::require(octets < data.encoded().size(), "elements lie within their list");
    }
    return items;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const ByteView input(bytes, size);
    const auto data = axdr::parse_data(input);
    if (!data) {
        fuzz::require_inside(data.error(), input);
        return 0;
    }
    std::size_t items = 0;
    for (axdr::Cursor cursor(*data); !cursor.at_end(); ++items) {
        cursor.next();
    }
    fuzz::require(items == count_items(*data), "cursor and element views see the same items");
    const auto copy = axdr::DataBuilder().element(*data).finish();
    fuzz::require(copy && copy->view() == *data, "a Data is its encoding");
    return 0;
}
