// Hexing's modems (deduced, not from a document of the maker).
//
// Log-in: a DataNotification whose body names the push setup 0-0:25.9.0.255, with the serial number
// behind the element that names 0-0:96.1.0.255 or 0-0:42.0.0.255; or a body of exactly three
// elements, of which the second is the serial number and the third a double-long-unsigned. Answered
// by a WPDU without an APDU if its long-invoke-id asks for confirmation. Heartbeats: a WPDU of 01
// and the signal as Data, answered the same way; or 21 octets without a wrapper header,
// DD 10 | device number 16 | 12 | signal 2, answered by DA.

#include <algorithm>
#include <array>

#include "client/dial_in/modem_frame.hpp"
#include "client/dial_in/named_serial.hpp"
#include "stack/axdr/data_view.hpp"
#include "stack/base/hex.hpp"
#include "stack/xdlms/data_notification.hpp"

namespace dlms::client::dial_in {
namespace {

constexpr std::size_t bare_size = 21;
constexpr std::array<Byte, 2> bare_start{0xDD, 0x10};
constexpr std::size_t bare_signal_mark_at = 18;
constexpr Byte bare_signal_mark = 0x12;
constexpr Byte bare_answer = 0xDA;
constexpr Byte heartbeat_tag = 0x01;
constexpr std::array<Byte, 6> push_setup{0, 0, 25, 9, 0, 255};

ByteBuffer empty_answer(const wrapper::Wpdu& wpdu) {
    ByteBuffer answer;
    Writer writer(answer);
    wrapper::encode(writer, {wpdu.destination_wport, wpdu.source_wport, {}});
    return answer;
}

/// The serial number of a body of three elements.
std::string serial_of_three(const axdr::DataView& body) {
    const auto elements = body.elements();
    const auto number = body.element(1);
    const auto last = body.element(2);
    const bool is_three = body.is(axdr::Tag::structure) && elements && elements->size() == 3 &&
                          number && last && number->is(axdr::Tag::octet_string) &&
                          last->is(axdr::Tag::double_long_unsigned);
    return is_three ? text_serial(*number) : std::string();
}

std::optional<ModemFrame> log_in(const wrapper::Wpdu& wpdu) {
    const auto notification = xdlms::decode_data_notification(wpdu.apdu);
    if (!notification) {
        return std::nullopt;
    }
    ModemFrame frame;
    frame.kind = ModemFrame::Kind::log_in;
    if (names_object(notification->body, push_setup)) {
        frame.serial_number = named_serial(notification->body);
    }
    if (frame.serial_number.empty()) {
        frame.serial_number = serial_of_three(notification->body);
    }
    if (frame.serial_number.empty()) {
        return std::nullopt;
    }
    if (notification->long_invoke_id_and_priority.is_confirmed()) {
        frame.answer = empty_answer(wpdu);
    }
    return frame;
}

}  // namespace

Recognition recognise_hexing(ByteView octets) {
    using enum Recognition::Verdict;
    const std::size_t shown = std::min(octets.size(), bare_start.size());
    if (!std::ranges::equal(octets.first(shown), ByteView(bare_start).first(shown))) {
        return {};
    }
    if (octets.size() < bare_size) {
        return {unfinished};
    }
    if (octets[bare_signal_mark_at] != bare_signal_mark) {
        return {damaged, bare_size};
    }
    Recognition whole_frame{whole, bare_size};
    whole_frame.frame.signal = static_cast<std::uint16_t>(octets[bare_signal_mark_at + 1] << 8 |
                                                          octets[bare_signal_mark_at + 2]);
    whole_frame.frame.answer = {bare_answer};
    return whole_frame;
}

std::optional<ModemFrame> recognise_hexing_wpdu(const wrapper::Wpdu& wpdu) {
    if (wpdu.apdu.empty() || wpdu.apdu[0] != heartbeat_tag) {
        return log_in(wpdu);
    }
    // An InitiateRequest has the same tag, is longer, and no meter sends one.
    const auto signal = axdr::parse_data(wpdu.apdu.subspan(1));
    const auto value = signal ? signal->unsigned_integer()
                              : Result<std::uint64_t>(std::unexpected(signal.error()));
    if (!value || *value > 0xFFFF) {
        return std::nullopt;
    }
    ModemFrame frame;
    frame.signal = static_cast<std::uint16_t>(*value);
    frame.answer = empty_answer(wpdu);
    return frame;
}

}  // namespace dlms::client::dial_in
