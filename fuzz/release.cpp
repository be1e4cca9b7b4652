// RLRQ and RLRE: strict and tolerant decoding.

#include "fuzz/property.hpp"
#include "stack/acse/rlre.hpp"
#include "stack/acse/rlrq.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace dlms;
    const ByteView input(bytes, size);
    for (const bool keep : {false, true}) {
        const acse::Tolerance tolerance{.keep_unknown_codes = keep};
        const bool request = fuzz::round_trip(
            input, [&](ByteView octets) { return acse::decode_rlrq(octets, tolerance); });
        const bool response = fuzz::round_trip(
            input, [&](ByteView octets) { return acse::decode_rlre(octets, tolerance); });
        fuzz::require(!request || !response, "one APDU is not both");
    }
    return 0;
}
