// The two service access points must not change places.
#include "stack/base/strong.hpp"

using dlms::ClientSap;
using dlms::ServerSap;

unsigned open(ClientSap client, ServerSap server) {
    return client.value() + 65536u * server.value();
}

unsigned caller() {
#ifdef DLMS_CONTROL
    return open(ClientSap(16), ServerSap(1));
#else
    return open(ServerSap(1), ClientSap(16));  // must not compile
#endif
}
