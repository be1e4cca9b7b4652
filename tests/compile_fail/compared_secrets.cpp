// Secrets are compared in constant time only.
#include "stack/base/secret.hpp"

bool caller(const dlms::Secret<16>& expected, const dlms::Secret<16>& given) {
#ifdef DLMS_CONTROL
    return expected.matches(given.reveal());
#else
    return expected == given;  // must not compile
#endif
}
