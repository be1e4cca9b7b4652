// InitiateRequest and InitiateResponse: strict, and with the short conformance tag.

#include "stack/xdlms/initiate.hpp"

#include "fuzz/property.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace dlms;
    const ByteView input(bytes, size);
    bool accepted_strictly = false;
    for (const bool tolerant : {false, true}) {
        const xdlms::InitiateTolerance tolerance{.short_conformance_tag = tolerant};
        const bool request = fuzz::round_trip(
            input, [&](ByteView apdu) { return xdlms::decode_initiate_request(apdu, tolerance); });
        const bool response = fuzz::round_trip(
            input, [&](ByteView apdu) { return xdlms::decode_initiate_response(apdu, tolerance); });
        fuzz::require(!request || !response, "one APDU is not both");
        fuzz::require(request || response || !accepted_strictly, "tolerance only accepts more");
        accepted_strictly = request || response;
    }
    return 0;
}
