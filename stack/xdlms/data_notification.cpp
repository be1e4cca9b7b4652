#include "stack/xdlms/data_notification.hpp"

#include "stack/xdlms/service_reader.hpp"

namespace dlms::xdlms {
namespace {

/// The date-time with a tag before it: of an octet-string before its length, or of a date-time,
/// which has none. Without the tolerance they read as lengths of 9 and 25 and are refused for that.
ByteView read_tagged_date_time(Reader& reader) {
    Reader ahead = reader;
    const std::uint8_t tag = ahead.u8();
    if (tag == static_cast<std::uint8_t>(axdr::Tag::date_time)) {
        reader.u8();
        return reader.bytes(12);
    }
    const bool tagged = tag == static_cast<std::uint8_t>(axdr::Tag::octet_string) &&
                        (ahead.peek() == 12 || ahead.peek() == 0);
    if (tagged && !ahead.at_end()) {
        reader.u8();
    }
    return read_date_time_octets(reader);
}

}  // namespace

Result<DataNotification> decode_data_notification(ByteView apdu,
                                                  DataNotificationTolerance tolerance) {
    Reader reader(apdu, Layer::xdlms);
    read_tag(reader, ApduTag::data_notification);
    DataNotification notification;
    notification.long_invoke_id_and_priority = LongInvokeIdAndPriority(reader.u32());
    notification.date_time =
        tolerance.tagged_date_time ? read_tagged_date_time(reader) : read_date_time_octets(reader);
    notification.body = axdr::read_data(reader);
    return finish<DataNotification>(reader, notification);
}

Result<DataNotificationConfirm> decode_data_notification_confirm(ByteView apdu) {
    Reader reader(apdu, Layer::xdlms);
    read_tag(reader, ApduTag::data_notification_confirm);
    DataNotificationConfirm confirm;
    confirm.long_invoke_id_and_priority = LongInvokeIdAndPriority(reader.u32());
    confirm.date_time = read_date_time_octets(reader);
    return finish<DataNotificationConfirm>(reader, confirm);
}

void encode(Writer& writer, const DataNotification& notification) {
    writer.u8(static_cast<std::uint8_t>(ApduTag::data_notification));
    writer.u32(notification.long_invoke_id_and_priority.raw());
    write_date_time_octets(writer, notification.date_time);
    writer.bytes(notification.body.encoded());
}

void encode(Writer& writer, const DataNotificationConfirm& confirm) {
    writer.u8(static_cast<std::uint8_t>(ApduTag::data_notification_confirm));
    writer.u32(confirm.long_invoke_id_and_priority.raw());
    write_date_time_octets(writer, confirm.date_time);
}

}  // namespace dlms::xdlms
