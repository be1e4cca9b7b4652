// Captures: packets of one link type, each with a length octet and how much of it was cut off.

#include "fuzz/property.hpp"
#include "render/capture_conversation.hpp"

using namespace dlms;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Feed feed(ByteView(data, size));
    const auto link = static_cast<render::PacketLink>(feed.octet() % 5);
    std::size_t entries = 0;
    render::CaptureConversation conversation(
        {.offsets = true, .data = render::DataForm::octets}, [&](const render::Json& entry) {
            ++entries;
            fuzz::require(!render::entry_text(entry).empty(), "an entry can be shown");
        });
    std::size_t packets = 0;
    while (!feed.empty()) {
        const std::size_t cut_off = feed.octet();
        const ByteView packet = feed.octets(feed.octet());
        conversation.receive(link, {}, packet, packet.size() + cut_off);
        ++packets;
    }
    conversation.finish();
    const auto& counters = conversation.counters();
    fuzz::require(counters.packets == packets, "every packet is counted");
    fuzz::require(
        counters.packets == counters.tcp + counters.other + counters.fragments + counters.malformed,
        "every packet is one kind");
    return 0;
}
