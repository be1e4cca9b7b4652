#pragma once
// CallStream: what comes on a connection that a meter has made, taken apart: frames of its modem,
// WPDUs, HDLC frames and frames of wired M-Bus, in any order. Sans I/O.
//
// A wrong octet between frames of HDLC is handed on, as on any line with noise. Anywhere else there
// is no place to go on from: the stream has failed then, and its owner closes the connection.

#include <cstdint>
#include <optional>
#include <string_view>

#include "client/dial_in/modem_frame.hpp"
#include "stack/base/limits.hpp"

namespace dlms::client::dial_in {

class CallStream {
public:
    struct Piece {
        enum class Kind : std::uint8_t {
            modem_frame,
            wpdu,  ///< not the modem's
            hdlc,  ///< one frame with its flags, or octets that are none
            mbus,  ///< one long frame of wired M-Bus
            damaged,
        };

        Kind kind{};
        std::string_view maker = {};  ///< of a modem's frame, damaged or not
        ModemFrame frame = {};
        /// As they came, of every kind; valid until the next receive().
        ByteView octets = {};
    };

    /// Octets of a WPDU's APDU until allow_long_apdus(): who has not said who it is may not make us
    /// keep more.
    static constexpr std::size_t most_octets_at_first = 4096;

    void receive(ByteView bytes);
    /// The next piece that has come whole.
    std::optional<Piece> poll();

    void allow_long_apdus() { most_octets_ = limits::max_apdu; }
    /// Why no sense can be made of what came: frame_format, wrong_version, pdu_too_long.
    std::optional<Error> failure() const { return failure_; }
    /// Part of something has come.
    bool is_in_between() const { return consumed_ < input_.size(); }

private:
    ByteView rest() const { return ByteView(input_).subspan(consumed_); }
    Piece take(Piece piece, std::size_t octets);
    std::optional<Piece> fail(ErrorCode code);
    std::optional<Piece> poll_modem();
    std::optional<Piece> poll_wpdu();
    std::optional<Piece> poll_hdlc();
    std::optional<Piece> poll_mbus();

    ByteBuffer input_;
    std::size_t consumed_ = 0;
    std::size_t most_octets_ = most_octets_at_first;
    bool is_hdlc_ = false;  // has been so far
    std::optional<Error> failure_;
};

}  // namespace dlms::client::dial_in
