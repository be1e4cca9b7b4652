#pragma once
// EventQueue: what a link has to say upward, in order, with the octets that its events view.
// Buffers are used again.

#include <optional>
#include <utility>
#include <vector>

#include "stack/base/bytes.hpp"

namespace dlms::hdlc {

template <class Event>
class EventQueue {
public:
    void push(Event event) { slot().event = std::move(event); }
    /// Queues `make(view)`, where the view is that of `octets` without the first `skipped`. The
    /// octets move into the queue; an old buffer takes their place.
    template <class Make>
    void push(ByteBuffer& octets, std::size_t skipped, Make make) {
        Slot& place = slot();
        place.octets.swap(octets);
        octets.clear();
        place.event = make(ByteView(place.octets).subspan(skipped));
    }
    /// The next event, once; its views are valid until the next release().
    std::optional<Event> poll() {
        if (polled_ == filled_) {
            return std::nullopt;
        }
        return *slots_[polled_++].event;
    }
    /// Begins a new input: what was polled is over.
    void release() {
        if (polled_ == filled_) {
            polled_ = filled_ = 0;
        }
    }

private:
    struct Slot {
        std::optional<Event> event;
        ByteBuffer octets;
    };
    Slot& slot() {
        if (filled_ == slots_.size()) {
            slots_.emplace_back();  // octets keep their place when the slots move
        }
        return slots_[filled_++];
    }

    std::vector<Slot> slots_;
    std::size_t filled_ = 0;
    std::size_t polled_ = 0;
};

}  // namespace dlms::hdlc
