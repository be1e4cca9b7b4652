// set-request and set-response.

#include "stack/xdlms/set.hpp"

#include "fuzz/property.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace dlms;
    const ByteView input(bytes, size);
    const bool request = fuzz::round_trip(input, xdlms::decode_set_request);
    const bool response = fuzz::round_trip(input, xdlms::decode_set_response);
    fuzz::require(!request || !response, "one APDU is not both");
    return 0;
}
