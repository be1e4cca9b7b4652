#pragma once
// The server association as a table (for its own sources). An APDU that the state does not serve is
// answered with an error and changes nothing. What comes while a request is being served waits and
// is then served in the order of its coming; only whole requests of high priority go before whole
// ones of normal priority, where that was negotiated (APPL_DATA_LN_X_3). An AARQ in an association
// ends it and is judged anew (APPL_OPEN_X_5); a new request gives up the blocks of an old one
// (APPL_DATA_LN_X_15, X_21). The loss of the link ends every state in idle.
//
// Mechanisms 2 to 7: an AARQ that deserves it gets a challenge, and then nothing is served but
// reply_to_HLS_authentication (APPL_OPEN_X_3). The right answer makes the association, a wrong one
// ends the attempt. What does not open, or not as it must, is answered with an error that does not
// say what was wrong with it, and changes nothing.

#include "stack/association/server_association.hpp"
#include "stack/base/transition_table.hpp"

namespace dlms::association {

enum class ServerAssociation::Input : std::uint8_t {
    accepted,       // AARQ that was accepted
    challenged,     // the same, but the client has to authenticate itself
    authenticated,  // by the right answer to our challenge
    request,        // a whole request, handed to the owner item by item
    set_aside,      // one that the owner has not seen gives way to a more urgent one
    first_block,    // the first block of a long request, or a further one
    answered,       // the answer fits one APDU, or goes in general blocks
    long_answer,    // the answer needs blocks of its service
    block,          // one block sent, more to come
    blocks_end,     // the last block sent, or the transfer given up
    ended,          // released, or the link is gone, or a new AARQ came
};

struct ServerAssociation::Table {
    using Row = Transition<State, Input>;
    static constexpr Row rows[] = {
        {State::idle, Input::accepted, State::associated},

        {State::idle, Input::challenged, State::authenticating},
        {State::authenticating, Input::authenticated, State::associated},
        {State::authenticating, Input::ended, State::idle},

        {State::associated, Input::request, State::serving},
        {State::serving, Input::answered, State::associated},
        {State::serving, Input::set_aside, State::associated},

        {State::associated, Input::first_block, State::receiving_blocks},
        {State::receiving_blocks, Input::first_block, State::receiving_blocks},
        {State::receiving_blocks, Input::request, State::serving},
        {State::receiving_blocks, Input::blocks_end, State::associated},

        {State::serving, Input::long_answer, State::sending_blocks},
        {State::sending_blocks, Input::block, State::sending_blocks},
        {State::sending_blocks, Input::blocks_end, State::associated},
        {State::sending_blocks, Input::request, State::serving},
        {State::sending_blocks, Input::first_block, State::receiving_blocks},

        {State::associated, Input::ended, State::idle},
        {State::serving, Input::ended, State::idle},
        {State::receiving_blocks, Input::ended, State::idle},
        {State::sending_blocks, Input::ended, State::idle},
    };
};

template <class Apdu>
void ServerAssociation::transmit(const Apdu& apdu) {
    prepared_.clear();
    Writer writer(prepared_);
    encode(writer, apdu);
    send_prepared();
}

}  // namespace dlms::association
