// date-time, date and time as octets: what is accepted comes back octet by octet, and a specified
// time survives the way through seconds.

#include "stack/cosem/date_time.hpp"

#include <algorithm>

#include "fuzz/property.hpp"

namespace {

using namespace dlms;

template <class T>
void check(const Result<T>& value, ByteView input) {
    if (!value) {
        fuzz::require_inside(value.error(), input);
        return;
    }
    fuzz::require(std::ranges::equal(encode(*value), input), "encode(decode(b)) == b");
    fuzz::require(!iso_text(*value).empty(), "every value has a text");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const ByteView input(bytes, size);
    const auto value = cosem::read_date_time(input);
    check(value, input);
    check(cosem::read_date(input), input);
    check(cosem::read_time(input), input);
    if (const auto local = value ? cosem::local_seconds(*value) : std::nullopt) {
        cosem::DateTime again = cosem::date_time_from_local(*local, value->deviation);
        fuzz::require(cosem::local_seconds(again) == local, "seconds survive");
        fuzz::require(
            again.time.second == value->time.second && again.date.year == value->date.year,
            "the parts survive");
        fuzz::require(cosem::utc_seconds(*value).has_value() == value->has_deviation(),
                      "an instant needs a deviation");
    }
    return 0;
}
