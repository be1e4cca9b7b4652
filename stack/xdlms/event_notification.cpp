#include "stack/xdlms/event_notification.hpp"

#include "stack/xdlms/service_reader.hpp"

namespace dlms::xdlms {

Result<EventNotification> decode_event_notification(ByteView apdu) {
    Reader reader(apdu, Layer::xdlms);
    read_tag(reader, ApduTag::event_notification_request);
    EventNotification notification;
    if (axdr::read_presence(reader)) {
        const std::size_t where = reader.offset();
        notification.time = read_date_time_octets(reader);
        if (notification.time->empty()) {
            reader.fail_at(ErrorCode::inner_length_mismatch, where);
        }
    }
    notification.attribute = cosem::read_attribute_descriptor(reader);
    notification.value = axdr::read_data(reader);
    return finish<EventNotification>(reader, notification);
}

void encode(Writer& writer, const EventNotification& notification) {
    writer.u8(static_cast<std::uint8_t>(ApduTag::event_notification_request));
    writer.u8(notification.time ? 1 : 0);
    if (notification.time) {
        if (notification.time->empty()) {
            writer.fail();
        }
        write_date_time_octets(writer, *notification.time);
    }
    cosem::write(writer, notification.attribute);
    writer.bytes(notification.value.encoded());
}

}  // namespace dlms::xdlms
