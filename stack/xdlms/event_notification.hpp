#pragma once
// EventNotification (COSEMpdu event-notification-request; Green Book 9.3.11, 9.4.6.8): one
// attribute that the server sends by itself. Decoded views live as long as the APDU's octets.

#include <optional>

#include "stack/cosem/descriptor.hpp"

namespace dlms::xdlms {

struct EventNotification {
    std::optional<ByteView> time;  ///< 12 octets
    cosem::AttributeDescriptor attribute;
    axdr::DataView value;
};

/// Decodes one whole APDU. Errors: every malformed code; inner_length_mismatch for a time that is
/// not of 12 octets.
Result<EventNotification> decode_event_notification(ByteView apdu);

void encode(Writer& writer, const EventNotification& notification);

}  // namespace dlms::xdlms
