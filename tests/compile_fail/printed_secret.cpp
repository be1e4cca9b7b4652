// A key is never printed.
#include <iostream>

#include "stack/base/secret.hpp"

void caller(const dlms::Secret<16>& key) {
#ifdef DLMS_CONTROL
    std::cout << key.reveal().size();
#else
    std::cout << key;  // must not compile
#endif
}
