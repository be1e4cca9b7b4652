#pragma once
// CallRegister: the connections that meters have made, by the meters' numbers. Whoever wants to
// talk to such a meter takes its connection, or waits for the meter to call. Single-threaded.
//
// A serial number proves nothing. Only who makes an association proves to be the meter, and until
// then a caller pushes nobody out: the calls of one number stand side by side, the latest is tried
// first, and one whose association failed is tried last.

#include <array>
#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>

#include "client/dial_in/call.hpp"

namespace dlms::client::dial_in {

struct CallLimits {
    std::size_t most_calls = 20'000;
    std::size_t most_of_address = 1'000;
    std::size_t most_of_meter = 4;
    std::size_t most_held = 1'000;  ///< calls that no meter's number fits
    std::chrono::milliseconds identify_within{60'000};
    std::chrono::milliseconds hold_for{600'000};
    /// A modem that says nothing for so long has lost the line; heartbeats come every 120 s.
    std::chrono::milliseconds silent_for{400'000};
};

/// Whose call it is, as the meters that are known say.
struct Resolution {
    std::optional<std::string> meter_number;
    std::string reason;  ///< why it is nobody's, for people
};

struct CallInfo {
    enum class State : std::uint8_t { identifying, held, waiting, serving };

    State state{};
    std::uint64_t id = 0;  ///< ascends in the order of the calls
    std::string address;
    std::string maker;          ///< as recognisers() has it, or empty
    std::string serial_number;  ///< as the modem claims
    std::string meter_number;   ///< where it was found
    std::string reason;         ///< of held
    bool is_proven = false;     ///< an association was made over it
    unsigned failures = 0;      ///< associations that were tried over it and failed
    std::uint64_t heartbeats = 0;
    std::uint64_t octets_received = 0;
    std::optional<std::uint16_t> signal;
    std::chrono::system_clock::time_point since;
    std::chrono::system_clock::time_point last_heard;
};

struct CallCounters {
    std::uint64_t accepted = 0;
    std::uint64_t log_ins = 0;  ///< calls that said who they are
    std::uint64_t heartbeats = 0;
    std::uint64_t damaged_frames = 0;
    std::uint64_t ignored_frames = 0;  ///< heartbeats before a log-in
    // Connections closed, by cause.
    std::uint64_t too_many = 0;       ///< at once, for a limit
    std::uint64_t unidentified = 0;   ///< did not say in time who they are
    std::uint64_t held_too_long = 0;  ///< nobody's
    std::uint64_t silent = 0;
    std::uint64_t garbage = 0;  ///< octets that no sense can be made of
    std::uint64_t flooded = 0;
    std::uint64_t replaced = 0;  ///< another call of the meter has made an association
    std::uint64_t unclean = 0;   ///< its user left it with something open
    std::uint64_t lost = 0;      ///< by the other side
};

class CallRegister final : private CallOwner {
public:
    struct Events {
        /// Finds out whose a serial number is; `found` is called once, at once or later. Never
        /// empty.
        using Found = std::function<void(Resolution)>;
        std::function<void(const std::string& serial_number, Found found)> resolve;
        /// Another call of a meter has come while one is in use: that one may be stale. May be
        /// empty.
        std::function<void(const std::string& meter_number)> called_again;
        /// What a meter sends by itself: a WPDU, an HDLC frame or one of M-Bus, valid during the
        /// call. May be empty.
        std::function<void(const CallInfo& call, CallStream::Piece::Kind kind, ByteView octets)>
            pushed;
        /// A call is over. May be empty.
        std::function<void(std::uint64_t id)> ended;
    };

    CallRegister(asio::any_io_executor executor, CallLimits limits, Events events);
    ~CallRegister() override;
    CallRegister(const CallRegister&) = delete;
    CallRegister& operator=(const CallRegister&) = delete;

    /// A connection that somebody at `address` has made.
    void take_in(std::unique_ptr<transport::Channel> channel, const std::string& address);
    /// Takes the connection of a meter, waiting for it to call until `deadline`. One over which no
    /// association has failed since `begun` goes before the others. Errors: connect_timeout.
    asio::awaitable<Result<std::unique_ptr<transport::Channel>>> take(std::string meter_number,
                                                                      Instant begun,
                                                                      Instant deadline);
    /// The one who took a meter's connection last has made an association over it.
    void proved(const std::string& meter_number);
    /// The same has failed to.
    void failed(const std::string& meter_number);
    /// Whether a call of the meter is there over which no association has failed since `begun`.
    bool has_untried(const std::string& meter_number, Instant begun) const;
    /// A meter's parameters have changed: its calls, and those held whose serial number ends like
    /// its number, are looked up again.
    void look_again(const std::string& meter_number);
    /// Sends octets on a call, between what its user sends; false when it is over.
    bool send(std::uint64_t id, ByteView octets);
    /// Closes all; who waits gets connect_timeout.
    void close();

    /// In the order of their ids.
    std::vector<CallInfo> calls() const;
    /// How many are in each state.
    std::array<std::size_t, 4> states() const;
    std::size_t size() const { return entries_.size(); }
    const CallCounters& counters() const { return counters_; }

private:
    struct Entry;
    struct Waiter;
    using Entries = std::list<Entry>;
    using Numbered = std::multimap<std::string, Entry*, std::less<>>;

    bool modem_spoke(Call& call, std::string_view maker, const ModemFrame& frame) override;
    void meter_spoke(Call& call, CallStream::Piece::Kind kind, ByteView octets) override;
    void damaged_frame(Call& call) override;
    void given_back(Call& call) override;
    void ended(Call& call, const Error& error) override;

    static CallInfo info(const Entry& entry);
    bool has_room(const std::string& address) const;
    void identify(Entry& entry);
    void resolved(Entry& entry, Resolution resolution);
    void settle(Entry& entry, Resolution resolution);
    void hold(Entry& entry, std::string reason);
    void become(Entry& entry, CallInfo::State state);
    void forget_number(Entry& entry);
    bool make_room_for_another(const std::string& meter_number);
    /// Gives the call to who has waited longest for it.
    void offer(Entry& entry);
    Entry* best(const std::string& meter_number, Instant begun) const;
    void close_entry(Entry& entry, std::uint64_t CallCounters::* cause);
    void remove(Entry& entry);
    std::unique_ptr<transport::Channel> lend(Entry& entry);
    void watch();
    void look_at_times();

    asio::any_io_executor executor_;
    CallLimits limits_;
    Events events_;
    asio::steady_timer timer_;
    bool is_watching_ = false;
    Entries entries_;
    std::unordered_map<const Call*, Entries::iterator> by_call_;
    std::unordered_map<std::uint64_t, Entry*> by_id_;
    Numbered by_number_;
    std::unordered_map<std::string, std::size_t> of_address_;
    std::size_t held_ = 0;
    std::multimap<std::string, Waiter*> waiters_;
    /// Which call of a meter was taken last, and from whom associations have failed.
    struct Taken {
        std::uint64_t id = 0;
        std::string address;
    };
    std::unordered_map<std::string, Taken> last_taken_;
    std::map<std::pair<std::string, std::string>, Instant> failed_until_;
    CallCounters counters_;
    /// For answers that come late.
    std::shared_ptr<CallRegister*> self_;
};

}  // namespace dlms::client::dial_in
