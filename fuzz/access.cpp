// access-request and access-response.

#include "stack/xdlms/access.hpp"

#include "fuzz/property.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace dlms;
    const ByteView input(bytes, size);
    int accepted = 0;
    accepted += fuzz::round_trip(input, xdlms::decode_access_request);
    accepted += fuzz::round_trip(input, xdlms::decode_access_response);
    fuzz::require(accepted <= 1, "one APDU is of one service");
    return 0;
}
