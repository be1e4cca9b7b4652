#include "render/capture_conversation.hpp"

#include <algorithm>
#include <chrono>

#include "render/decode_stream.hpp"
#include "stack/base/hex.hpp"

namespace dlms::render {
namespace {

/// Octets of what is no piece that are shown.
constexpr std::size_t most_other_shown = 32;

std::string padded(std::uint64_t value, std::size_t width) {
    const std::string digits = std::to_string(value);
    return std::string(width - std::min(width, digits.size()), '0') + digits;
}

}  // namespace

std::string text(CaptureTime time) {
    using namespace std::chrono;
    const sys_seconds moment{seconds{time.seconds}};
    const auto day = floor<days>(moment);
    const year_month_day date(day);
    const hh_mm_ss clock(moment - day);
    const auto two = [](auto value) { return padded(static_cast<std::uint64_t>(value), 2); };
    return padded(static_cast<std::uint64_t>(static_cast<int>(date.year())), 4) + '-' +
           two(static_cast<unsigned>(date.month())) + '-' + two(static_cast<unsigned>(date.day())) +
           'T' + two(clock.hours().count()) + ':' + two(clock.minutes().count()) + ':' +
           two(clock.seconds().count()) + '.' + padded(time.microseconds, 6) + 'Z';
}

/// What one end sends.
struct CaptureConversation::Side {
    TcpEnd end;
    TcpStream stream{most_waiting};
    PieceSplitter splitter;
    bool has_ended = false;
};

struct CaptureConversation::Connection {
    std::size_t number = 0;
    Side client;  ///< who sent the SYN, or else the first segment
    Side server;
    /// Of both sides, so that pieces are numbered in the order in which they came.
    detail::StreamDecoder decoder{true};
    std::size_t pieces = 0;
    bool has_opened = false;
};

CaptureConversation::CaptureConversation(const DecodeOptions& options, Sink sink)
    : options_(options), sink_(std::move(sink)) {}

CaptureConversation::~CaptureConversation() = default;

void CaptureConversation::receive(PacketLink link, CaptureTime time, ByteView captured,
                                  std::size_t on_the_wire) {
    ++counters_.packets;
    now_ = time;
    const PeeledPacket packet = peel_packet(link, captured, on_the_wire);
    switch (packet.kind) {
        case PacketKind::other: ++counters_.other; return;
        case PacketKind::fragment: ++counters_.fragments; return;
        case PacketKind::malformed: ++counters_.malformed; return;
        case PacketKind::tcp: break;
    }
    ++counters_.tcp;
    counters_.cut_off += packet.segment.missing > 0 ? 1 : 0;
    take(connection_of(packet.segment), packet.segment);
}

CaptureConversation::Connection& CaptureConversation::connection_of(const TcpSegment& segment) {
    const auto is_it = [&](const Connection& connection) {
        return (connection.client.end == segment.from && connection.server.end == segment.to) ||
               (connection.client.end == segment.to && connection.server.end == segment.from);
    };
    auto found = std::find_if(connections_.begin(), connections_.end(), is_it);
    // The same ports again: a new connection.
    const bool begins = segment.syn && !segment.ack;
    if (found != connections_.end() && begins && found->pieces > 0) {
        finish(*found);
        connections_.erase(found);
        found = connections_.end();
    }
    if (found != connections_.end()) {
        connections_.splice(connections_.begin(), connections_, found);
        return connections_.front();
    }
    if (connections_.size() == most_connections) {
        tell_event(connections_.back(), segment, "given-up");
        finish(connections_.back());
        connections_.pop_back();
    }
    Connection& connection = connections_.emplace_front();
    connection.number = ++counters_.connections;
    const bool is_answer = segment.syn && segment.ack;
    connection.client.end = is_answer ? segment.to : segment.from;
    connection.server.end = is_answer ? segment.from : segment.to;
    return connection;
}

void CaptureConversation::take(Connection& connection, const TcpSegment& segment) {
    const bool is_client = connection.client.end == segment.from;
    Side& side = is_client ? connection.client : connection.server;
    Side& other = is_client ? connection.server : connection.client;
    if (segment.syn) {
        side.stream.begin(segment.sequence);
        if (!std::exchange(connection.has_opened, true)) {
            tell_event(connection, segment, "opened");
        }
    }
    // A SYN takes one number; octets that it carries come behind it.
    const std::uint32_t sequence = segment.sequence + (segment.syn ? 1 : 0);
    take_parts(connection, side, side.stream.receive(sequence, segment.payload, segment.missing));
    if (segment.ack) {
        take_parts(connection, other, other.stream.acknowledge(segment.acknowledged));
    }
    if (segment.rst || (segment.fin && !std::exchange(side.has_ended, true))) {
        tell_event(connection, segment, segment.rst ? "reset" : "closed");
    }
}

void CaptureConversation::take_parts(Connection& connection, Side& side,
                                     const std::vector<TcpStream::Part>& parts) {
    for (const TcpStream::Part& part : parts) {
        if (part.missing > 0) {
            tell_other(connection, side, side.splitter.rest().octets);
            side.splitter.skip(part.missing);
            connection.decoder.lose_octets();
            Json json = entry(connection, side);
            json["missing"] = part.missing;
            sink_(json);
        }
        side.splitter.receive(part.octets);
        take_pieces(connection, side);
    }
}

namespace {

DecodeLayer layer_of(PieceKind kind) {
    return kind == PieceKind::wpdu         ? DecodeLayer::wrapper
           : kind == PieceKind::hdlc_frame ? DecodeLayer::hdlc
                                           : DecodeLayer::iec62056_21;
}

}  // namespace

void CaptureConversation::take_pieces(Connection& connection, Side& side) {
    while (const auto piece = side.splitter.next()) {
        if (piece->kind == PieceKind::other) {
            tell_other(connection, side, piece->octets);
            continue;
        }
        detail::Decoding decoding(piece->octets, options_);
        const Result<Json> shown =
            connection.decoder.take(*piece, decoding, side_of(connection, side));
        Json json = entry(connection, side);
        json["piece"] = ++connection.pieces;
        json["offset"] = piece->offset;
        json["layer"] = name(layer_of(piece->kind));
        if (shown) {
            json.update(*shown);
        } else {
            json["octets"] = to_hex(piece->octets);
            json["error"] = describe(shown.error());
        }
        sink_(json);
        tell_reassembled(connection, side);
    }
}

std::uint8_t CaptureConversation::side_of(const Connection& connection, const Side& side) {
    return &side == &connection.client ? 0 : 1;
}

Json CaptureConversation::entry(const Connection& connection, const Side& side) const {
    const bool is_client = &side == &connection.client;
    Json json;
    json["time"] = text(now_);
    json["connection"] = connection.number;
    json["from"] = text(side.end);
    json["to"] = text(is_client ? connection.server.end : connection.client.end);
    return json;
}

void CaptureConversation::tell_event(Connection& connection, const TcpSegment& segment,
                                     std::string_view event) {
    Json json = entry(
        connection, connection.server.end == segment.from ? connection.server : connection.client);
    json["event"] = event;
    sink_(json);
}

void CaptureConversation::tell_reassembled(Connection& connection, Side& side) {
    for (const JoinedApdu& joined : connection.decoder.take_reassembled()) {
        detail::Decoding decoding(joined.apdu, options_);
        Json json = entry(connection, side);
        json["reassembled"] = detail::joined_json(joined, decoding);
        sink_(json);
    }
}

void CaptureConversation::tell_other(Connection& connection, Side& side, ByteView octets) {
    if (octets.empty()) {
        return;
    }
    Json json = entry(connection, side);
    json["other"] = to_hex(octets.first(std::min(octets.size(), most_other_shown)));
    json["octets"] = octets.size();
    sink_(json);
}

void CaptureConversation::finish(Connection& connection) {
    for (Side* side : {&connection.client, &connection.server}) {
        take_parts(connection, *side, side->stream.finish());
        // A wrong length may have kept good pieces waiting.
        while (const auto cut = side->splitter.give_up()) {
            tell_other(connection, *side, cut->octets);
            take_pieces(connection, *side);
        }
        counters_.out_of_order += side->stream.counters().out_of_order;
        counters_.retransmitted += side->stream.counters().retransmitted;
        counters_.overlapping += side->stream.counters().overlapping;
    }
    for (Side* side : {&connection.client, &connection.server}) {
        connection.decoder.finish(side_of(connection, *side));
        tell_reassembled(connection, *side);
    }
}

void CaptureConversation::finish() {
    // Oldest first.
    while (!connections_.empty()) {
        auto oldest = std::min_element(
            connections_.begin(), connections_.end(),
            [](const Connection& a, const Connection& b) { return a.number < b.number; });
        finish(*oldest);
        connections_.erase(oldest);
    }
}

std::string entry_text(const Json& entry) {
    const auto word = [&](const char* member) {
        const auto found = entry.find(member);
        return found == entry.end() ? std::string()
               : found->is_string() ? found->get<std::string>()
                                    : found->dump();
    };
    std::string line =
        word("time") + "  #" + word("connection") + "  " + word("from") + " > " + word("to") + "  ";
    if (entry.contains("event")) {
        return line + word("event") + '\n';
    }
    if (entry.contains("missing")) {
        return line + word("missing") + " octets are not in the capture\n";
    }
    if (entry.contains("other")) {
        return line + word("octets") + " octets that are no piece: " + word("other") + '\n';
    }
    Json shown = entry;
    if (entry.contains("reassembled")) {
        shown = entry["reassembled"];
        line += "reassembled " + shown["of"].get<std::string>();
    } else {
        line += "piece " + word("piece") + ", " + word("layer") + ", from octet " + word("offset");
    }
    for (const char* member :
         {"time", "connection", "from", "to", "piece", "offset", "layer", "of"}) {
        if (std::string_view(member) != "from" || !entry.contains("reassembled")) {
            shown.erase(member);
        }
    }
    return line + '\n' + decoded_text(shown);
}

std::string summary_text(const CaptureConversation::Counters& counters) {
    std::string words = std::to_string(counters.packets) + " packets, " +
                        std::to_string(counters.connections) + " TCP connections\n";
    std::string told;
    const auto tell = [&](std::size_t count, std::string_view what) {
        if (count > 0) {
            told += (told.empty() ? "" : ", ") + std::to_string(count) + ' ' + std::string(what);
        }
    };
    tell(counters.other, "packets without TCP");
    tell(counters.fragments, "fragments of IP packets, which are not put together");
    tell(counters.malformed, "packets with broken headers");
    tell(counters.cut_off, "packets cut off by the snap length");
    tell(counters.out_of_order, "segments out of order");
    tell(counters.retransmitted, "retransmitted");
    tell(counters.overlapping, "overlapping");
    return told.empty() ? words : words + told + '\n';
}

}  // namespace dlms::render
