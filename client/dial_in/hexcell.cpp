// The GPRS module of Hexcell meters (the maker's document): a heartbeat of 23 octets,
// 8E A1 | meter 6 | signal 1 | SIM 12 | checksum | 17, answered by 8E 31 01 01 C1 17. The checksum
// is the low octet of the sum of all octets before it. The first one is the log-in: the document
// mentions a frame of its own for that, and does not give it.

#include <algorithm>
#include <array>
#include <numeric>

#include "client/dial_in/modem_frame.hpp"
#include "stack/base/hex.hpp"

namespace dlms::client::dial_in {
namespace {

constexpr std::size_t frame_size = 23;
constexpr std::size_t number_at = 2;
constexpr std::size_t number_size = 6;
constexpr std::size_t signal_at = 8;
constexpr std::size_t checksum_at = 21;
constexpr std::array<Byte, 2> start{0x8E, 0xA1};
constexpr Byte end = 0x17;
constexpr std::array<Byte, 6> answer{0x8E, 0x31, 0x01, 0x01, 0xC1, 0x17};

}  // namespace

Recognition recognise_hexcell(ByteView octets) {
    using enum Recognition::Verdict;
    const std::size_t shown = std::min(octets.size(), start.size());
    if (!std::ranges::equal(octets.first(shown), ByteView(start).first(shown))) {
        return {};
    }
    if (octets.size() < frame_size) {
        return {unfinished};
    }
    const ByteView frame = octets.first(frame_size);
    const ByteView summed = frame.first(checksum_at);
    const unsigned sum = std::accumulate(summed.begin(), summed.end(), 0U);
    if (frame[checksum_at] != static_cast<Byte>(sum & 0xFF) || frame.back() != end) {
        return {damaged, frame_size};
    }
    Recognition whole_frame{whole, frame_size};
    whole_frame.frame.kind = ModemFrame::Kind::heartbeat;
    // BCD, as in the meter's own serial number object.
    whole_frame.frame.serial_number = to_hex(frame.subspan(number_at, number_size));
    whole_frame.frame.signal = frame[signal_at];
    whole_frame.frame.answer.assign(answer.begin(), answer.end());
    return whole_frame;
}

}  // namespace dlms::client::dial_in
