#pragma once
// Call: one connection that a meter has made. It answers the modem's heartbeats, whoever else uses
// the connection, and lends it to one user after the other as a channel. Single-threaded.
//
// A user gives the connection back by closing its channel. It stays where nothing is open at the
// meter and no answer is awaited, so that the next user meets a meter without an association; else
// it is closed, and the meter calls again.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "client/dial_in/call_stream.hpp"
#include "stack/base/time.hpp"
#include "transport/channel.hpp"

namespace dlms::client::dial_in {

class Call;

/// Hears of a call, on its executor. It may close the call and drop it in any of these.
class CallOwner {
public:
    virtual ~CallOwner() = default;

    /// A frame of the modem has come; its answer goes out if this returns true.
    virtual bool modem_spoke(Call& call, std::string_view maker, const ModemFrame& frame) = 0;
    /// A piece has come that is no user's, valid during this call: while nobody has the connection
    /// anything, else a WPDU with a notification in plain.
    virtual void meter_spoke(Call& call, CallStream::Piece::Kind kind, ByteView octets) = 0;
    /// A modem's frame that is not in order.
    virtual void damaged_frame(Call& call) = 0;
    /// The user has given it back, and another may have it.
    virtual void given_back(Call& call) = 0;
    /// The connection is over. No call follows.
    virtual void ended(Call& call, const Error& error) = 0;
};

class Call : public std::enable_shared_from_this<Call>, private transport::ChannelUser {
public:
    /// `owner` must outlive the call, or close it first.
    static std::shared_ptr<Call> create(std::unique_ptr<transport::Channel> channel,
                                        CallOwner& owner);

    void start();
    /// Lends the connection. Only while nobody has it.
    std::unique_ptr<transport::Channel> lend();
    bool is_lent() const { return is_lent_; }
    /// The owner hears no more of it; a user finds its channel lost.
    void close();
    void allow_long_apdus() { stream_.allow_long_apdus(); }
    /// Octets for the meter, when no user has the connection; dropped beyond a small queue.
    void send(ByteView octets);

    Instant last_heard() const { return last_heard_; }
    std::uint64_t octets_received() const { return octets_received_; }

private:
    class LentChannel;

    Call(std::unique_ptr<transport::Channel> channel, CallOwner& owner);

    void read();
    void read_ended(const Result<std::size_t>& count) override;
    void may_write() override;
    void line_changed(const Status&) override {}
    std::shared_ptr<ChannelUser> as_user() { return {shared_from_this(), this}; }

    void take_pieces();
    void take(const CallStream::Piece& piece);
    void hand_up(ByteView octets);
    void note_sent(ByteView octets);
    void note_received(const CallStream::Piece& piece);
    bool may_have_another_user() const;
    void give_to_reader();
    bool send_answers();
    void end(const Error& error);

    // For the lent channel.
    Result<std::size_t> write_some(ByteView octets);
    void wait_writable(std::shared_ptr<ChannelUser> user);
    void read_for(std::span<Byte> space, std::shared_ptr<ChannelUser> user);
    void take_back();

    asio::any_io_executor executor_;
    std::unique_ptr<transport::Channel> channel_;  // null once it is over
    CallOwner* owner_;                             // null once it is over
    CallStream stream_;
    std::unique_ptr<Byte[]> space_;
    bool is_reading_ = false;
    Instant last_heard_;
    std::uint64_t octets_received_ = 0;
    ByteBuffer answers_;  // to the modem, what has not left
    bool waits_to_write_ = false;
    // Of the user.
    bool is_lent_ = false;
    bool is_part_written_ = false;  // the channel did not take all that the user had
    ByteBuffer for_user_;
    std::span<Byte> user_space_;
    std::shared_ptr<ChannelUser> reader_;
    std::shared_ptr<ChannelUser> writer_;
    bool is_giving_ = false;  // a posted call will give for_user_ to the reader
    std::optional<Error> lost_;
    bool awaits_answer_ = false;
    bool is_open_at_meter_ = false;  // an association, or an HDLC link
};

}  // namespace dlms::client::dial_in
