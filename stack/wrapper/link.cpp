#include "stack/wrapper/link.hpp"

#include "stack/base/machine.hpp"
#include "stack/base/reader.hpp"

namespace dlms::wrapper {

static_assert(Machine<Link>);

void Link::receive(ByteView bytes, Instant) {
    if (state_ == State::failed) {
        counters_.octets_dropped += bytes.size();
        return;
    }
    input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(consumed_));
    consumed_ = 0;
    input_.insert(input_.end(), bytes.begin(), bytes.end());
}

std::optional<Wpdu> Link::poll_event() {
    while (state_ == State::open && buffered() >= header_size) {
        Reader reader(ByteView(input_).subspan(consumed_), Layer::wrapper);
        if (reader.u16() != version) {
            give_up(ErrorCode::wrong_version);
            return std::nullopt;
        }
        Wpdu wpdu;
        wpdu.source_wport = reader.u16();
        wpdu.destination_wport = reader.u16();
        const std::uint16_t length = reader.u16();
        if (length > max_apdu_) {
            give_up(ErrorCode::pdu_too_long);
            return std::nullopt;
        }
        if (length > reader.remaining()) {
            return std::nullopt;
        }
        wpdu.apdu = reader.bytes(length);
        consumed_ += header_size + length;
        if (length == 0) {
            ++counters_.empty_dropped;
            continue;
        }
        ++counters_.received;
        return wpdu;
    }
    return std::nullopt;
}

Status Link::send(const Wpdu& wpdu) {
    if (state_ == State::failed) {
        return fail(ErrorCode::wrong_state, Layer::wrapper);
    }
    const std::size_t size = header_size + wpdu.apdu.size();
    if (wpdu.apdu.size() > max_apdu_ || queued_.size() + size > limits::max_transmit_queue) {
        return fail(ErrorCode::request_too_long, Layer::wrapper);
    }
    Writer writer(queued_);
    encode(writer, wpdu);
    return {};
}

std::optional<ByteView> Link::poll_transmit() {
    if (queued_.empty()) {
        return std::nullopt;
    }
    transmitting_.swap(queued_);
    queued_.clear();
    return ByteView(transmitting_);
}

void Link::give_up(ErrorCode code) {
    state_ = State::failed;
    error_ = Error{code, Layer::wrapper, 0};
    counters_.octets_dropped += buffered();
    input_.clear();
    consumed_ = 0;
}

}  // namespace dlms::wrapper
