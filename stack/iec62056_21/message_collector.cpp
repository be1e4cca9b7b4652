#include "stack/iec62056_21/message_collector.hpp"

#include <utility>

#include "stack/iec62056_21/message.hpp"

namespace dlms::iec62056_21 {

using namespace control;

void MessageCollector::await(Kind kind) {
    kind_ = kind;
    message_.clear();
    whole_ = false;
    at_check_ = false;
}

MessageCollector::Progress MessageCollector::take(Byte character) {
    const bool anew = kind_ == Kind::opening && character == '/';
    if (whole_ || anew) {
        await(kind_);
    }
    if (message_.empty() && !begins_message(character)) {
        return Progress::noise;
    }
    if (message_.size() >= (kind_ == Kind::opening ? max_opening : max_block)) {
        await(kind_);
        return Progress::overflow;
    }
    message_.push_back(character);
    if (kind_ == Kind::opening) {
        whole_ = ends_message();
    } else {
        // Whatever it is, the character behind the end is the block check.
        whole_ = std::exchange(at_check_, character == etx || character == eot);
    }
    return whole_ ? Progress::whole : Progress::begun;
}

bool MessageCollector::begins_message(Byte character) const {
    if (kind_ == Kind::opening) {
        return character == '/' || character == ack || character == nak;
    }
    return character == stx || character == soh;
}

bool MessageCollector::ends_message() const {
    constexpr std::size_t acknowledgement_size = 6;
    return message_.back() == '\n' || message_.front() == nak ||
           (message_.front() == ack && message_.size() == acknowledgement_size);
}

}  // namespace dlms::iec62056_21
