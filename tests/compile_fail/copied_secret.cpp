// A key is copied only by name.
#include "stack/base/secret.hpp"

dlms::Secret<16> caller(const dlms::Secret<16>& key) {
#ifdef DLMS_CONTROL
    return key.clone();
#else
    return key;  // must not compile
#endif
}
