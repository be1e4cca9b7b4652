// A number does not become a service access point by itself.
#include "stack/base/strong.hpp"

dlms::ClientSap caller() {
#ifdef DLMS_CONTROL
    return dlms::ClientSap(16);
#else
    return 16;  // must not compile
#endif
}
