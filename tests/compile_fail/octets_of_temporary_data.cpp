// The octets do not outlive their Data.
#include "stack/axdr/data.hpp"

dlms::axdr::Data make();

std::size_t caller() {
#ifdef DLMS_CONTROL
    const dlms::axdr::Data data = make();
    const dlms::ByteView octets = data.encoded();
#else
    const dlms::ByteView octets = make().encoded();  // must not compile
#endif
    return octets.size();
}
