#pragma once
// The client association as a table (for its own sources); what a request goes through has a table
// of its own (client_request.cpp). An input that has no row in the present state is unexpected: it
// is counted and changes nothing. A time-out of a request gives the request up and keeps the
// association: the answer may still come, and is then dropped by its invoke-id (short names have
// none: their owner makes a new association). A time-out of AARQ or RLRQ ends in idle. The loss of
// the link ends every state in idle.

#include "stack/association/client_association.hpp"
#include "stack/base/transition_table.hpp"
#include "stack/xdlms/apdu_tag.hpp"

namespace dlms::association {

enum class ClientAssociation::Input : std::uint8_t {
    open,      // command, also in an association that the meter has ended
    accepted,  // AARE with result 0
    refused,   // AARE with another result, or an error in its place
    release,   // command
    released,  // RLRE, or the peer's refusal of RLRQ
    timeout,   // of AARQ or RLRQ
    lost,      // the link is gone
};

struct ClientAssociation::Table {
    using Row = Transition<State, Input>;
    static constexpr Row rows[] = {
        {State::idle, Input::open, State::associating},
        {State::associating, Input::accepted, State::associated},
        {State::associating, Input::refused, State::idle},
        {State::associating, Input::timeout, State::idle},

        {State::associated, Input::open, State::associating},
        {State::associated, Input::release, State::releasing},
        {State::releasing, Input::released, State::idle},
        {State::releasing, Input::timeout, State::idle},

        {State::associating, Input::lost, State::idle},
        {State::associated, Input::lost, State::idle},
        {State::releasing, Input::lost, State::idle},
    };
};

inline Error error_of(ErrorCode code) {
    return Error{code, Layer::association, 0};
}

}  // namespace dlms::association
