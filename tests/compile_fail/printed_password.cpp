// A password is never printed.
#include <iostream>

#include "stack/base/secret.hpp"

void caller(const dlms::SecretBytes& password) {
#ifdef DLMS_CONTROL
    std::cout << password.size();
#else
    std::cout << password;  // must not compile
#endif
}
