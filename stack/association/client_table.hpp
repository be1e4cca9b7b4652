#pragma once
// The client association as a table (for its own sources); what a request goes through has a table
// of its own (client_request.cpp). An input that has no row in the present state is unexpected: it
// is counted and changes nothing. A time-out of a request gives the request up and keeps the
// association: the answer may still come, and is then dropped by its invoke-id (short names have
// none: their owner makes a new association). A time-out of AARQ or RLRQ ends in idle. The loss of
// the link ends every state in idle.
//
// Authentication: the AARE of mechanisms 2 to 7 brings a challenge. Pass 3 is an ACTION or a Read
// like any other, with its procedure and its time; its end decides. A meter that does not prove
// that it knows the secret, and one that wants to do without, is left.

#include "stack/association/client_association.hpp"
#include "stack/base/transition_table.hpp"
#include "stack/xdlms/apdu_tag.hpp"

namespace dlms::association {

enum class ClientAssociation::Input : std::uint8_t {
    open,           // command, also in an association that the meter has ended
    established,    // command: an association that the meter has without an AARQ
    accepted,       // AARE with result 0
    challenged,     // AARE with result 0 and a challenge: pass 3 goes out
    authenticated,  // pass 4 proved the meter
    refused,        // AARE with another result, or an error in its place; no pass 4, or a wrong one
    release,        // command
    forget,         // the same where the meter knows of no release
    released,       // RLRE, or the peer's refusal of RLRQ
    timeout,        // of AARQ or RLRQ
    lost,           // the link is gone
};

struct ClientAssociation::Table {
    using Row = Transition<State, Input>;
    static constexpr Row rows[] = {
        {State::idle, Input::open, State::associating},
        {State::associating, Input::accepted, State::associated},
        {State::associating, Input::refused, State::idle},
        {State::associating, Input::timeout, State::idle},

        {State::associating, Input::challenged, State::authenticating},
        {State::authenticating, Input::authenticated, State::associated},
        {State::authenticating, Input::refused, State::idle},

        {State::idle, Input::established, State::associated},
        {State::associated, Input::forget, State::idle},

        {State::associated, Input::open, State::associating},
        {State::associated, Input::release, State::releasing},
        {State::releasing, Input::released, State::idle},
        {State::releasing, Input::timeout, State::idle},

        {State::associating, Input::lost, State::idle},
        {State::authenticating, Input::lost, State::idle},
        {State::associated, Input::lost, State::idle},
        {State::releasing, Input::lost, State::idle},
    };
};

inline Error error_of(ErrorCode code) {
    return Error{code, Layer::association, 0};
}

}  // namespace dlms::association
