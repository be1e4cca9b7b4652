// A password is copied only by name.
#include "stack/base/secret.hpp"

dlms::SecretBytes caller(const dlms::SecretBytes& password) {
#ifdef DLMS_CONTROL
    return password.clone();
#else
    return password;  // must not compile
#endif
}
