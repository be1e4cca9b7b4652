#pragma once
// CaptureConversation: what the packets of a capture say, TCP connection by connection, as one JSON
// object for each thing that happened, in the order of the packets.

#include <functional>
#include <list>

#include "render/decode.hpp"
#include "render/tcp_packet.hpp"
#include "render/tcp_stream.hpp"

namespace dlms::render {

/// When a packet was captured, from 1970-01-01 UTC.
struct CaptureTime {
    std::int64_t seconds = 0;
    std::uint32_t microseconds = 0;
};

/// "2026-11-23T13:02:26.123456Z".
std::string text(CaptureTime time);

class CaptureConversation {
public:
    /// Takes one entry: `time`, `connection` (from 1), `from` and `to`, and
    /// - `event`: opened, closed, reset, or given-up when too many connections were open at once;
    /// or
    /// - `piece`, its `offset` in what that side sent, and what decode() shows of a WPDU or an HDLC
    ///   frame (offsets from the piece's beginning), or `error`; or
    /// - `reassembled`: what pieces carry together, as in the layer stream; or
    /// - `other`: octets that are no piece, the first of them, and how many there are in `octets`;
    /// or
    /// - `missing`: octets that are not in the capture.
    using Sink = std::function<void(const Json&)>;

    struct Counters {
        std::size_t packets = 0;
        std::size_t tcp = 0;
        std::size_t other = 0;         ///< no TCP over IP
        std::size_t fragments = 0;     ///< of IP packets; not put together
        std::size_t malformed = 0;     ///< headers that cannot be, or were cut off
        std::size_t cut_off = 0;       ///< packets whose payload the snap length cut off
        std::size_t out_of_order = 0;  ///< TCP segments
        std::size_t retransmitted = 0;
        std::size_t overlapping = 0;
        std::size_t connections = 0;
    };

    /// Bounds on what is kept at once: connections, and of each side the octets that wait for
    /// others. An APDU in parts takes up to max_decode_octets more.
    static constexpr std::size_t most_connections = 32;
    static constexpr std::size_t most_waiting = 256 * 1024;

    /// The keys must outlive the conversation.
    CaptureConversation(const DecodeOptions& options, Sink sink);
    ~CaptureConversation();

    void receive(PacketLink link, CaptureTime time, ByteView captured, std::size_t on_the_wire);
    /// Nothing follows: what began and did not end is told.
    void finish();
    const Counters& counters() const { return counters_; }

private:
    struct Side;
    struct Connection;

    Connection& connection_of(const TcpSegment& segment);
    void take(Connection& connection, const TcpSegment& segment);
    void take_parts(Connection& connection, Side& side, const std::vector<TcpStream::Part>& parts);
    void take_pieces(Connection& connection, Side& side);
    void tell_event(Connection& connection, const TcpSegment& segment, std::string_view event);
    void tell_reassembled(Connection& connection, Side& side);
    void tell_other(Connection& connection, Side& side, ByteView octets);
    static std::uint8_t side_of(const Connection& connection, const Side& side);
    void finish(Connection& connection);
    Json entry(const Connection& connection, const Side& side) const;

    DecodeOptions options_;
    Sink sink_;
    Counters counters_;
    CaptureTime now_;
    std::list<Connection> connections_;  ///< the one used last in front
};

/// An entry as indented lines for people: a line that tells when, who and what, and what is inside.
std::string entry_text(const Json& entry);

/// How many packets there were, and what about them could not be shown, in one or two lines.
std::string summary_text(const CaptureConversation::Counters& counters);

}  // namespace dlms::render
