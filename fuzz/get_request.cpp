// get-request: strict, and with the zeros behind it that the Hexcell library sends.

#include "fuzz/property.hpp"
#include "stack/xdlms/get.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace dlms;
    const ByteView input(bytes, size);
    const bool is_strict =
        fuzz::round_trip(input, [](ByteView apdu) { return xdlms::decode_get_request(apdu); });
    const bool is_tolerated = fuzz::round_trip(input, [](ByteView apdu) {
        return xdlms::decode_get_request(apdu, {.trailing_zeros = true});
    });
    fuzz::require(is_tolerated || !is_strict, "tolerance only accepts more");
    return 0;
}
