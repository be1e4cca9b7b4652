#pragma once
// Faults on a line, for tests: frames and datagrams are lost or damaged by chance. Sans I/O; the
// same seed gives the same faults.

#include "simulator/chance.hpp"
#include "simulator/line_around.hpp"
#include "stack/hdlc/frame_parser.hpp"

namespace dlms::simulator {

struct FaultRates {
    double drop = 0;     ///< percent of the frames, in either direction
    double corrupt = 0;  ///< percent of those that are not dropped

    bool any() const { return drop > 0 || corrupt > 0; }
};

/// Decides on each frame or datagram.
class FaultDice {
public:
    enum class Fate : std::uint8_t { pass, drop, corrupt };
    struct Counters {
        std::uint64_t dropped = 0;
        std::uint64_t corrupted = 0;
    };

    FaultDice(const FaultRates& rates, std::uint64_t seed) : rates_(rates), chance_(seed) {}

    Fate throw_for_next();
    /// A number below `limit`, which is not 0.
    std::size_t below(std::size_t limit) { return chance_.below(limit); }
    const Counters& counters() const { return counters_; }

private:
    FaultRates rates_;
    Chance chance_;
    Counters counters_;
};

/// An HDLC line on which frames are dropped, or one octet of them is changed. Octets that form no
/// frame do not get through to the machine.
class FaultyHdlcLine final : public LineAround {
public:
    FaultyHdlcLine(std::unique_ptr<LineMachine> machine, const FaultRates& rates,
                   std::uint64_t seed);

    const FaultDice::Counters& counters() const { return dice_.counters(); }

    void receive(ByteView bytes, Instant now) override;
    void link_lost(Instant now) override;

    std::optional<ByteView> poll_transmit() override;

private:
    ByteBuffer what_arrives(hdlc::FrameParser& parser, ByteView bytes, Instant now);

    FaultDice dice_;
    hdlc::FrameParser incoming_;
    hdlc::FrameParser outgoing_;
    Instant now_{};
    ByteBuffer transmitting_;
};

/// A datagram line on which datagrams are dropped, or their end is cut off: nothing but the length
/// would tell a receiver of another damage.
class FaultyDatagrams final : public LineAround {
public:
    FaultyDatagrams(std::unique_ptr<LineMachine> machine, const FaultRates& rates,
                    std::uint64_t seed);

    const FaultDice::Counters& counters() const { return dice_.counters(); }

    void receive(ByteView bytes, Instant now) override;

    std::optional<ByteView> poll_transmit() override;

private:
    std::optional<ByteView> what_arrives(ByteView datagram);

    FaultDice dice_;
};

}  // namespace dlms::simulator
