// Packets of TCP captures: what is in order, twice, too early, missing, cut off or no TCP at all.

#include "render/capture_conversation.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/base/hex.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/packets.hpp"

using namespace dlms;
using namespace dlms::testing;
using render::PacketLink;

namespace {

/// A capture under way: entries as short words.
class Capture {
public:
    void add(const ByteBuffer& packet, PacketLink link = PacketLink::ethernet,
             std::size_t cut_off = 0) {
        const std::size_t kept = packet.size() - cut_off;
        conversation_.receive(link, {0, 0}, ByteView(packet).first(kept), packet.size());
    }
    std::string finish() {
        conversation_.finish();
        return words_;
    }
    /// What people read of it.
    const std::string& text() const { return text_; }
    const render::CaptureConversation::Counters& counters() const {
        return conversation_.counters();
    }

private:
    void take(const render::Json& entry) {
        words_ += entry.contains("event")         ? entry["event"].get<std::string>()
                  : entry.contains("missing")     ? "missing " + entry["missing"].dump()
                  : entry.contains("other")       ? "other " + entry["octets"].dump()
                  : entry.contains("reassembled") ? "joined " + entry["reassembled"]["from"].dump()
                  : entry.contains("error")       ? "error"
                                                  : service(entry);
        words_ += "; ";
        text_ += render::entry_text(entry);
        BOOST_TEST(!text_.empty());
    }
    static std::string service(const render::Json& entry) {
        const render::Json& apdu = entry["apdu"];
        return apdu.is_object() ? apdu["service"].get<std::string>() : "frame";
    }

    std::string words_;
    std::string text_;
    render::CaptureConversation conversation_{{.offsets = true},
                                              [this](const render::Json& entry) { take(entry); }};
};

const ByteBuffer request = octets("0001001000 01000DC001C100080000010000FF0200");
const ByteBuffer answer = octets("000100010010 0009C401C1000600003039");

TcpPacket from_client(std::uint32_t sequence, ByteView payload) {
    return TcpPacket{.from_port = 50'000,
                     .to_port = 4059,
                     .sequence = sequence,
                     .acknowledged = 0,
                     .flags = TcpPacket::ack,
                     .payload = to_buffer(payload)};
}
TcpPacket from_meter(std::uint32_t sequence, ByteView payload) {
    return TcpPacket{.from_port = 4059,
                     .to_port = 50'000,
                     .sequence = sequence,
                     .acknowledged = 0,
                     .flags = TcpPacket::ack,
                     .payload = to_buffer(payload)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(capture_conversation)

BOOST_AUTO_TEST_CASE(a_conversation_is_read_over_every_link_and_ip) {
    for (const bool is_ipv6 : {false, true}) {
        for (const PacketLink link :
             {PacketLink::ethernet, PacketLink::raw_ip, PacketLink::null_loopback,
              PacketLink::linux_cooked_1, PacketLink::linux_cooked_2}) {
            for (const int vlan_tags : {0, 2}) {
                PacketForm form{link, is_ipv6, vlan_tags};
                Capture capture;
                TcpPacket opening = from_client(99, {});
                opening.flags = TcpPacket::syn;
                capture.add(packet(opening, form), link);
                capture.add(packet(from_client(100, request), form), link);
                capture.add(packet(from_meter(500, answer), form), link);
                TcpPacket closing = from_client(121, {});
                closing.flags = TcpPacket::fin | TcpPacket::ack;
                capture.add(packet(closing, form), link);
                BOOST_TEST(capture.finish() == "opened; get-request; get-response; closed; ");
                BOOST_TEST(capture.counters().tcp == 4u);
                BOOST_TEST(capture.counters().connections == 1u);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(segments_come_in_any_order_and_more_than_once) {
    Capture capture;
    const ByteView octets(answer);
    const auto part = [&](std::size_t from, std::size_t count) {
        return packet(
            from_meter(static_cast<std::uint32_t>(1000 + from), octets.subspan(from, count)));
    };
    capture.add(part(0, 4));
    capture.add(part(10, 7));
    capture.add(part(0, 4));
    capture.add(part(2, 6));
    capture.add(part(6, 6));
    BOOST_TEST(capture.finish() == "get-response; ");
    BOOST_TEST(capture.counters().out_of_order == 1u);
    BOOST_TEST(capture.counters().retransmitted == 1u);
    BOOST_TEST(capture.counters().overlapping == 2u);
}

BOOST_AUTO_TEST_CASE(sequence_numbers_go_round) {
    Capture capture;
    capture.add(packet(from_meter(0xFFFFFFFA, ByteView(answer).first(10))));
    capture.add(packet(from_meter(4, ByteView(answer).subspan(10))));
    BOOST_TEST(capture.finish() == "get-response; ");
}

BOOST_AUTO_TEST_CASE(what_the_other_side_has_acknowledged_was_not_captured) {
    Capture capture;
    capture.add(packet(from_meter(1000, answer)));
    capture.add(packet(from_meter(1017 + 17, answer)));  // one answer is not in the capture
    TcpPacket next = from_client(300, request);
    next.acknowledged = 1017 + 17 + 17;
    capture.add(packet(next));
    BOOST_TEST(capture.finish() == "get-response; get-request; missing 17; get-response; ");
}

BOOST_AUTO_TEST_CASE(without_an_acknowledgement_the_end_tells_what_is_missing) {
    Capture capture;
    capture.add(packet(from_meter(1000, ByteView(answer).first(12))));
    capture.add(packet(from_meter(1017, answer)));
    BOOST_TEST(capture.finish() == "other 12; missing 5; get-response; ");
}

BOOST_AUTO_TEST_CASE(what_the_snap_length_cut_off_is_missing) {
    Capture capture;
    capture.add(packet(from_meter(1000, answer)), PacketLink::ethernet, 5);
    capture.add(packet(from_meter(1017, answer)));
    BOOST_TEST(capture.finish() == "other 12; missing 5; get-response; ");
    BOOST_TEST(capture.counters().cut_off == 1u);
}

BOOST_AUTO_TEST_CASE(fragments_and_what_is_no_tcp_are_counted) {
    Capture capture;
    ByteBuffer fragment = packet(from_meter(1000, answer));
    fragment[14 + 6] = 0x20;  // more fragments
    capture.add(fragment);
    ByteBuffer udp = packet(from_meter(1000, answer));
    udp[14 + 9] = 17;
    capture.add(udp);
    ByteBuffer arp = packet(from_meter(1000, answer));
    arp[13] = 0x06;
    capture.add(arp);
    ByteBuffer broken = packet(from_meter(1000, answer));
    broken[14] = 0x41;
    capture.add(broken);
    BOOST_TEST(capture.finish() == "");
    BOOST_TEST(capture.counters().fragments == 1u);
    BOOST_TEST(capture.counters().other == 2u);
    BOOST_TEST(capture.counters().malformed == 1u);
    BOOST_TEST(render::summary_text(capture.counters()) ==
               "4 packets, 0 TCP connections\n2 packets without TCP, 1 fragments of IP packets, "
               "which are not put together, 1 packets with broken headers\n");
}

BOOST_AUTO_TEST_CASE(every_prefix_and_change_of_a_packet_does_no_harm) {
    const ByteBuffer whole = packet(from_meter(1000, answer), {PacketLink::ethernet, true, 2});
    Capture capture;
    for (std::size_t length = 0; length < whole.size(); ++length) {
        capture.add(whole, PacketLink::ethernet, whole.size() - length);
        for (unsigned value = 0; value < 256; value += 5) {
            ByteBuffer changed = whole;
            changed[length] = static_cast<Byte>(value);
            capture.add(changed);
        }
    }
    capture.finish();
    BOOST_TEST(capture.counters().packets == whole.size() * 53u);
}

BOOST_AUTO_TEST_CASE(blocks_over_tcp_are_joined) {
    Capture capture;
    ByteBuffer stream;
    append(stream, octets("0001000100 10000EC402C10000000001 000401020600"));
    append(stream, octets("000100010010000FC402C10100000002 00050000011107"));
    capture.add(packet(from_meter(1000, stream)));
    BOOST_TEST(capture.finish() == "get-response; get-response; joined [1,2]; ");
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_no_dlms_is_told_in_few_words) {
    Capture capture;
    const std::string text = "GET / HTTP/1.1\r\nHost: example\r\n\r\n";
    capture.add(packet(from_client(1, as_bytes(text))));
    BOOST_TEST(capture.finish() == "other " + std::to_string(text.size()) + "; ");
}

BOOST_AUTO_TEST_CASE(pieces_and_their_members_have_offsets) {
    Capture capture;
    ByteBuffer both = answer;
    both.insert(both.end(), answer.begin(), answer.end());
    capture.add(packet(from_meter(1, both)));
    BOOST_TEST(capture.finish() == "get-response; get-response; ");
    BOOST_TEST(capture.text().find("piece 2, wrapper, from octet 17\n") != std::string::npos,
               capture.text());
    BOOST_TEST(
        capture.text().find("    12      data: double-long-unsigned 12345\n") != std::string::npos,
        capture.text());
}

BOOST_AUTO_TEST_CASE(a_length_beyond_the_end_does_not_hide_what_follows) {
    Capture capture;
    ByteBuffer stream = request;
    ByteBuffer damaged = request;
    damaged[6] = 0xFF;
    stream.insert(stream.end(), damaged.begin(), damaged.end());
    stream.insert(stream.end(), request.begin(), request.end());
    capture.add(packet(from_client(1, stream)));
    BOOST_TEST(capture.finish() == "get-request; other 21; get-request; ");
}

BOOST_AUTO_TEST_CASE(too_many_connections_give_up_the_one_that_was_used_least) {
    Capture capture;
    constexpr auto most = render::CaptureConversation::most_connections;
    for (std::uint16_t port = 0; port <= most; ++port) {
        TcpPacket begun = from_client(1, ByteView(request).first(4));
        begun.from_port = static_cast<std::uint16_t>(50'000 + port);
        capture.add(packet(begun));
    }
    const std::string words = capture.finish();
    BOOST_TEST(words.starts_with("given-up; other 4; "));
    BOOST_TEST(capture.counters().connections == most + 1);
}

BOOST_AUTO_TEST_CASE(times_are_written_out) {
    BOOST_TEST(render::text(render::CaptureTime{1'763'906'546, 42}) ==
               "2025-11-23T14:02:26.000042Z");
}

BOOST_AUTO_TEST_SUITE_END()
