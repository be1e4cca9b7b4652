// A service access point does not become a number by itself.
#include "stack/base/strong.hpp"

std::uint16_t caller(dlms::ClientSap sap) {
#ifdef DLMS_CONTROL
    return sap.value();
#else
    return sap;  // must not compile
#endif
}
