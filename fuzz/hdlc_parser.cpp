// The HDLC frame parser: the same frames, counters and end, however the stream is cut into pieces;
// each frame encodes to its own octets; memory stays bounded. The first octet seeds the cuts and
// chooses the error mode.

#include <algorithm>

#include "fuzz/property.hpp"
#include "stack/base/random.hpp"
#include "stack/hdlc/frame_parser.hpp"

namespace {

using namespace dlms;

/// Takes every frame that is ready, as octets one behind the other.
void drain(hdlc::FrameParser& parser, ByteBuffer& received) {
    while (const auto raw = parser.poll_frame()) {
        const auto decoded = hdlc::decode_frame_content(raw->content);
        if (decoded && !(decoded->octets.hcs && decoded->frame.information.empty())) {
            const ByteBuffer again = fuzz::encoded(decoded->frame);
            const ByteView inside = ByteView(again).subspan(1, again.size() - 2);
            fuzz::require(std::ranges::equal(inside, raw->content),
                          "a frame encodes to what it was");
        }
        received.insert(received.end(), raw->content.begin(), raw->content.end());
        received.push_back(hdlc::flag);
    }
    fuzz::require(parser.buffered() <= hdlc::max_frame_length + 2, "memory is bounded");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Feed feed({bytes, size});
    const Byte choice = feed.octet();
    SeededRandom random(choice);
    hdlc::FrameParser::Configuration configuration;
    configuration.error_mode =
        (choice & 1) != 0 ? hdlc::ErrorMode::close : hdlc::ErrorMode::discard;
    const ByteView stream = feed.octets(size);
    hdlc::FrameParser whole(configuration);
    hdlc::FrameParser chunked(configuration);
    ByteBuffer from_whole, from_chunks;
    whole.receive(stream, {});
    drain(whole, from_whole);
    for (fuzz::Feed rest(stream); !rest.empty();) {
        chunked.receive(rest.octets(1 + random.next_u64() % 16), {});
        drain(chunked, from_chunks);
    }
    fuzz::require(from_whole == from_chunks, "chunks change nothing");
    fuzz::require(whole.counters() == chunked.counters(), "chunks change no counter");
    fuzz::require(whole.failure() == chunked.failure(), "chunks change no end");
    chunked.discard_partial();
    drain(chunked, from_chunks);
    fuzz::require(chunked.buffered() <= 1, "nothing is left of an unfinished frame but a flag");
    return 0;
}
