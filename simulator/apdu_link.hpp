#pragma once
// ApduLink: the seam between a meter's associations and the link below them, whichever it is:
// whole APDUs for a pair of client and server SAP.

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"
#include "stack/base/strong.hpp"

namespace dlms::simulator {

class ApduLink {
public:
    virtual ~ApduLink() = default;

    /// Whether the link has room for a further APDU of this pair. Once it has room again, the
    /// link's owner calls MeterAssociations::flush().
    virtual bool may_send(ClientSap client, ServerSap server) const = 0;
    /// Queues an APDU from the server to the client. Errors: those of the link, which then cannot
    /// go on.
    virtual Status send(ClientSap client, ServerSap server, ByteView apdu) = 0;
    /// Queues an APDU to a client that need not be there, as HDLC does in UI frames. False where
    /// the link has no way for it.
    virtual bool push(ClientSap, ServerSap, ByteView) { return false; }
};

}  // namespace dlms::simulator
