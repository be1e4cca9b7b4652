#include "stack/hdlc/numbered_transfer.hpp"

#include "stack/hdlc/llc.hpp"

namespace dlms::hdlc {

void NumberedTransfer::reset(const Parameters& agreed, std::size_t max_apdu) {
    sending_.reset(agreed.max_information_transmit);
    first_sent_ = due_ = 0;
    outstanding_ = 0;
    is_assembling_ = false;
    assembled_.clear();
    max_assembled_ = max_apdu + llc_size;
    window_transmit_ = agreed.window_transmit;
    window_receive_ = agreed.window_receive;
}

unsigned NumberedTransfer::window() const {
    return static_cast<unsigned>(sending_.count(window_transmit_));
}

ControlField NumberedTransfer::control(unsigned index, bool poll_final) const {
    return {FrameType::i, poll_final, modulo(first_sent_ + index), due_};
}

std::optional<unsigned> NumberedTransfer::acknowledge(std::uint8_t receive_sequence) {
    const unsigned acknowledged = modulo(receive_sequence + 8u - first_sent_);
    if (acknowledged > outstanding_) {
        return std::nullopt;
    }
    sending_.drop(acknowledged);
    outstanding_ -= acknowledged;
    first_sent_ = receive_sequence;
    return acknowledged;
}

Arrival NumberedTransfer::judge(std::uint8_t send_sequence) const {
    const unsigned ahead = modulo(send_sequence + 8u - due_);
    if (ahead == 0) {
        return Arrival::next;
    }
    return ahead < window_receive_ ? Arrival::early : Arrival::repeated;
}

bool NumberedTransfer::take(ByteView information, bool segmented) {
    if (!is_assembling_) {
        assembled_.clear();
    }
    if (information.size() > max_assembled_ - assembled_.size()) {
        return false;
    }
    assembled_.insert(assembled_.end(), information.begin(), information.end());
    is_assembling_ = segmented;
    due_ = modulo(due_ + 1u);
    return true;
}

}  // namespace dlms::hdlc
