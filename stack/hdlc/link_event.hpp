#pragma once
// What a client link says upward.

#include <variant>

#include "stack/base/result.hpp"
#include "stack/hdlc/address.hpp"
#include "stack/hdlc/parameters.hpp"

namespace dlms::hdlc {

/// The meter accepted the connection: answer to open().
struct LinkOpened {
    Parameters negotiated;
};
/// A whole APDU, without its LLC header.
struct ApduReceived {
    ByteView apdu;
};
/// An APDU that came outside the numbered exchange: a push, from any meter on the line, at any
/// time.
struct UnnumberedReceived {
    ByteView apdu;
    Address source;
};
/// The meter confirmed close().
struct LinkClosed {};
/// The link is not, or no longer, there, and what was under way on it is lost. The link can be
/// opened again at once. Codes: timeout; link_misaddressed when, in place of the answer, frames for
/// or from others came; link_refused; association_lost for DM in the middle; frame_rejected;
/// sequence_error; answer_too_long; frame_format for an APDU without LLC header; those of
/// decode_parameters(); the first error of a stream in ErrorMode::close; and what
/// ClientLink::link_lost() was told.
struct LinkFailed {
    Error error;
};

using LinkEvent =
    std::variant<LinkOpened, ApduReceived, UnnumberedReceived, LinkClosed, LinkFailed>;

}  // namespace dlms::hdlc
