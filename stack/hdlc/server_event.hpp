#pragma once
// What a server station says upward: each event with the pair of addresses that it belongs to.

#include <variant>

#include "stack/hdlc/link_event.hpp"

namespace dlms::hdlc {

/// Which link: the address of the meter as declared, and the client's.
struct LinkAddresses {
    Address server;
    Address client;

    friend bool operator==(const LinkAddresses&, const LinkAddresses&) = default;
};

/// SNRM was accepted.
struct ClientConnected {
    Parameters negotiated;  ///< from the meter's side
};
/// The link is over, and with it every association on it.
struct ClientDisconnected {
    enum class Cause : std::uint8_t {
        requested,   ///< DISC
        reset,       ///< SNRM on an open link; ClientConnected follows unless it was refused
        inactivity,  ///< nothing came for the inactivity time-out
        rejected,    ///< FRMR: the client broke the rules
        line,        ///< ServerStation::link_lost()
    };
    Cause cause;
};

/// ApduReceived: a request of an open link; send() answers it. UnnumberedReceived: a UI frame;
/// nothing is answered. A broadcast is told once for each server address that it means.
using ServerEventKind =
    std::variant<ClientConnected, ClientDisconnected, ApduReceived, UnnumberedReceived>;

struct ServerEvent {
    LinkAddresses link;
    ServerEventKind what;
};

}  // namespace dlms::hdlc
