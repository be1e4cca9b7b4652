#include "simulator/dial_in_connection.hpp"

#include <algorithm>
#include <numeric>

#include "stack/axdr/data_builder.hpp"
#include "stack/xdlms/data_notification.hpp"

namespace dlms::simulator {
namespace {

constexpr Byte hexcell_start = 0x8E;
constexpr std::array<Byte, 6> hexcell_answer{hexcell_start, 0x31, 0x01, 0x01, 0xC1, 0x17};
constexpr Byte hexing_b_answer = 0xDA;
/// Any value does: a good one.
constexpr std::uint8_t signal = 25;

constexpr std::uint16_t data_class = 1;
constexpr cosem::ObisCode serial_number(0, 0, 96, 1, 0, 255);
constexpr cosem::ObisCode push_setup(0, 0, 25, 9, 0, 255);
constexpr std::uint16_t management_client = 1;
constexpr std::uint16_t management_device = 1;

/// The serial number's octets, as they are or as text.
ByteBuffer serial_of(Meter& meter) {
    LogicalDevice& device = meter.own_devices().front();
    const auto object = device.find_object(data_class, serial_number);
    const axdr::DataView value = object ? device.stored({*object, 2}) : axdr::DataView();
    if (const auto text = value.text()) {
        return to_buffer(as_bytes(*text));
    }
    const auto octets = value.octets();
    return octets ? to_buffer(*octets) : to_buffer(as_bytes(device.name()));
}

/// The last octets, with 0 in front of those that lack.
ByteBuffer fitted(ByteView octets, std::size_t size) {
    ByteBuffer result(size);
    const ByteView last = octets.last(std::min(size, octets.size()));
    std::ranges::copy(last, result.end() - static_cast<std::ptrdiff_t>(last.size()));
    return result;
}

ByteBuffer hexcell_beat(Meter& meter) {
    const ByteBuffer number = fitted(serial_of(meter), 6);
    ByteBuffer frame{hexcell_start, 0xA1};
    frame.insert(frame.end(), number.begin(), number.end());
    frame.push_back(signal);
    // No source says what the twelve octets of the SIM are: digits, made of the meter's number.
    for (const Byte octet : number) {
        frame.push_back(static_cast<Byte>('0' + (octet >> 4) % 10));
        frame.push_back(static_cast<Byte>('0' + (octet & 0x0F) % 10));
    }
    frame.push_back(std::accumulate(frame.begin(), frame.end(), Byte{0}, [](Byte sum, Byte octet) {
        return static_cast<Byte>(sum + octet);
    }));
    frame.push_back(0x17);
    return frame;
}

ByteBuffer hexing_b_beat(Meter& meter) {
    const ByteBuffer number = fitted(serial_of(meter), 16);
    ByteBuffer frame{0xDD, 0x10};
    frame.insert(frame.end(), number.begin(), number.end());
    frame.insert(frame.end(), {0x12, 0x00, signal});
    return frame;
}

}  // namespace

DialInConnection::DialInConnection(Meter& meter, const DialInSettings& settings, Instant now)
    : meter_(meter),
      settings_(settings),
      meter_connection_(meter, now),
      next_beat_(now + settings.heartbeat) {
    log_in();
}

void DialInConnection::log_in() {
    if (settings_.form == DialInForm::hexcell) {
        queued_ = hexcell_beat(meter_);
        unanswered_ = 1;
        return;
    }
    axdr::DataBuilder builder;
    builder.structure(3);
    builder.octet_string(push_setup.octets());
    builder.octet_string(serial_number.octets());
    builder.octet_string(serial_of(meter_));
    const axdr::Data body = builder.finish().value_or(axdr::Data());
    xdlms::DataNotification notification;
    notification.long_invoke_id_and_priority = xdlms::LongInvokeIdAndPriority(0x40000001);
    notification.body = body.view();
    ByteBuffer apdu;
    Writer writer(apdu);
    xdlms::encode(writer, notification);
    send_apdu(apdu);
    unanswered_ = 1;
}

void DialInConnection::beat(Instant now) {
    next_beat_ = now + settings_.heartbeat;
    if (unanswered_ >= most_unanswered) {
        has_given_up_ = true;
        return;
    }
    ++unanswered_;
    switch (settings_.form) {
        case DialInForm::hexcell: {
            const ByteBuffer frame = hexcell_beat(meter_);
            queued_.insert(queued_.end(), frame.begin(), frame.end());
            return;
        }
        case DialInForm::hexing: {
            // 01, and the signal as Data.
            const std::array<Byte, 3> apdu{0x01, 0x11, signal};
            send_apdu(apdu);
            return;
        }
        case DialInForm::hexing_b: {
            const ByteBuffer frame = hexing_b_beat(meter_);
            queued_.insert(queued_.end(), frame.begin(), frame.end());
            return;
        }
    }
}

void DialInConnection::send_apdu(ByteView apdu) {
    Writer writer(queued_);
    wrapper::encode(writer, {management_device, management_client, apdu});
}

std::optional<Error> DialInConnection::failure() const {
    return has_given_up_ ? std::optional(Error{ErrorCode::timeout, Layer::wrapper, 0})
                         : meter_connection_.failure();
}

/// Takes what answers a log-in or a heartbeat off the input; false when it begins with something
/// else, or is not whole.
bool DialInConnection::take_answer() {
    const ByteView input(input_);
    std::size_t size = 0;
    if (settings_.form == DialInForm::hexcell && input.size() >= hexcell_answer.size() &&
        std::ranges::equal(input.first(hexcell_answer.size()), hexcell_answer)) {
        size = hexcell_answer.size();
    } else if (settings_.form == DialInForm::hexing_b && !input.empty() &&
               input[0] == hexing_b_answer) {
        size = 1;
    } else if (settings_.form != DialInForm::hexcell && input.size() >= wrapper::header_size) {
        // A WPDU without an APDU.
        const auto wpdu = wrapper::decode_wpdu(input.first(wrapper::header_size));
        size = wpdu && wpdu->apdu.empty() ? wrapper::header_size : 0;
    }
    if (size == 0) {
        return false;
    }
    input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(size));
    unanswered_ = 0;
    ++answered_;
    return true;
}

void DialInConnection::receive(ByteView bytes, Instant now) {
    meter_connection_.note_activity(now);
    input_.insert(input_.end(), bytes.begin(), bytes.end());
    while (!input_.empty()) {
        if (take_answer()) {
            continue;
        }
        const ByteView input(input_);
        const bool may_be_answer =
            settings_.form == DialInForm::hexcell && input.size() < hexcell_answer.size() &&
            std::ranges::equal(input, ByteView(hexcell_answer).first(input.size()));
        const bool is_wpdu = input[0] == 0;
        if (may_be_answer || (is_wpdu && input.size() < wrapper::header_size)) {
            return;
        }
        // What is neither a WPDU nor an answer is the meter's to refuse.
        const std::size_t length =
            is_wpdu ? wrapper::header_size + (std::size_t{input[6]} << 8 | input[7]) : input.size();
        if (length > input.size()) {
            return;
        }
        const ByteBuffer whole = to_buffer(input.first(length));
        input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(length));
        meter_connection_.receive(whole, now);
    }
}

void DialInConnection::handle_timeout(Instant now) {
    if (now >= next_beat_) {
        beat(now);
    }
    const std::optional<Instant> due = meter_connection_.poll_timeout();
    if (due && now >= *due) {
        meter_connection_.handle_timeout(now);
    }
}

std::optional<ByteView> DialInConnection::poll_transmit() {
    if (!queued_.empty()) {
        sending_.swap(queued_);
        queued_.clear();
        return ByteView(sending_);
    }
    return meter_connection_.poll_transmit();
}

std::optional<Instant> DialInConnection::poll_timeout() const {
    if (failure()) {
        return std::nullopt;
    }
    const std::optional<Instant> due = meter_connection_.poll_timeout();
    return due && *due < next_beat_ ? due : next_beat_;
}

}  // namespace dlms::simulator
