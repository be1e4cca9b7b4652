// data-notification, its confirm, and event-notification; the first one with the octet-string tag
// before its date-time too, which some meters send.

#include "fuzz/property.hpp"
#include "stack/xdlms/data_notification.hpp"
#include "stack/xdlms/event_notification.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace dlms;
    const ByteView input(bytes, size);
    int accepted = 0;
    accepted += fuzz::round_trip(
        input, [](ByteView apdu) { return xdlms::decode_data_notification(apdu); });
    accepted += fuzz::round_trip(input, xdlms::decode_data_notification_confirm);
    accepted += fuzz::round_trip(input, xdlms::decode_event_notification);
    fuzz::require(accepted <= 1, "one APDU is of one service");
    const auto tolerated = xdlms::decode_data_notification(input, {.tagged_date_time = true});
    if (!tolerated) {
        fuzz::require_inside(tolerated.error(), input);
    }
    return 0;
}
