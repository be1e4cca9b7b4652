#pragma once
// ServerLink: the secondary station of one HDLC link in normal response mode, for one client and
// one address of the meter (Green Book 8.4; sheet section 8.5). It is a part of ServerStation,
// which finds frames in the octets and hands it those that are its own.
//
// It never speaks unless it was polled. What it was polled for waits, where the application has not
// answered an APDU yet, until send() or for acknowledge_after; then RR says that nothing is ready.

#include <array>
#include <chrono>

#include "stack/base/limits.hpp"
#include "stack/base/time.hpp"
#include "stack/hdlc/event_queue.hpp"
#include "stack/hdlc/frame_output.hpp"
#include "stack/hdlc/numbered_transfer.hpp"
#include "stack/hdlc/server_event.hpp"

namespace dlms::hdlc {

struct ServerLinkConfiguration {
    Parameters parameters;  ///< what this side transmits and receives
    /// Silence after which the link is over; 0: never.
    std::chrono::milliseconds inactivity_timeout{120'000};
    /// How long a poll waits for an answer that the application has not given yet. 0: the
    /// application answers before the next deadline is looked at, or there is no answer.
    std::chrono::milliseconds acknowledge_after{0};
    std::size_t max_apdu = limits::max_apdu;  ///< octets, of either direction
};

class ServerLink {
public:
    enum class State : std::uint8_t {
        disconnected,  ///< NDM
        connected,     ///< NRM; the turn is the client's
        polled,        ///< NRM; the turn is ours
        rejected,      ///< FRMR sent or due: only SNRM and DISC help
    };

    /// Frames of this link, by what became of them.
    struct Counters {
        std::uint64_t received = 0;
        std::uint64_t repeated = 0;         ///< I frames that were already here
        std::uint64_t early = 0;            ///< I frames whose predecessor is missing
        std::uint64_t refused_busy = 0;     ///< I frames dropped since we are busy
        std::uint64_t retransmissions = 0;  ///< I frames sent again
        std::uint64_t rejections = 0;       ///< frames that led to FRMR
        std::uint64_t refused = 0;          ///< SNRM that was answered by DM
        std::uint64_t not_connected = 0;    ///< numbered frames while disconnected or rejected
        std::uint64_t unexpected = 0;       ///< responses, and commands without P
        std::uint64_t without_llc = 0;      ///< APDUs without LLC header, which are dropped

        Counters& operator+=(const Counters& more);
    };

    /// Where a link's frames and events go, and when it is.
    struct Surroundings {
        FrameOutput& output;
        EventQueue<ServerEvent>& events;
        Instant now;
    };

    ServerLink(const ServerLinkConfiguration& configuration, const LinkAddresses& addresses)
        : configuration_(configuration), addresses_(addresses) {}

    State state() const { return state_; }
    const LinkAddresses& addresses() const { return addresses_; }
    const Parameters& negotiated() const { return negotiated_; }
    const Counters& counters() const { return counters_; }
    bool is_connected() const { return state_ == State::connected || state_ == State::polled; }

    void receive(const RawFrame& frame, Surroundings around);
    void handle_timeout(Surroundings around);
    void link_lost(Surroundings around);
    /// Queues an APDU for the next turn. Errors: wrong_state, request_too_long.
    Status send(ByteView apdu);
    /// Busy: polls are answered by RNR and information is not taken.
    void set_busy(bool busy) { is_busy_ = busy; }
    /// Takes the turn if it is ours and there is something to say.
    void answer_if_ready(FrameOutput& output);
    std::optional<Instant> poll_timeout() const;

private:
    enum class Input : std::uint8_t;
    struct Table;
    /// Why a frame is rejected, as FRMR tells it (ISO/IEC 13239, 5.5.3.3.2).
    enum class Rejection : std::uint8_t {
        control = 1,      // W
        information = 3,  // W and X
        too_long = 4,     // Y
        sequence = 8,     // Z
    };

    bool step(Input input);
    void take_unnumbered(const RawFrame& frame, Surroundings around);
    void take_snrm(const RawFrame& frame, Surroundings around);
    void take_disc(Surroundings around);
    void take_disconnected(const ControlField& control, Surroundings around);
    void take_numbered(const ControlField& control, const RawFrame& frame, Surroundings around);
    bool take_information(const ControlField& control, const RawFrame& frame, Surroundings around);
    void deliver_apdu(Surroundings around);
    void be_polled(Surroundings around);
    void answer(FrameOutput& output);
    void reject(Rejection why, const RawFrame& frame, Surroundings around);
    void send_frmr(FrameOutput& output);
    void end(ClientDisconnected::Cause cause, Input input, Surroundings around);
    void put(FrameOutput& output, FrameType type, ByteView information = {}) const;

    ServerLinkConfiguration configuration_;
    LinkAddresses addresses_;
    State state_ = State::disconnected;
    Parameters negotiated_;
    NumberedTransfer transfer_;
    Counters counters_;
    bool is_busy_ = false;
    bool peer_is_busy_ = false;
    bool owes_answer_ = false;  // the application has an APDU that it has not answered
    Instant last_frame_{};
    std::optional<Instant> acknowledge_at_;
    std::array<Byte, 3> rejection_{};  // information field of FRMR
};

}  // namespace dlms::hdlc
