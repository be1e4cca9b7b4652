#include "simulator/line_faults.hpp"

namespace dlms::simulator {

FaultDice::Fate FaultDice::throw_for_next() {
    if (chance_.happens(rates_.drop)) {
        ++counters_.dropped;
        return Fate::drop;
    }
    if (chance_.happens(rates_.corrupt)) {
        ++counters_.corrupted;
        return Fate::corrupt;
    }
    return Fate::pass;
}

FaultyHdlcLine::FaultyHdlcLine(std::unique_ptr<LineMachine> machine, const FaultRates& rates,
                               std::uint64_t seed)
    : LineAround(std::move(machine)), dice_(rates, seed), incoming_({}), outgoing_({}) {}

void FaultyHdlcLine::receive(ByteView bytes, Instant now) {
    now_ = now;
    const ByteBuffer arrived = what_arrives(incoming_, bytes, now);
    if (!arrived.empty()) {
        machine().receive(arrived, now);
    }
}

void FaultyHdlcLine::link_lost(Instant now) {
    incoming_.reset();
    outgoing_.reset();
    machine().link_lost(now);
}

std::optional<ByteView> FaultyHdlcLine::poll_transmit() {
    while (const std::optional<ByteView> octets = machine().poll_transmit()) {
        transmitting_ = what_arrives(outgoing_, *octets, now_);
        if (!transmitting_.empty()) {
            return ByteView(transmitting_);
        }
    }
    return std::nullopt;
}

ByteBuffer FaultyHdlcLine::what_arrives(hdlc::FrameParser& parser, ByteView bytes, Instant now) {
    ByteBuffer arrived;
    parser.receive(bytes, now);
    while (const std::optional<hdlc::RawFrame> frame = parser.poll_frame()) {
        const FaultDice::Fate fate = dice_.throw_for_next();
        if (fate == FaultDice::Fate::drop) {
            continue;
        }
        arrived.push_back(hdlc::flag);
        const std::size_t content = arrived.size();
        arrived.insert(arrived.end(), frame->content.begin(), frame->content.end());
        if (fate == FaultDice::Fate::corrupt) {
            const std::size_t place = content + dice_.below(frame->content.size());
            arrived[place] ^= static_cast<Byte>(1u << dice_.below(8));
        }
        arrived.push_back(hdlc::flag);
    }
    return arrived;
}

FaultyDatagrams::FaultyDatagrams(std::unique_ptr<LineMachine> machine, const FaultRates& rates,
                                 std::uint64_t seed)
    : LineAround(std::move(machine)), dice_(rates, seed) {}

std::optional<ByteView> FaultyDatagrams::what_arrives(ByteView datagram) {
    const FaultDice::Fate fate = dice_.throw_for_next();
    if (fate == FaultDice::Fate::drop) {
        return std::nullopt;
    }
    if (fate == FaultDice::Fate::corrupt && !datagram.empty()) {
        return datagram.first(dice_.below(datagram.size()));
    }
    return datagram;
}

void FaultyDatagrams::receive(ByteView bytes, Instant now) {
    if (const std::optional<ByteView> arrived = what_arrives(bytes)) {
        machine().receive(*arrived, now);
    }
}

std::optional<ByteView> FaultyDatagrams::poll_transmit() {
    while (const std::optional<ByteView> datagram = machine().poll_transmit()) {
        if (const std::optional<ByteView> arrived = what_arrives(*datagram)) {
            return arrived;
        }
    }
    return std::nullopt;
}

}  // namespace dlms::simulator
