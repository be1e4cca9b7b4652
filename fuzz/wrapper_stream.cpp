// The wrapper link: the same WPDUs and the same end, however the stream is cut into pieces. The
// first octet seeds the cuts.

#include "fuzz/property.hpp"
#include "stack/base/random.hpp"
#include "stack/wrapper/link.hpp"

namespace {

using namespace dlms;

/// Takes every WPDU that is ready, as octets one behind the other.
void drain(wrapper::Link& link, ByteBuffer& received) {
    while (const auto wpdu = link.poll_event()) {
        const ByteBuffer octets = fuzz::encoded(*wpdu);
        fuzz::require(wrapper::decode_wpdu(octets) == *wpdu, "a WPDU decodes as a datagram too");
        received.insert(received.end(), octets.begin(), octets.end());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Feed feed({bytes, size});
    SeededRandom random(feed.octet());
    const ByteView stream = feed.octets(size);
    wrapper::Link whole(2048);
    wrapper::Link chunked(2048);
    ByteBuffer from_whole, from_chunks;
    whole.receive(stream, {});
    drain(whole, from_whole);
    for (fuzz::Feed rest(stream); !rest.empty();) {
        chunked.receive(rest.octets(1 + random.next_u64() % 16), {});
        drain(chunked, from_chunks);
    }
    fuzz::require(from_whole == from_chunks, "chunks change nothing");
    fuzz::require(whole.state() == chunked.state(), "chunks change no state");
    fuzz::require(whole.counters().empty_dropped == chunked.counters().empty_dropped,
                  "chunks change no counter");
    return 0;
}
