#pragma once
// PushOutbox: what the push setups of a meter (class 40) send to destinations of their own, on its
// way to whoever has the sockets and lines for it. Single-threaded.

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "stack/base/bytes.hpp"
#include "stack/base/strong.hpp"
#include "stack/base/time.hpp"

namespace dlms::simulator {

/// The transport_service of send_destination_and_method, those of them that the simulator has.
enum class PushTransport : std::uint8_t { tcp = 0, udp = 1, hdlc = 5 };

/// When an attempt counts as done.
enum class PushProof : std::uint8_t {
    sent,         ///< the line took it
    not_refused,  ///< and the far end did not refuse it at once
    confirmed,    ///< a DataNotificationConfirm came
};

enum class PushOutcome : std::uint8_t { delivered, failed };

/// One attempt to deliver one push.
struct PushAttempt {
    std::uint64_t id = 0;  ///< of this attempt alone, from the outbox
    PushTransport transport{};
    PushProof proof{};
    ServerSap server;
    ClientSap client;
    /// Of TCP and UDP: HOST:PORT, as it was written, so anything at all.
    std::string destination;
    ByteBuffer apdu;
};

class PushOutbox {
public:
    /// Pushes of a meter that wait, are under way, or are to be tried again.
    static constexpr std::size_t most_open = 16;

    /// A push begins; false when most_open are not over yet.
    bool begin() {
        const bool has_room = open_ < most_open;
        open_ += has_room ? 1 : 0;
        return has_room;
    }
    /// A push that began is over, however it ended.
    void end() { --open_; }
    std::size_t open() const { return open_; }

    /// Queues an attempt and returns its id. How it ends is told to Meter::push_ended().
    std::uint64_t put(PushAttempt attempt) {
        attempt.id = ++last_id_;
        queued_.push_back(std::move(attempt));
        wake();
        return last_id_;
    }
    std::vector<PushAttempt> take() { return std::exchange(queued_, {}); }

    /// Called, perhaps in the middle of a request, when attempts were queued, when the meter has
    /// something to do earlier than armed_for(), and when a destination was written.
    void set_waker(std::function<void()> waker) { waker_ = std::move(waker); }
    /// What the waker's owner waits for.
    void set_armed_for(Instant due) { armed_for_ = due; }
    void planned(Instant due) {
        if (due < armed_for_) {
            wake();
        }
    }
    void wake() const {
        if (waker_) {
            waker_();
        }
    }

private:
    std::size_t open_ = 0;
    std::uint64_t last_id_ = 0;
    std::vector<PushAttempt> queued_;
    std::function<void()> waker_;
    Instant armed_for_ = Instant::max();
};

}  // namespace dlms::simulator
