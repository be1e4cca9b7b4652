// The services of short name referencing.

#include "stack/xdlms/read_write.hpp"

#include "fuzz/property.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace dlms;
    const ByteView input(bytes, size);
    int accepted = 0;
    accepted += fuzz::round_trip(input, xdlms::decode_read_request);
    accepted += fuzz::round_trip(input, xdlms::decode_read_response);
    accepted += fuzz::round_trip(input, xdlms::decode_write_request);
    accepted += fuzz::round_trip(input, xdlms::decode_write_response);
    accepted += fuzz::round_trip(input, xdlms::decode_unconfirmed_write_request);
    accepted += fuzz::round_trip(input, xdlms::decode_information_report);
    fuzz::require(accepted <= 1, "one APDU is of one service");
    return 0;
}
