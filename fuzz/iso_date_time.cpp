// ISO 8601 texts: what is accepted is a valid date-time whose own text reads back the same.

#include "fuzz/property.hpp"
#include "stack/cosem/date_time.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace dlms;
    const ByteView input(bytes, size);
    const auto value = cosem::date_time_from_iso(as_text(input));
    if (!value) {
        fuzz::require_inside(value.error(), input);
        return 0;
    }
    fuzz::require(value->is_specified(), "a text states every part");
    fuzz::require(cosem::read_date_time(encode(*value)) == *value, "the octets read back");
    const auto again = cosem::date_time_from_iso(iso_text(*value));
    fuzz::require(again == *value, "our own text reads back");
    return 0;
}
