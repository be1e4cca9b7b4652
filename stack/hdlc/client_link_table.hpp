#pragma once
// The client link as a table. It is that of the primary station in normal response mode: the turn
// goes to and fro between the two stations. Whoever has it sends up to a window of frames, the last
// of which has the P/F bit and gives the turn away; only the client takes it back, when a time-out
// says that a frame with the bit was lost.
//
// Segmentation, acknowledgement, polling of a busy meter and retransmission are all the same
// procedure, taking the turn again (`turn`), and differ only in the frames that are sent: I frames
// as long as there are segments and the meter is ready for them, else RR.
//
// Where this machine differs from the standard: DM as answer to SNRM is answered by SNRM again,
// since meters say so of the session before; REJ, which DLMS does not have, is taken for "send
// again"; I frames above the negotiated length are taken.

#include "stack/base/transition_table.hpp"
#include "stack/hdlc/client_link.hpp"

namespace dlms::hdlc {

enum class ClientLink::Input : std::uint8_t {
    clear,     // command: open, with DISC first
    open,      // command: open; or what DISC was for is done, or unanswered
    accepted,  // UA to SNRM
    again,     // SNRM or DISC once more
    turn,      // frames go out and the last gives the turn to the meter
    pause,     // the meter is busy, or has no answer yet
    done,      // everything is acknowledged, and the answer is here
    close,     // command
    closed,    // UA or DM to DISC
    failed,    // retries used up, DM, FRMR, or an answer that cannot be
};

struct ClientLink::Table {
    using Row = Transition<State, Input>;
    static constexpr Row rows[] = {
        {State::disconnected, Input::clear, State::clearing},
        {State::disconnected, Input::open, State::connecting},
        {State::clearing, Input::open, State::connecting},
        {State::connecting, Input::again, State::connecting},
        {State::connecting, Input::accepted, State::idle},

        {State::idle, Input::turn, State::exchanging},
        {State::exchanging, Input::turn, State::exchanging},
        {State::pausing, Input::turn, State::exchanging},
        {State::exchanging, Input::pause, State::pausing},
        {State::pausing, Input::pause, State::pausing},
        {State::idle, Input::done, State::idle},
        {State::exchanging, Input::done, State::idle},
        {State::pausing, Input::done, State::idle},

        {State::clearing, Input::close, State::disconnecting},
        {State::connecting, Input::close, State::disconnecting},
        {State::idle, Input::close, State::disconnecting},
        {State::exchanging, Input::close, State::disconnecting},
        {State::pausing, Input::close, State::disconnecting},
        {State::disconnecting, Input::again, State::disconnecting},
        {State::disconnecting, Input::closed, State::disconnected},

        {State::clearing, Input::failed, State::disconnected},
        {State::connecting, Input::failed, State::disconnected},
        {State::idle, Input::failed, State::disconnected},
        {State::exchanging, Input::failed, State::disconnected},
        {State::pausing, Input::failed, State::disconnected},
        {State::disconnecting, Input::failed, State::disconnected},
    };
};

}  // namespace dlms::hdlc
