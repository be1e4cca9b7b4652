#include "cli/capture_file.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <pcap/pcap.h>

namespace dlms::cli {
namespace {

/// The largest packet that is believed: libpcap's own bound for captures.
constexpr std::size_t max_packet = 262'144;

struct CloseCapture {
    void operator()(pcap_t* capture) const { pcap_close(capture); }
};
using Capture = std::unique_ptr<pcap_t, CloseCapture>;

std::optional<render::PacketLink> link_of(int type) {
    switch (type) {
        case DLT_EN10MB: return render::PacketLink::ethernet;
        case DLT_RAW:
        case DLT_IPV4:
        case DLT_IPV6: return render::PacketLink::raw_ip;
        case DLT_NULL:
        case DLT_LOOP: return render::PacketLink::null_loopback;
        case DLT_LINUX_SLL: return render::PacketLink::linux_cooked_1;
        case DLT_LINUX_SLL2: return render::PacketLink::linux_cooked_2;
        default: return std::nullopt;
    }
}

}  // namespace

bool is_capture(ByteView first_octets) {
    // pcap in either order of octets, with microseconds or nanoseconds; pcapng's section header.
    constexpr std::array<std::array<Byte, 4>, 5> beginnings{{{0xA1, 0xB2, 0xC3, 0xD4},
                                                             {0xD4, 0xC3, 0xB2, 0xA1},
                                                             {0xA1, 0xB2, 0x3C, 0x4D},
                                                             {0x4D, 0x3C, 0xB2, 0xA1},
                                                             {0x0A, 0x0D, 0x0D, 0x0A}}};
    return std::ranges::any_of(beginnings, [&](const auto& beginning) {
        return first_octets.size() >= beginning.size() &&
               std::ranges::equal(first_octets.first(beginning.size()), beginning);
    });
}

std::expected<void, CaptureFault> read_capture(const std::string& path, const TakePacket& take) {
    std::array<char, PCAP_ERRBUF_SIZE> message{};
    const Capture capture(path == "-" ? pcap_fopen_offline(stdin, message.data())
                                      : pcap_open_offline(path.c_str(), message.data()));
    if (!capture) {
        return std::unexpected(CaptureFault{"'" + path + "': " + message.data()});
    }
    const auto link = link_of(pcap_datalink(capture.get()));
    if (!link) {
        const char* name = pcap_datalink_val_to_name(pcap_datalink(capture.get()));
        return std::unexpected(CaptureFault{"'" + path + "': packets of the link type " +
                                            (name != nullptr ? name : "unknown") +
                                            " are not read"});
    }
    for (;;) {
        pcap_pkthdr* header = nullptr;
        const u_char* octets = nullptr;
        const int status = pcap_next_ex(capture.get(), &header, &octets);
        if (status == PCAP_ERROR_BREAK) {
            return {};
        }
        if (status != 1 || header->caplen > max_packet) {
            return std::unexpected(
                CaptureFault{"'" + path + "' breaks off: " +
                                 (status != 1 ? pcap_geterr(capture.get()) : "a packet too long"),
                             true});
        }
        take(*link,
             {static_cast<std::int64_t>(header->ts.tv_sec),
              static_cast<std::uint32_t>(header->ts.tv_usec)},
             ByteView(octets, header->caplen), header->len);
    }
}

}  // namespace dlms::cli
