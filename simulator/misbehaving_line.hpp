#pragma once
// MisbehavingLine: a line whose meters do wrongly, as they were told, what concerns the octets that
// leave: they come late, damaged, twice, in another order or not at all, or the line itself dies
// (MisbehaviourPlace::line). Sans I/O. Its occasions are WPDUs, or HDLC frames. As long as no meter
// was told anything, octets pass as they are.

#include <deque>
#include <memory>

#include "simulator/line_around.hpp"
#include "simulator/meter_group.hpp"
#include "simulator/paced_line.hpp"
#include "stack/hdlc/frame_parser.hpp"

namespace dlms::simulator {

class MisbehavingLine final : public LineAround {
public:
    enum class Units : std::uint8_t { wpdus, frames };

    /// Octets on their way out beyond which the machine's own output waits.
    static constexpr std::size_t high_water = 256 * 1024;
    /// Events kept for poll_event(); what comes beyond is not told.
    static constexpr std::size_t max_events = 64;

    /// `group` must outlive the line: its meters are those that speak on it.
    MisbehavingLine(std::unique_ptr<LineMachine> machine, const MeterGroup& group, Units units);

    // A getters
    /// connection_lost where the line was closed in the middle of a unit.
    std::optional<Error> failure() const override;

    // B inputs
    void receive(ByteView bytes, Instant now) override;
    void handle_timeout(Instant now) override;
    void link_lost(Instant now) override;

    // D outputs
    std::optional<ByteView> poll_transmit() override;
    std::optional<MeterEvent> poll_event() override;
    std::optional<Instant> poll_timeout() const override;

private:
    enum class Life : std::uint8_t {
        open,
        stuck,      ///< nothing is sent any more
        closing,    ///< closed when what is on its way has left
        half_open,  ///< nothing is sent, and nothing heard
    };
    /// A unit that leaves.
    struct Unit {
        ByteBuffer octets;
        Meter* meter;
        ClientSap client;
        ServerSap server;
        Duration wait{};
        Duration octet_time{};
        unsigned copies = 1;
        bool is_held = false;  ///< until the next one has left
        Instant held_until{};
    };
    /// What there is only once a meter was told to misbehave.
    struct Mischief {
        PacedQueue queue;
        hdlc::FrameParser frames{{}};
        ByteBuffer half;  // of a WPDU
        std::optional<Unit> held;
        std::deque<MeterEvent> events;
        Life life = Life::open;
    };
    using Change = void (MisbehavingLine::*)(const Misdeed&, Misbehaviour&, Unit&);
    struct Deed {
        MisbehaviourKind kind;
        Change change;
        std::optional<Units> only{};
    };
    static const Deed* find_deed(MisbehaviourKind kind);

    void delay(const Misdeed& misdeed, Misbehaviour& told, Unit& unit);
    void jitter(const Misdeed& misdeed, Misbehaviour& told, Unit& unit);
    void bandwidth(const Misdeed& misdeed, Misbehaviour& told, Unit& unit);
    void slow_octets(const Misdeed& misdeed, Misbehaviour& told, Unit& unit);
    void lose(const Misdeed& misdeed, Misbehaviour& told, Unit& unit);
    void truncate(const Misdeed& misdeed, Misbehaviour& told, Unit& unit);
    void duplicate(const Misdeed& misdeed, Misbehaviour& told, Unit& unit);
    void reorder(const Misdeed& misdeed, Misbehaviour& told, Unit& unit);
    void corrupt(const Misdeed& misdeed, Misbehaviour& told, Unit& unit);
    void wrong_fcs(const Misdeed& misdeed, Misbehaviour& told, Unit& unit);
    void wrong_wpdu_length(const Misdeed& misdeed, Misbehaviour& told, Unit& unit);
    void stuck(const Misdeed& misdeed, Misbehaviour& told, Unit& unit);
    void close(const Misdeed& misdeed, Misbehaviour& told, Unit& unit);
    void half_open(const Misdeed& misdeed, Misbehaviour& told, Unit& unit);

    bool is_told() const;
    void take_out(ByteView octets);
    void take_wpdus(ByteView octets);
    void take_frames(ByteView octets);
    Meter* meter_of(ServerSap server) const;
    Meter* meter_of(const hdlc::Address& address) const;
    void leave(Unit unit);
    void put(const Unit& unit);

    const MeterGroup& group_;
    Units units_;
    Instant now_{};
    std::unique_ptr<Mischief> mischief_;
};

}  // namespace dlms::simulator
