#include "render/tcp_stream.hpp"

#include <algorithm>

namespace dlms::render {

std::int64_t TcpStream::distance(std::uint32_t sequence) const {
    return static_cast<std::int32_t>(sequence - next_sequence_);
}

void TcpStream::begin(std::uint32_t sequence) {
    if (!has_begun_) {
        has_begun_ = true;
        next_sequence_ = sequence + 1;
    }
}

std::vector<TcpStream::Part> TcpStream::receive(std::uint32_t sequence, ByteView payload,
                                                std::size_t cut_off) {
    std::vector<Part> parts;
    if (payload.empty() && cut_off == 0) {
        return parts;
    }
    if (!has_begun_) {
        has_begun_ = true;
        next_sequence_ = sequence;
    }
    const std::int64_t ahead = distance(sequence);
    if (ahead > 0) {
        ++counters_.out_of_order;
        Waiting& waiting = waiting_[next_ + ahead];
        if (waiting.size() < payload.size() + cut_off) {
            waiting_octets_ -= waiting.size() == 0 ? 0 : cost(waiting);
            waiting = {to_buffer(payload), cut_off};
            waiting_octets_ += cost(waiting);
        }
        while (waiting_octets_ > most_waiting_) {
            skip_to_waiting(parts);
        }
        return parts;
    }
    const auto whole = static_cast<std::int64_t>(payload.size() + cut_off);
    if (ahead < 0) {
        ++(whole <= -ahead ? counters_.retransmitted : counters_.overlapping);
    }
    take(parts, next_ + ahead, payload, cut_off);
    deliver_waiting(parts);
    return parts;
}

/// Takes of a segment that begins at or before the present place what is new.
void TcpStream::take(std::vector<Part>& parts, std::int64_t place, ByteView payload,
                     std::size_t cut_off) {
    const auto old = static_cast<std::size_t>(next_ - place);
    const std::size_t old_captured = std::min(old, payload.size());
    const std::size_t old_cut_off = std::min(old - old_captured, cut_off);
    deliver(parts, payload.subspan(old_captured), cut_off - old_cut_off);
}

void TcpStream::deliver(std::vector<Part>& parts, ByteView octets, std::size_t cut_off) {
    if (!octets.empty()) {
        parts.push_back({to_buffer(octets), 0});
    }
    if (cut_off > 0) {
        parts.push_back({{}, cut_off});
    }
    next_ += static_cast<std::int64_t>(octets.size() + cut_off);
    next_sequence_ += static_cast<std::uint32_t>(octets.size() + cut_off);
}

void TcpStream::deliver_waiting(std::vector<Part>& parts) {
    while (!waiting_.empty() && waiting_.begin()->first <= next_) {
        const auto node = waiting_.extract(waiting_.begin());
        waiting_octets_ -= cost(node.mapped());
        take(parts, node.key(), node.mapped().octets, node.mapped().cut_off);
    }
}

void TcpStream::skip_to_waiting(std::vector<Part>& parts) {
    deliver(parts, {}, static_cast<std::size_t>(waiting_.begin()->first - next_));
    deliver_waiting(parts);
}

std::vector<TcpStream::Part> TcpStream::acknowledge(std::uint32_t acknowledged) {
    std::vector<Part> parts;
    while (has_begun_ && !waiting_.empty() &&
           waiting_.begin()->first <= next_ + distance(acknowledged)) {
        skip_to_waiting(parts);
    }
    return parts;
}

std::vector<TcpStream::Part> TcpStream::finish() {
    std::vector<Part> parts;
    while (!waiting_.empty()) {
        skip_to_waiting(parts);
    }
    return parts;
}

}  // namespace dlms::render
