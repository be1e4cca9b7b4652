// get-response: normal and with a block.

#include "fuzz/property.hpp"
#include "stack/xdlms/get.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace dlms;
    fuzz::round_trip(ByteView(bytes, size), xdlms::decode_get_response);
    return 0;
}
