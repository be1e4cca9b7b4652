#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "client/dial_in/call_stream.hpp"
#include "render/apdu_joins.hpp"

namespace dlms::service {

// An APDU that a meter has sent by itself, put together of what it came in.
struct PushedApdu {
    ByteBuffer apdu;
    // Of a WPDU: where an answer goes.
    std::optional<std::uint16_t> source_wport;
    std::optional<std::uint16_t> destination_wport;
};

// Joins what one sender sends: WPDUs, HDLC frames and segments, wired M-Bus frames, and the blocks
// of general block transfer in any of them.
class PushPieces {
public:
    // Octets that one APDU may come to; what is longer is dropped.
    static constexpr std::size_t most_octets = 256 * 1024;

    // The APDU that is whole with this piece.
    [[nodiscard]] std::optional<PushedApdu> take(client::dial_in::CallStream::Piece::Kind kind,
                                                 ByteView octets);
    // Pieces that no sense can be made of.
    [[nodiscard]] std::uint64_t damaged() const { return damaged_; }

private:
    std::optional<ByteBuffer> take_frame(ByteView octets);
    std::optional<ByteBuffer> take_long_frame(ByteView octets);
    std::optional<ByteBuffer> take_apdu(ByteView apdu);

    render::ApduJoins joins_{most_octets};
    std::size_t pieces_ = 0;
    std::uint64_t damaged_ = 0;
};

}  // namespace dlms::service
