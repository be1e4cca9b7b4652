#pragma once
// ClientLink: the primary station of an HDLC link in normal response mode (Green Book 8.4; sheet
// sections 8.4-8.7). Sans I/O; docs/contract.md says how such a machine is used.
//
// It opens the link, carries whole APDUs each way, and closes it. Frames that are lost in either
// direction are asked for again; after `retries` time-outs in turn without progress the link fails.
// Frames for or from others, repetitions and damaged octets never prolong a deadline. A frame that
// is just coming does, for as long as the slowest line takes for one of its length: on such a line
// each answer would else be cut by the time-out, and the request sent into the middle of it.

#include <deque>

#include "stack/base/limits.hpp"
#include "stack/hdlc/event_queue.hpp"
#include "stack/hdlc/frame_output.hpp"
#include "stack/hdlc/frame_parser.hpp"
#include "stack/hdlc/link_event.hpp"
#include "stack/hdlc/link_fault.hpp"
#include "stack/hdlc/numbered_transfer.hpp"

namespace dlms::hdlc {

struct ClientLinkConfiguration {
    Address client{1, 16, 0};
    Address server{1, 1, 0};
    Parameters proposed;  ///< what this side transmits and receives
    /// For each turn: from our last octet to the beginning of a frame that brings the exchange on.
    std::chrono::milliseconds response_timeout{3000};
    /// What one octet takes on the line, where that is known; nothing: octets are gone at once.
    Duration octet_time{};
    unsigned retries = 3;  ///< turns that may time out in a row before the link fails
    /// An open link waits for progress at least so long, whatever the retries: a meter that works
    /// on its answer may be silent. Opening and closing do not: their answers take no work.
    Duration patience{0};
    /// Between two polls of a meter that is busy or has not yet an answer.
    std::chrono::milliseconds poll_interval{100};
    /// How long a meter may be busy, or answer without an answer, before the link fails.
    std::chrono::milliseconds busy_timeout{60'000};
    std::optional<std::chrono::milliseconds> inter_octet_timeout;  ///< nothing: a stream
    ErrorMode error_mode = ErrorMode::discard;
    /// DISC before SNRM, for meters that stay in the association of a session that broke off.
    bool disconnect_first = false;
    /// Two-wire line: what we send may come back.
    bool expect_echo = false;
    /// SNRM without information, for meters that refuse it; the defaults of the standard hold then.
    bool send_parameters = true;
    /// The meter means whole frames where the standard means information: ours are made shorter.
    bool peer_counts_frames = false;
    std::size_t max_apdu = limits::max_apdu;  ///< octets, of either direction
};

/// What will follow an APDU.
enum class Answer : std::uint8_t {
    expected,  ///< the link polls until an APDU has come
    none,      ///< the link is satisfied when the APDU is acknowledged
};

class ClientLink {
public:
    enum class State : std::uint8_t {
        disconnected,
        clearing,       ///< DISC sent before SNRM
        connecting,     ///< SNRM sent
        idle,           ///< connected; the turn is ours and there is nothing to say
        exchanging,     ///< connected; the turn is the meter's
        pausing,        ///< connected; the turn is ours, and is taken after poll_interval
        disconnecting,  ///< DISC sent
    };

    /// Frames and octets, by what became of them.
    struct Counters {
        FrameParser::Counters parser;    ///< what was dropped before it was a frame
        std::uint64_t sent = 0;          ///< frames
        std::uint64_t received = 0;      ///< frames from our meter to us, and UI frames
        std::uint64_t misaddressed = 0;  ///< frames for or from others
        std::uint64_t echoes = 0;        ///< our own frames
        std::uint64_t repeated = 0;      ///< I frames that were already here
        std::uint64_t early = 0;         ///< I frames whose predecessor is missing
        std::uint64_t stale = 0;         ///< answers to a turn that is over
        std::uint64_t unexpected = 0;    ///< frames that the state or the standard does not know
        std::uint64_t overlong = 0;  ///< I frames above the negotiated length; taken all the same
        std::uint64_t retransmissions = 0;  ///< turns taken again after a time-out or a loss
        std::uint64_t busy = 0;             ///< RNR
        std::uint64_t octets_in_order = 0;  ///< of information, that belong to an APDU
        std::uint64_t acknowledged = 0;     ///< I frames of ours
    };

    explicit ClientLink(const ClientLinkConfiguration& configuration);

    // A getters
    State state() const { return state_; }
    bool is_connected() const;
    /// Whether the turn is ours and nothing waits: the moment for send_unnumbered().
    bool is_at_rest() const { return state_ == State::idle || state_ == State::disconnected; }
    /// The limits of this link, from our side; those of the standard's default before it is open.
    const Parameters& negotiated() const { return negotiated_; }
    Counters counters() const;
    /// What the last LinkFailed was about, or while an answer is awaited, what a time-out now would
    /// be about. Nothing when the line was lost, and when nothing is awaited.
    std::optional<LinkFault> fault() const;

    // B inputs
    void receive(ByteView octets, Instant now);
    void handle_timeout(Instant now);
    /// The line is gone. Event: LinkFailed with this error, unless the link was disconnected.
    void link_lost(const Error& error);

    // C commands
    /// The line has another speed from now on (ClientLinkConfiguration::octet_time).
    void set_octet_time(Duration octet_time) { configuration_.octet_time = octet_time; }
    /// Connects. Events: LinkOpened or LinkFailed. Errors: wrong_state unless disconnected;
    /// out_of_range for addresses that are not valid.
    Status open(Instant now);
    /// Sends one APDU, after those whose answers are outstanding. Errors: wrong_state unless
    /// connected; request_too_long for none, for more than max_apdu octets, and beyond
    /// limits::max_transmit_queue.
    Status send(ByteView apdu, Instant now, Answer answer = Answer::expected);
    /// Asks the meter what it has to say, though nothing was sent: the blocks of a stream, or a
    /// push in numbered frames. Polls until an APDU comes. Errors: wrong_state unless connected.
    Status request_more(Instant now);
    /// Sends one APDU in a UI frame, to `destination` if given and else to the meter; nothing
    /// answers it. Broadcast has an all-station destination. Errors: wrong_state unless
    /// is_at_rest(); out_of_range for an address that is not valid; request_too_long for more than
    /// one frame takes.
    Status send_unnumbered(ByteView apdu, Instant now,
                           std::optional<Address> destination = std::nullopt);
    /// Disconnects; what is under way is given up. Events: LinkClosed or LinkFailed. Errors:
    /// wrong_state when disconnected or disconnecting.
    Status close(Instant now);

    // D outputs
    std::optional<ByteView> poll_transmit() { return output_.poll(); }
    std::optional<LinkEvent> poll_event() { return events_.poll(); }
    std::optional<Instant> poll_timeout() const;

private:
    enum class Input : std::uint8_t;
    struct Table;
    struct Waiting {
        ByteBuffer apdu;
        Answer answer;
    };
    /// How a frame bears on the turn that the meter has.
    enum class Turn : std::uint8_t {
        theirs,  ///< it goes on
        ours,    ///< it is over
        empty,   ///< it is over, and the meter had nothing to say
        broken,  ///< it is over, and frames of it, or of ours before it, are missing
    };

    bool step(Input input);
    // client_link.cpp: inputs, commands and turns
    void look_at_deadline(Instant now);
    void take_turn(Instant now);
    void start_next(Instant now);
    void pause(Instant now);
    void send_snrm(Instant now);
    void send_disc(Input why, Instant now);
    void send_window(Instant now);
    void poll_peer(Instant now);
    void put(const ControlField& control, ByteView information = {}, bool segmented = false);
    void await_answer(Instant now);
    std::optional<Instant> due() const;
    void made_progress(Instant now);
    bool may_try_again(ErrorCode otherwise);
    bool may_wait_on(Instant now);
    ErrorCode silence() const;
    void fail(const Error& error, FrameDefect defect = FrameDefect::none);
    LinkFault fault_of(const Error& error) const;
    std::uint64_t dropped() const;
    void forget_what_came();
    void leave();
    // client_link_frames.cpp: what comes from the meter
    void process_frames(Instant now);
    void take(const RawFrame& frame, Instant now);
    bool is_for_us(const RawFrame& frame, bool is_unnumbered) const;
    void take_unnumbered(const RawFrame& frame);
    void take_answer_to_opening(FrameType type, const RawFrame& frame, Instant now);
    void take_acceptance(const RawFrame& frame);
    bool negotiate_with(const Parameters& stated);
    void take_connected(const ControlField& control, const RawFrame& frame, Instant now);
    Turn take_supervisory(const ControlField& control, unsigned acknowledged, Instant now);
    Turn take_information(const ControlField& control, const RawFrame& frame, Instant now);
    void deliver_apdu();
    void count_unexpected() { ++counters_.unexpected; }

    ClientLinkConfiguration configuration_;
    State state_ = State::disconnected;
    FrameParser parser_;
    FrameOutput output_;
    EventQueue<LinkEvent> events_;
    Parameters negotiated_;
    NumberedTransfer transfer_;
    std::deque<Waiting> waiting_;
    std::size_t waiting_octets_ = 0;
    Answer answer_ = Answer::none;  // whether the exchange ends with an APDU
    bool peer_is_busy_ = false;
    bool has_polled_ = false;  // whether the last turn ended in RR and not in an I frame
    unsigned attempts_ = 0;    // turns in a row without progress
    bool was_misaddressed_ = false;
    bool awaits_late_answer_ = false;  // to DISC, which nobody has answered before SNRM
    std::optional<Instant> deadline_;  // of the state
    /// The check sequence of the last I frame of each number that was taken.
    std::array<std::optional<std::uint16_t>, 8> taken_{};
    Instant stalls_at_{};        // without progress, while connected and not idle
    Instant patient_until_{};    // without progress, whatever the retries
    ByteBuffer unnumbered_;      // segments of UI frames
    Address unnumbered_source_;  // from which they come
    Counters counters_;
    // For the reason of a failure; what came counts since the exchange last went on.
    std::optional<FrameNote> sent_;
    std::optional<FrameNote> came_;
    std::optional<std::array<std::uint8_t, 3>> rejection_;
    std::uint64_t dropped_before_ = 0;
    std::optional<LinkFault> fault_;
};

}  // namespace dlms::hdlc
