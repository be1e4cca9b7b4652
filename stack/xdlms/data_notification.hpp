#pragma once
// DataNotification and its confirmation (COSEMpdu; Green Book 9.3.10, 9.4.6.7): what a server
// pushes. Decoded views live as long as the APDU's octets.

#include "stack/axdr/data_view.hpp"
#include "stack/base/writer.hpp"
#include "stack/xdlms/long_invoke_id_and_priority.hpp"

namespace dlms::xdlms {

struct DataNotification {
    LongInvokeIdAndPriority long_invoke_id_and_priority;
    ByteView date_time;  ///< 12 octets, or none
    axdr::DataView body;
};

struct DataNotificationConfirm {
    LongInvokeIdAndPriority long_invoke_id_and_priority;
    ByteView date_time;  ///< 12 octets, or none
};

/// What some meters send beside the standard; all off by default.
struct DataNotificationTolerance {
    /// The date-time with an octet-string tag in front of its length (09 0C), as Kaifa and Kamstrup
    /// meters send it, or with the tag of a date-time and no length (19).
    bool tagged_date_time = false;
};

/// Decode one whole APDU. Errors: every malformed code; inner_length_mismatch for a date-time of
/// neither 0 nor 12 octets.
Result<DataNotification> decode_data_notification(ByteView apdu,
                                                  DataNotificationTolerance tolerance = {});
Result<DataNotificationConfirm> decode_data_notification_confirm(ByteView apdu);

void encode(Writer& writer, const DataNotification& notification);
void encode(Writer& writer, const DataNotificationConfirm& confirm);

}  // namespace dlms::xdlms
