#pragma once
// PushCall: one push on an open channel: it is sent, and what comes back is looked at until the
// push counts as done or has failed. Single-threaded; pending operations keep it alive.

#include <asio/steady_timer.hpp>

#include "simulator/push_outbox.hpp"
#include "stack/wrapper/link.hpp"
#include "transport/channel.hpp"

namespace dlms::simulator {

class PushCall : public transport::ChannelUser, public std::enable_shared_from_this<PushCall> {
public:
    /// For the octets to leave, and for a confirmation.
    static constexpr std::chrono::seconds longest{10};
    /// For the far end to say that nobody takes its datagrams.
    static constexpr std::chrono::seconds refusal_time{2};

    struct Callbacks {
        /// Whether an APDU that came back is the confirmation.
        std::function<bool(ByteView apdu)> is_confirmed;
        /// Once, unless the call was cancelled. Errors: timeout, those of the channel, and those of
        /// a WPDU that is none.
        std::function<void(const Status&)> ended;
    };

    static std::shared_ptr<PushCall> start(std::unique_ptr<transport::Channel> channel,
                                           const PushAttempt& attempt, Callbacks callbacks);
    /// Ends without a word.
    void cancel();

    void read_ended(const Result<std::size_t>& count) override;
    void may_write() override { write(); }
    void line_changed(const Status&) override {}

private:
    PushCall(std::unique_ptr<transport::Channel> channel, const PushAttempt& attempt,
             Callbacks callbacks);
    void write();
    void await_answer();
    void read();
    bool is_confirmed_by(ByteView octets);
    void end_after(std::chrono::seconds time, const Status& status);
    void end(const Status& status);

    std::unique_ptr<transport::Channel> channel_;
    asio::steady_timer deadline_;
    PushProof proof_;
    bool is_stream_;
    Callbacks callbacks_;
    ByteBuffer outgoing_;
    std::size_t written_ = 0;
    ByteBuffer read_space_;
    wrapper::Link answers_;  // of a stream
    bool has_ended_ = false;
};

}  // namespace dlms::simulator
