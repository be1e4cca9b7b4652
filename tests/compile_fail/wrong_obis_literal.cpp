// A wrong OBIS code is found when compiling.
#include "stack/cosem/obis_code.hpp"

using namespace dlms::cosem::literals;

dlms::cosem::ObisCode caller() {
#ifdef DLMS_CONTROL
    return "1-0:1.8.0.255"_obis;
#else
    return "1-0:1.8.0.256"_obis;  // must not compile
#endif
}
