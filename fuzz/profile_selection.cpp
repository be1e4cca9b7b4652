// Range and entry descriptors: what is accepted is written as a Data that is read alike, and what
// it selects lies within the profile. The first octet is the selector.

#include "stack/cosem/profile_selection.hpp"

#include <algorithm>

#include "fuzz/property.hpp"

namespace {

using namespace dlms;
using namespace dlms::cosem::literals;

const std::array<cosem::CaptureObject, 2> columns{{
    {8, "0-0:1.0.0.255"_obis, 2, 0},
    {3, "1-0:1.8.0.255"_obis, 2, 0},
}};

void check_range(const axdr::DataView& parameters) {
    const auto range = cosem::read_range_descriptor(parameters);
    if (!range) {
        return;
    }
    const auto written = to_data(*range);
    fuzz::require(written.has_value(), "what was read can be written");
    const auto again = cosem::read_range_descriptor(written->view());
    fuzz::require(again && again->restricting_object == range->restricting_object &&
                      again->from == range->from && again->to == range->to &&
                      again->selected_values == range->selected_values,
                  "and reads back the same");
    if (const auto places = selected_columns(*range, columns)) {
        fuzz::require(
            std::ranges::all_of(*places, [](auto place) { return place < columns.size(); }),
            "columns lie within the profile");
    }
    if (const auto filter = cosem::RangeFilter::make(*range, columns)) {
        filter->selects(parameters);
    }
}

void check_entries(const axdr::DataView& parameters, std::size_t rows) {
    const auto entries = cosem::read_entry_descriptor(parameters);
    if (!entries) {
        return;
    }
    const auto written = to_data(*entries);
    fuzz::require(written && cosem::read_entry_descriptor(written->view()) == entries,
                  "what was read is written and read back the same");
    if (const auto some = selected_rows(*entries, rows)) {
        fuzz::require(some->first + some->count <= rows, "rows lie within the buffer");
    }
    if (const auto some = selected_columns(*entries, columns.size())) {
        fuzz::require(some->count > 0 && some->first + some->count <= columns.size(),
                      "columns lie within the profile");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Feed feed({bytes, size});
    const Byte selector = feed.octet();
    const auto parameters = axdr::parse_data(feed.octets(size));
    if (parameters) {
        selector % 2 == 1 ? check_range(*parameters) : check_entries(*parameters, selector);
    }
    return 0;
}
