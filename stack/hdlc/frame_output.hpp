#pragma once
// FrameOutput: frames that wait to be transmitted, and on a two-wire line those that will come
// back as an echo.

#include <algorithm>
#include <deque>
#include <optional>

#include "stack/hdlc/frame.hpp"

namespace dlms::hdlc {

class FrameOutput {
public:
    explicit FrameOutput(bool expects_echo) : expects_echo_(expects_echo) {}

    /// Appends a frame that fits (its owner has seen to that).
    void put(const Frame& frame) {
        const std::size_t before = queued_.size();
        Writer writer(queued_);
        encode(writer, frame);
        if (expects_echo_ && writer.ok()) {
            const ByteView written = ByteView(queued_).subspan(before + 1);
            echoes_.push_back(to_buffer(written.first(written.size() - 1)));
            if (echoes_.size() > most_echoes) {
                echoes_.pop_front();
            }
        }
    }
    /// Whether octets between two flags are a frame of ours that came back. Each does once; those
    /// sent before it have not, and will not.
    bool takes_echo(ByteView content) {
        const auto found = std::ranges::find_if(echoes_, [content](const ByteBuffer& sent) {
            return std::ranges::equal(sent, content);
        });
        if (found == echoes_.end()) {
            return false;
        }
        echoes_.erase(echoes_.begin(), found + 1);
        return true;
    }
    /// The line was silent: no echo will come any more.
    void forget_echoes() { echoes_.clear(); }

    /// Octets that wait.
    std::size_t queued() const { return queued_.size(); }
    void clear() {
        queued_.clear();
        echoes_.clear();
    }
    /// Everything queued, at once; valid until the next poll().
    std::optional<ByteView> poll() {
        if (queued_.empty()) {
            return std::nullopt;
        }
        transmitting_.swap(queued_);
        queued_.clear();
        return ByteView(transmitting_);
    }

private:
    static constexpr std::size_t most_echoes = 16;  // two windows

    ByteBuffer queued_;
    ByteBuffer transmitting_;
    std::deque<ByteBuffer> echoes_;
    bool expects_echo_;
};

}  // namespace dlms::hdlc
