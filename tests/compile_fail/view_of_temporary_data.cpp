// A view does not outlive its Data.
#include "stack/axdr/data.hpp"

dlms::axdr::Data make();

bool caller() {
#ifdef DLMS_CONTROL
    const dlms::axdr::Data data = make();
    const dlms::axdr::DataView view = data.view();
#else
    const dlms::axdr::DataView view = make().view();  // must not compile
#endif
    return view.is_null();
}
