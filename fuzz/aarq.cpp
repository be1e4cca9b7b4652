// AARQ: strict and tolerant decoding. What the strict one accepts, the tolerant one accepts too.

#include "stack/acse/aarq.hpp"

#include "fuzz/property.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace dlms;
    const ByteView input(bytes, size);
    constexpr acse::Tolerance tolerant{.keep_unknown_names = true, .keep_unknown_codes = true};
    const bool is_strict =
        fuzz::round_trip(input, [](ByteView octets) { return acse::decode_aarq(octets); });
    const bool is_tolerated = fuzz::round_trip(
        input, [&](ByteView octets) { return acse::decode_aarq(octets, tolerant); });
    fuzz::require(is_tolerated || !is_strict, "tolerance only accepts more");
    return 0;
}
