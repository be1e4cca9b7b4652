// What comes on a call of a meter: the same pieces and the same end, however the stream is cut, and
// every octet in one piece. The first octet seeds the cuts.

#include "client/dial_in/call_stream.hpp"

#include "fuzz/property.hpp"
#include "stack/base/random.hpp"

namespace {

using namespace dlms;
using client::dial_in::CallStream;

/// Takes every piece that is ready: what it is, and its octets one behind the other.
void drain(CallStream& stream, ByteBuffer& kinds, ByteBuffer& octets) {
    while (const auto piece = stream.poll()) {
        kinds.push_back(static_cast<Byte>(piece->kind));
        fuzz::require(!piece->octets.empty(), "every piece has octets");
        fuzz::require(piece->frame.serial_number.empty() ||
                          client::dial_in::is_serial_number(piece->frame.serial_number),
                      "a serial number is one");
        octets.insert(octets.end(), piece->octets.begin(), piece->octets.end());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Feed feed({bytes, size});
    SeededRandom random(feed.octet());
    const ByteView input = feed.octets(size);
    CallStream whole;
    CallStream chunked;
    ByteBuffer kinds, octets, chunk_kinds, chunk_octets;
    whole.receive(input);
    drain(whole, kinds, octets);
    for (fuzz::Feed rest(input); !rest.empty();) {
        chunked.receive(rest.octets(1 + random.next_u64() % 16));
        drain(chunked, chunk_kinds, chunk_octets);
    }
    fuzz::require(octets == chunk_octets, "chunks change no octet");
    fuzz::require(whole.failure() == chunked.failure(), "chunks change no end");
    fuzz::require(std::equal(octets.begin(), octets.end(), input.begin()),
                  "what is handed on is what came, in its order");
    return 0;
}
