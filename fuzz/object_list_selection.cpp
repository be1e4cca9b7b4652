// The selectors of an association's object_list: what is accepted can be used, and is read back
// from what is written. The first octet is the selector, its top bit stands for short names; then
// come the parameters, and an object_list behind them.

#include "stack/cosem/object_list_selection.hpp"

#include "fuzz/property.hpp"

namespace {

using namespace dlms;

template <class Selection, class Read>
void check(const Result<Selection>& selection, Read read, ByteView list_octets) {
    if (!selection) {
        return;
    }
    if (const auto written = to_data(*selection)) {
        fuzz::require(read(written->view()) == selection, "what is written reads back the same");
    }
    const auto list = axdr::parse_data(list_octets);
    if (const auto some =
            list ? selected_objects(*list, *selection) : fail(ErrorCode::truncated, Layer::axdr)) {
        fuzz::require(some->view().elements()->size() <= list->elements()->size(),
                      "no more is selected than there is");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Feed feed({bytes, size});
    const Byte choice = feed.octet();
    const auto selector = static_cast<std::uint8_t>(choice & 0x7F);
    Reader reader(feed.octets(size), Layer::axdr);
    const axdr::DataView parameters = axdr::read_data(reader);
    if (!reader.ok()) {
        return 0;
    }
    const ByteView list = ByteView(bytes, size).subspan(1 + reader.offset());
    if ((choice & 0x80) == 0) {
        const auto read = [selector](const axdr::DataView& data) {
            return cosem::read_ln_object_list_selection(selector, data);
        };
        check(read(parameters), read, list);
    } else {
        const auto read = [selector](const axdr::DataView& data) {
            return cosem::read_sn_object_list_selection(selector, data);
        };
        check(read(parameters), read, list);
    }
    return 0;
}
