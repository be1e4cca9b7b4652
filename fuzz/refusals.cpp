// exception-response and ConfirmedServiceError.

#include "fuzz/property.hpp"
#include "stack/xdlms/confirmed_service_error.hpp"
#include "stack/xdlms/exception_response.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace dlms;
    const ByteView input(bytes, size);
    const bool exception = fuzz::round_trip(input, xdlms::decode_exception_response);
    const bool service_error = fuzz::round_trip(input, xdlms::decode_confirmed_service_error);
    fuzz::require(!exception || !service_error, "one APDU is not both");
    return 0;
}
