#pragma once
// Parts a stream of octets into link pieces: WPDUs, HDLC frames, or the messages of IEC 62056-21
// that open a line in mode E, as they come over TCP or from a serial port. Octets come in any
// portions; what belongs to no piece is handed out as such.

#include <array>
#include <optional>

#include "stack/base/bytes.hpp"

namespace dlms::render {

enum class PieceKind : std::uint8_t {
    wpdu,         ///< header and APDU
    hdlc_frame,   ///< with both its flags, which neighbours may share
    iec62056_21,  ///< one message, or a P1 telegram; others than "/" and an option select only
                  ///< behind another
    other,        ///< octets that are none of them, up to where a piece may begin
};

struct StreamPiece {
    PieceKind kind{};
    ByteView octets;         ///< valid until the next call of the splitter
    std::size_t offset = 0;  ///< of the first octet in the stream
};

class PieceSplitter {
public:
    /// The next octets of the stream. The splitter keeps what is not whole yet, at most one piece:
    /// take pieces by next() until there is none before the next call.
    void receive(ByteView octets);
    /// The next whole piece; nothing until more octets come.
    std::optional<StreamPiece> next();
    /// No more octets will come: gives up the piece that is not whole, as `other`. Pieces may
    /// follow it. Nothing when nothing is kept.
    std::optional<StreamPiece> give_up();
    /// The last `count` octets that were handed out are taken again. Before the next receive()
    /// only.
    void rewind(std::size_t count);
    /// The octets that are kept, which are no whole piece. A flag alone is nothing.
    StreamPiece rest() const;
    /// Octets of the stream are missing: forgets what is kept and begins anew.
    void skip(std::size_t missing);

private:
    std::optional<StreamPiece> take(PieceKind kind, std::size_t size, std::size_t consumed);
    std::optional<StreamPiece> next_frame();
    std::optional<StreamPiece> next_wpdu();
    std::optional<StreamPiece> next_message();
    std::optional<StreamPiece> next_other();
    bool may_begin_piece(ByteView octets) const;
    ByteView kept() const { return ByteView(buffer_).subspan(consumed_); }

    ByteBuffer buffer_;
    std::size_t consumed_ = 0;
    std::size_t offset_ = 0;  ///< of the first kept octet in the stream
    /// The ports of the last WPDU, as sent: by them the next is found behind damage.
    std::array<Byte, 4> ports_{};
    bool has_wpdus_ = false;
    bool has_messages_ = false;  ///< of IEC 62056-21; what came last was one
};

}  // namespace dlms::render
