// general-block-transfer.

#include "stack/xdlms/general_block_transfer.hpp"

#include "fuzz/property.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace dlms;
    fuzz::round_trip(ByteView(bytes, size), xdlms::decode_general_block_transfer);
    return 0;
}
