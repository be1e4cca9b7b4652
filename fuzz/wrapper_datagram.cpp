// One WPDU as a datagram: whole or refused; and where a datagram is accepted, a stream gives the
// same WPDU and nothing else.

#include "fuzz/property.hpp"
#include "stack/wrapper/link.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace dlms;
    const ByteView datagram(bytes, size);
    const bool accepted =
        fuzz::round_trip(datagram, [](ByteView octets) { return wrapper::decode_wpdu(octets); });
    wrapper::Link stream;
    stream.receive(datagram, {});
    const auto first = stream.poll_event();
    if (!accepted) {
        const bool is_one_alone = first && stream.buffered() == 0;
        // A stream passes over WPDUs without an APDU.
        fuzz::require(!is_one_alone || stream.counters().empty_dropped > 0,
                      "a stream that is one WPDU is a datagram");
        return 0;
    }
    const wrapper::Wpdu wpdu = *wrapper::decode_wpdu(datagram);
    fuzz::require(fuzz::encoded(wpdu).size() == size, "a datagram holds nothing but its WPDU");
    fuzz::require(first.has_value() == !wpdu.apdu.empty(), "a stream gives it too");
    fuzz::require(!first || *first == wpdu, "a stream gives the same");
    fuzz::require(stream.buffered() == 0 && !stream.poll_event(), "and nothing else");
    return 0;
}
