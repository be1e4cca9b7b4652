#include "stack/hdlc/frame_parser.hpp"

#include <algorithm>

#include "stack/hdlc/crc.hpp"

namespace dlms::hdlc {
namespace {

constexpr unsigned format_type_bits = 0xF0;
constexpr unsigned format_type = 0xA0;
constexpr std::size_t check_size = 2;
/// A flag, format, two addresses, control and the check.
constexpr std::size_t largest_header = 1 + 2 + 2 * 4 + 1 + check_size;

/// The octets of the address at the beginning of `rest`; 0 while its end has not come, and more
/// than four when it has no end.
std::size_t address_size(ByteView rest) {
    for (std::size_t i = 0; i < rest.size(); ++i) {
        if ((rest[i] & 1) != 0 || i == 4) {
            return i + 1;
        }
    }
    return 0;
}

bool is_address_size(std::size_t size) {
    return size == 1 || size == 2 || size == 4;
}

std::size_t announced_length(ByteView rest) {
    return big_endian<2>(rest) & max_frame_length;
}

}  // namespace

void FrameParser::reset() {
    input_.clear();
    position_ = boundary_ = trusted_length_ = 0;
    stream_base_ = 0;
    failure_.reset();
}

void FrameParser::forget_consumed() {
    input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(position_));
    stream_base_ += position_;
    boundary_ -= std::min(boundary_, position_);
    position_ = 0;
}

void FrameParser::receive(ByteView octets, Instant now) {
    if (octets.empty() || failure_) {
        return;
    }
    forget_consumed();
    if (configuration_.inter_octet_timeout &&
        now - last_octet_ >= *configuration_.inter_octet_timeout) {
        discard_partial();
    }
    last_octet_ = now;
    input_.insert(input_.end(), octets.begin(), octets.end());
}

void FrameParser::handle_timeout(Instant now) {
    const std::optional<Instant> deadline = poll_timeout();
    if (deadline && now >= *deadline) {
        discard_partial();
    }
}

bool FrameParser::has_partial() const {
    const auto rest = ByteView(input_).subspan(position_);
    return position_ >= boundary_ && std::ranges::any_of(rest, [](Byte b) { return b != flag; });
}

std::size_t FrameParser::unfinished_size() const {
    if (failure_ || !has_partial()) {
        return 0;
    }
    return trusted_length_ != 0 ? trusted_length_ + 2 : largest_header;
}

std::optional<Instant> FrameParser::poll_timeout() const {
    if (!configuration_.inter_octet_timeout || failure_ || !has_partial()) {
        return std::nullopt;
    }
    return last_octet_ + *configuration_.inter_octet_timeout;
}

std::optional<RawFrame> FrameParser::poll_frame() {
    RawFrame frame;
    while (!failure_) {
        switch (step(frame)) {
            case Step::frame: return frame;
            case Step::wait: return std::nullopt;
            case Step::again: break;
        }
    }
    position_ = input_.size();  // what follows a failure means nothing
    return std::nullopt;
}

void FrameParser::skip_noise() {
    const auto from = input_.begin() + static_cast<std::ptrdiff_t>(position_);
    const auto next_flag = std::find(from, input_.end(), flag);
    if (from == next_flag) {
        return;
    }
    if (configuration_.error_mode == ErrorMode::close) {
        // It fails at the first octet, however many have come.
        ++counters_.noise_octets;
        failure_ = Error{ErrorCode::no_frame, Layer::hdlc,
                         static_cast<std::uint32_t>(stream_base_ + position_)};
        return;
    }
    const auto skipped = static_cast<std::size_t>(next_flag - from);
    counters_.noise_octets += skipped;
    position_ += skipped;
}

FrameParser::Step FrameParser::step(RawFrame& frame) {
    skip_noise();
    while (position_ + 1 < input_.size() && input_[position_ + 1] == flag) {
        ++position_;
    }
    if (failure_ || position_ == input_.size()) {
        return Step::wait;
    }
    // What stood there when a silence came ends there too.
    const std::size_t end = position_ < boundary_ ? boundary_ : input_.size();
    const ByteView rest = ByteView(input_).first(end).subspan(position_ + 1);
    const Step head = trusted_length_ != 0 ? Step::frame : check_head(rest);
    if (head == Step::again) {
        return head;
    }
    if (head == Step::wait || rest.size() <= trusted_length_) {
        if (position_ >= boundary_) {
            return Step::wait;
        }
        if (rest.empty()) {
            ++position_;  // only a flag: nothing began with it
            return Step::again;
        }
        return reject(ErrorCode::truncated, counters_.incomplete, end);
    }
    const std::size_t length = trusted_length_;
    if (rest[length] != flag) {
        return reject(ErrorCode::frame_length_mismatch, counters_.wrong_length, position_ + 1);
    }
    const Result<RawFrame> decoded =
        decode_raw_frame(rest.first(length), stream_base_ + position_ + 1);
    if (!decoded) {
        const std::size_t closing_flag = position_ + 1 + length;
        const Step step = reject(decoded.error().code, counters_.frame_check, position_ + 1);
        position_ = closing_flag;
        return step;
    }
    ++counters_.frames;
    position_ += 1 + length;
    trusted_length_ = 0;
    frame = *decoded;
    return Step::frame;
}

/// Judges the header as soon as its octets are there; what it finds wrong depends on nothing that
/// comes later. Step::frame: trusted_length_ holds the frame's length.
FrameParser::Step FrameParser::check_head(ByteView rest) {
    const std::size_t start = position_ + 1;
    if (rest.empty()) {
        return Step::wait;
    }
    if ((rest[0] & format_type_bits) != format_type) {
        return reject(ErrorCode::frame_format, counters_.wrong_format, start);
    }
    if (rest.size() < 2) {
        return Step::wait;
    }
    if (announced_length(rest) < least_frame_length) {
        return reject(ErrorCode::frame_length_mismatch, counters_.wrong_length, start);
    }
    std::size_t head = 2;
    for (int address = 0; address < 2; ++address) {
        const std::size_t size = address_size(rest.subspan(head));
        if (size == 0) {
            return Step::wait;
        }
        if (!is_address_size(size)) {
            return reject(ErrorCode::address_encoding, counters_.wrong_address, start + head);
        }
        head += size;
    }
    return check_length(rest, head + 1);
}

FrameParser::Step FrameParser::check_length(ByteView rest, std::size_t head) {
    const std::size_t length = announced_length(rest);
    const bool has_information = length > head + check_size;
    if (length < head + check_size || (has_information && length < head + 2 * check_size)) {
        return reject(ErrorCode::frame_length_mismatch, counters_.wrong_length, position_ + 1);
    }
    if (has_information) {
        if (rest.size() < head + check_size) {
            return Step::wait;
        }
        const std::uint16_t check = crc(rest.first(head));
        if (rest[head] != (check & 0xFF) || rest[head + 1] != check >> 8) {
            return reject(ErrorCode::header_check_mismatch, counters_.header_check,
                          position_ + 1 + head);
        }
    }
    trusted_length_ = length;
    return Step::frame;
}

FrameParser::Step FrameParser::reject(ErrorCode code, std::uint64_t& counter, std::size_t offset) {
    ++counter;
    trusted_length_ = 0;
    if (configuration_.error_mode == ErrorMode::close) {
        failure_ = Error{code, Layer::hdlc, static_cast<std::uint32_t>(stream_base_ + offset)};
    }
    ++position_;  // the flag opened nothing; the search goes on behind it
    return Step::again;
}

}  // namespace dlms::hdlc
