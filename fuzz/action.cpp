// action-request and action-response.

#include "stack/xdlms/action.hpp"

#include "fuzz/property.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace dlms;
    const ByteView input(bytes, size);
    int accepted = 0;
    accepted += fuzz::round_trip(input, xdlms::decode_action_request);
    accepted += fuzz::round_trip(input, xdlms::decode_action_response);
    fuzz::require(accepted <= 1, "one APDU is of one service");
    return 0;
}
