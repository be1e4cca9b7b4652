#include "stack/hdlc/segmenter.hpp"

#include <algorithm>

namespace dlms::hdlc {

void Segmenter::reset(std::size_t information_length) {
    octets_.clear();
    ends_.clear();
    front_ = 0;
    information_length_ = information_length;
}

void Segmenter::add(ByteView llc, ByteView apdu) {
    if (empty()) {
        reset(information_length_);
    } else if (front_ > octets_.size() / 2) {
        forget_dropped();
    }
    octets_.insert(octets_.end(), llc.begin(), llc.end());
    octets_.insert(octets_.end(), apdu.begin(), apdu.end());
    ends_.push_back(octets_.size());
}

void Segmenter::forget_dropped() {
    octets_.erase(octets_.begin(), octets_.begin() + static_cast<std::ptrdiff_t>(front_));
    std::erase_if(ends_, [this](std::size_t end) { return end <= front_; });
    for (std::size_t& end : ends_) {
        end -= front_;
    }
    front_ = 0;
}

Segmenter::Place Segmenter::place(std::size_t begin, std::size_t apdu) const {
    return {begin, std::min(begin + information_length_, ends_[apdu]), apdu};
}

Segmenter::Place Segmenter::first() const {
    // APDUs are never empty: the LLC header is there.
    const auto apdu = std::upper_bound(ends_.begin(), ends_.end(), front_) - ends_.begin();
    return place(front_, static_cast<std::size_t>(apdu));
}

Segmenter::Place Segmenter::after(const Place& before) const {
    return place(before.end, before.end == ends_[before.apdu] ? before.apdu + 1 : before.apdu);
}

std::size_t Segmenter::count(std::size_t most) const {
    if (empty() || most == 0) {
        return 0;
    }
    std::size_t counted = 1;
    for (Place at = first(); counted < most && at.end < octets_.size(); at = after(at)) {
        ++counted;
    }
    return counted;
}

Segment Segmenter::segment(std::size_t index) const {
    Place at = first();
    for (; index > 0; --index) {
        at = after(at);
    }
    return {ByteView(octets_).subspan(at.begin, at.end - at.begin), at.end == ends_[at.apdu]};
}

void Segmenter::drop(std::size_t n) {
    for (; n > 0; --n) {
        front_ = first().end;
    }
}

}  // namespace dlms::hdlc
