// Meters of any maker that push before anything else: the serial number, or the logical device
// name, stands in the body beside its logical name.

#include "client/dial_in/modem_frame.hpp"
#include "client/dial_in/named_serial.hpp"
#include "stack/xdlms/data_notification.hpp"

namespace dlms::client::dial_in {

std::optional<ModemFrame> recognise_push(const wrapper::Wpdu& wpdu) {
    const auto notification = xdlms::decode_data_notification(wpdu.apdu);
    if (!notification) {
        return std::nullopt;
    }
    ModemFrame frame;
    frame.kind = ModemFrame::Kind::log_in;
    frame.serial_number = named_serial(notification->body);
    frame.is_push = true;
    return frame.serial_number.empty() ? std::nullopt : std::optional(frame);
}

}  // namespace dlms::client::dial_in
