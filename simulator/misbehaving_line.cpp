// What a kind does to a unit is the table in find_deed(). What it makes of the line itself:
//
//     open       stuck                          nothing more is sent             stuck
//     open       close                          a part of the unit, then the end closing
//     open       half_open                      nothing more is sent or heard    half_open
//     closing    the part has left              failure()                        closing
//
// A dead line ends when the client closes it; what it cannot do is to leave the client's octets
// and its FIN without an acknowledgement, which the system gives.

#include "simulator/misbehaving_line.hpp"

#include <algorithm>
#include <array>

#include "stack/wrapper/wpdu.hpp"

namespace dlms::simulator {
namespace {

using Kind = MisbehaviourKind;

constexpr std::size_t wpdu_length_place = 6;
constexpr int bits_per_octet = 10;  // on a serial line; a modem's overhead is no less
constexpr std::size_t check_octets = 2;

std::uint16_t number_at(ByteView octets, std::size_t place) {
    return static_cast<std::uint16_t>(octets[place] << 8 | octets[place + 1]);
}

/// What is left of a unit that breaks off.
std::size_t part_of(std::size_t size, Misbehaviour& told) {
    return size < 2 ? 0 : 1 + told.below(size - 1);
}

}  // namespace

MisbehavingLine::MisbehavingLine(std::unique_ptr<LineMachine> machine, const MeterGroup& group,
                                 Units units)
    : LineAround(std::move(machine)), group_(group), units_(units) {}

const MisbehavingLine::Deed* MisbehavingLine::find_deed(MisbehaviourKind kind) {
    using Self = MisbehavingLine;
    static constexpr std::array table{
        Deed{Kind::delay, &Self::delay},
        Deed{Kind::jitter, &Self::jitter},
        Deed{Kind::bandwidth, &Self::bandwidth},
        Deed{Kind::slow_octets, &Self::slow_octets},
        Deed{Kind::lose, &Self::lose},
        Deed{Kind::truncate, &Self::truncate},
        Deed{Kind::duplicate, &Self::duplicate},
        Deed{Kind::reorder, &Self::reorder},
        Deed{Kind::corrupt, &Self::corrupt},
        Deed{Kind::wrong_fcs, &Self::wrong_fcs, Units::frames},
        Deed{Kind::wrong_wpdu_length, &Self::wrong_wpdu_length, Units::wpdus},
        Deed{Kind::stuck, &Self::stuck},
        Deed{Kind::close, &Self::close},
        Deed{Kind::half_open, &Self::half_open},
    };
    const auto* const found = std::ranges::find(table, kind, &Deed::kind);
    return found != table.end() ? found : nullptr;
}

bool MisbehavingLine::is_told() const {
    for (std::size_t i = 0; i < group_.size(); ++i) {
        const Misbehaviour* const told = group_[i].misbehaviour();
        if (told && told->concerns(MisbehaviourPlace::line)) {
            return true;
        }
    }
    return false;
}

std::optional<Error> MisbehavingLine::failure() const {
    if (mischief_ && mischief_->life == Life::half_open) {
        return std::nullopt;
    }
    if (mischief_ && mischief_->life == Life::closing && mischief_->queue.empty()) {
        return Error{ErrorCode::connection_lost, Layer::transport, 0};
    }
    return machine().failure();
}

void MisbehavingLine::receive(ByteView bytes, Instant now) {
    now_ = now;
    if (!mischief_ || mischief_->life != Life::half_open) {
        machine().receive(bytes, now);
    }
}

void MisbehavingLine::handle_timeout(Instant now) {
    now_ = now;
    if (const std::optional<Instant> due = machine().poll_timeout(); due && now >= *due) {
        machine().handle_timeout(now);
    }
    if (mischief_ && mischief_->held && now >= mischief_->held->held_until) {
        put(*std::exchange(mischief_->held, std::nullopt));
    }
}

void MisbehavingLine::link_lost(Instant now) {
    mischief_.reset();
    machine().link_lost(now);
}

std::optional<ByteView> MisbehavingLine::poll_transmit() {
    while (!mischief_ || mischief_->queue.size() < high_water) {
        const std::optional<ByteView> octets = machine().poll_transmit();
        if (!octets) {
            break;
        }
        if (!mischief_ && !is_told()) {
            return octets;
        }
        take_out(*octets);
    }
    const ByteView passed = mischief_ ? mischief_->queue.take(now_) : ByteView();
    return passed.empty() ? std::nullopt : std::optional(passed);
}

std::optional<MeterEvent> MisbehavingLine::poll_event() {
    if (!mischief_ || mischief_->events.empty()) {
        return machine().poll_event();
    }
    const MeterEvent event = mischief_->events.front();
    mischief_->events.pop_front();
    return event;
}

std::optional<Instant> MisbehavingLine::poll_timeout() const {
    if (!mischief_) {
        return machine().poll_timeout();
    }
    std::optional<Instant> next = mischief_->queue.next(PacedLine::slice);
    const auto mind = [&next](const std::optional<Instant>& other) {
        next = other && (!next || *other < *next) ? other : next;
    };
    if (mischief_->held) {
        mind(mischief_->held->held_until);
    }
    if (mischief_->life != Life::half_open) {
        mind(machine().poll_timeout());
    }
    return next;
}

void MisbehavingLine::take_out(ByteView octets) {
    if (!mischief_) {
        mischief_ = std::make_unique<Mischief>();
    }
    units_ == Units::wpdus ? take_wpdus(octets) : take_frames(octets);
}

void MisbehavingLine::take_wpdus(ByteView octets) {
    ByteBuffer& half = mischief_->half;
    half.insert(half.end(), octets.begin(), octets.end());
    ByteView rest = half;
    while (rest.size() >= wrapper::header_size &&
           rest.size() - wrapper::header_size >= number_at(rest, wpdu_length_place)) {
        const std::size_t size = wrapper::header_size + number_at(rest, wpdu_length_place);
        const ServerSap server(number_at(rest, 2));
        leave({.octets = to_buffer(rest.first(size)),
               .meter = meter_of(server),
               .client = ClientSap(number_at(rest, 4)),
               .server = server});
        rest = rest.subspan(size);
    }
    half = to_buffer(rest);
}

void MisbehavingLine::take_frames(ByteView octets) {
    mischief_->frames.receive(octets, now_);
    while (const std::optional<hdlc::RawFrame> frame = mischief_->frames.poll_frame()) {
        Unit unit{.octets = {hdlc::flag},
                  .meter = meter_of(frame->source),
                  .client = ClientSap(frame->destination.upper),
                  .server = ServerSap(frame->source.upper)};
        unit.octets.insert(unit.octets.end(), frame->content.begin(), frame->content.end());
        unit.octets.push_back(hdlc::flag);
        leave(std::move(unit));
    }
}

/// What comes through a gateway is sent by the gateway, the first meter.
Meter* MisbehavingLine::meter_of(ServerSap server) const {
    return &group_[group_.find(server).value_or(0)];
}

Meter* MisbehavingLine::meter_of(const hdlc::Address& address) const {
    for (std::size_t i = 1; i < group_.size(); ++i) {
        if (group_[i].hdlc_settings().lower_address == address.lower) {
            return &group_[i];
        }
    }
    return &group_[0];
}

void MisbehavingLine::leave(Unit unit) {
    if (mischief_->life != Life::open) {
        return;
    }
    Misbehaviour* const told = unit.meter->misbehaviour();
    for (std::size_t i = 0; told && i < told->misdeeds().size(); ++i) {
        const Misdeed& misdeed = told->misdeeds()[i];
        const Deed* const deed = find_deed(misdeed.kind);
        const bool is_occasion = deed && deed->only.value_or(units_) == units_ &&
                                 !unit.octets.empty() && unit.copies > 0;
        if (!is_occasion || !told->draws(i)) {
            continue;
        }
        (this->*deed->change)(misdeed, *told, unit);
        if (mischief_->events.size() < max_events) {
            mischief_->events.push_back({MeterEvent::Kind::misbehaved, unit.client, unit.server,
                                         description(misdeed.kind).name});
        }
    }
    if (unit.is_held && !mischief_->held) {
        mischief_->held = std::move(unit);
        return;
    }
    put(unit);
    if (mischief_->held) {
        put(*std::exchange(mischief_->held, std::nullopt));
    }
}

void MisbehavingLine::put(const Unit& unit) {
    for (unsigned i = 0; i < unit.copies; ++i) {
        mischief_->queue.put(unit.octets, now_ + unit.wait, unit.octet_time);
    }
}

void MisbehavingLine::delay(const Misdeed& misdeed, Misbehaviour&, Unit& unit) {
    unit.wait += std::chrono::milliseconds(misdeed.amount);
}

void MisbehavingLine::jitter(const Misdeed& misdeed, Misbehaviour& told, Unit& unit) {
    unit.wait +=
        std::chrono::milliseconds(told.below(static_cast<std::size_t>(misdeed.amount) + 1));
}

void MisbehavingLine::bandwidth(const Misdeed& misdeed, Misbehaviour&, Unit& unit) {
    const Duration octet_time =
        std::chrono::nanoseconds(std::chrono::seconds(bits_per_octet)) / misdeed.amount;
    unit.octet_time = std::max(unit.octet_time, octet_time);
}

void MisbehavingLine::slow_octets(const Misdeed& misdeed, Misbehaviour&, Unit& unit) {
    unit.octet_time =
        std::max(unit.octet_time, Duration(std::chrono::milliseconds(misdeed.amount)));
}

void MisbehavingLine::lose(const Misdeed&, Misbehaviour&, Unit& unit) {
    unit.copies = 0;
}

void MisbehavingLine::truncate(const Misdeed&, Misbehaviour& told, Unit& unit) {
    unit.octets.resize(part_of(unit.octets.size(), told));
}

void MisbehavingLine::duplicate(const Misdeed&, Misbehaviour&, Unit& unit) {
    unit.copies *= 2;
}

void MisbehavingLine::reorder(const Misdeed& misdeed, Misbehaviour&, Unit& unit) {
    unit.is_held = true;
    unit.held_until = now_ + std::chrono::milliseconds(misdeed.amount);
}

void MisbehavingLine::corrupt(const Misdeed&, Misbehaviour& told, Unit& unit) {
    unit.octets[told.below(unit.octets.size())] ^= static_cast<Byte>(1u << told.below(8));
}

void MisbehavingLine::wrong_fcs(const Misdeed&, Misbehaviour&, Unit& unit) {
    if (unit.octets.size() > check_octets) {
        unit.octets[unit.octets.size() - 1 - check_octets] ^= 0xFF;
    }
}

void MisbehavingLine::wrong_wpdu_length(const Misdeed&, Misbehaviour& told, Unit& unit) {
    if (unit.octets.size() < wrapper::header_size) {
        return;
    }
    const std::size_t length = number_at(unit.octets, wpdu_length_place);
    const std::size_t by = 1 + told.below(8);
    const std::size_t wrong = told.below(2) == 0 && length > by ? length - by : length + by;
    unit.octets[wpdu_length_place] = static_cast<Byte>(wrong >> 8);
    unit.octets[wpdu_length_place + 1] = static_cast<Byte>(wrong);
}

void MisbehavingLine::stuck(const Misdeed&, Misbehaviour&, Unit& unit) {
    unit.copies = 0;
    mischief_->life = Life::stuck;
}

void MisbehavingLine::close(const Misdeed& misdeed, Misbehaviour& told, Unit& unit) {
    truncate(misdeed, told, unit);
    mischief_->life = Life::closing;
}

void MisbehavingLine::half_open(const Misdeed&, Misbehaviour&, Unit& unit) {
    unit.copies = 0;
    mischief_->life = Life::half_open;
}

}  // namespace dlms::simulator
