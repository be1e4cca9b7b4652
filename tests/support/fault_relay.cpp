#include "tests/support/fault_relay.hpp"

#include <algorithm>

namespace dlms::testing {
namespace {

Instant now() {
    return std::chrono::steady_clock::now();
}

/// How long a parcel waits for the next one, which may never come.
constexpr std::chrono::milliseconds longest_wait{20};

}  // namespace

/// One end of the relay: what it has to send, and when.
class FaultRelay::Side final : public transport::Session {
public:
    Side(FaultRelay& relay, std::size_t other, std::unique_ptr<transport::Channel> channel)
        : relay_(relay),
          other_(other),
          driver_(transport::Driver::create(std::move(channel), *this)) {}

    void start() { driver_->start(); }
    void close() { driver_->close(); }

    /// Behind all that waits already. What is `open` takes the next parcel in, if that comes soon.
    void put(ByteBuffer parcel, Duration pause, bool open) {
        if (!parcels_.empty() && parcels_.back().open) {
            Parcel& last = parcels_.back();
            last.octets.insert(last.octets.end(), parcel.begin(), parcel.end());
            last.open = open;
            last.at = open ? last.at : now();
        } else {
            const Instant earliest = parcels_.empty() ? now() : std::max(now(), parcels_.back().at);
            parcels_.push_back({std::move(parcel), earliest + pause, open});
        }
    }
    void flush() { driver_->flush(); }

    void receive(ByteView octets, Instant) override { relay_.pass(*relay_.sides_[other_], octets); }
    void handle_timeout(Instant) override {}
    void connection_lost(const Error&) override {}
    std::optional<ByteView> poll_transmit() override {
        if (parcels_.empty() || now() < parcels_.front().at) {
            return std::nullopt;
        }
        sending_ = std::move(parcels_.front().octets);
        parcels_.pop_front();
        return ByteView(sending_);
    }
    std::optional<Instant> poll_timeout() override {
        return parcels_.empty() ? std::nullopt : std::optional(parcels_.front().at);
    }
    std::optional<Error> failure() override { return std::nullopt; }

private:
    struct Parcel {
        ByteBuffer octets;
        Instant at;
        bool open;
    };

    FaultRelay& relay_;
    std::size_t other_;
    std::deque<Parcel> parcels_;
    ByteBuffer sending_;
    std::shared_ptr<transport::Driver> driver_;
};

FaultRelay::FaultRelay(std::unique_ptr<transport::Channel> one,
                       std::unique_ptr<transport::Channel> other) {
    sides_[0] = std::make_unique<Side>(*this, 1, std::move(one));
    sides_[1] = std::make_unique<Side>(*this, 0, std::move(other));
    for (const auto& side : sides_) {
        side->start();
    }
}

FaultRelay::~FaultRelay() {
    for (const auto& side : sides_) {
        side->close();
    }
}

void FaultRelay::set_faults(const RelayFaults& faults, std::uint64_t seed) {
    faults_ = faults;
    random_ = SeededRandom(seed);
    counters_ = {};
}

bool FaultRelay::happens(double percent) {
    return static_cast<double>(below(1'000'000)) < percent * 10'000;
}

Duration FaultRelay::pause() {
    const auto most = static_cast<std::size_t>(faults_.longest_hold.count());
    return std::chrono::milliseconds(1 + below(most));
}

void FaultRelay::pass(Side& to, ByteView octets) {
    ++counters_.parcels;
    ByteBuffer parcel = to_buffer(octets);
    damage(parcel);
    Duration wait{};
    bool open = false;
    if (happens(faults_.hold)) {
        ++counters_.held;
        wait = pause();
    } else if (happens(faults_.join)) {
        ++counters_.joined;
        wait = longest_wait;
        open = true;
    }
    if (parcel.size() > 1 && happens(faults_.cut)) {
        ++counters_.cut;
        const auto half =
            parcel.begin() + static_cast<std::ptrdiff_t>(1 + below(parcel.size() - 1));
        to.put(ByteBuffer(parcel.begin(), half), wait, false);
        to.put(ByteBuffer(half, parcel.end()), pause(), open);
    } else {
        to.put(std::move(parcel), wait, open);
    }
    to.flush();
}

void FaultRelay::damage(ByteBuffer& parcel) {
    if (happens(faults_.change)) {
        ++counters_.changed;
        for (std::size_t bits = 1 + below(3); bits > 0; --bits) {
            parcel[below(parcel.size())] ^= static_cast<Byte>(1u << below(8));
        }
    }
    if (happens(faults_.duplicate)) {
        ++counters_.duplicated;
        const ByteBuffer once = parcel;
        parcel.insert(parcel.end(), once.begin(), once.end());
    }
    if (happens(faults_.lose)) {
        ++counters_.lost;
        const std::size_t first = below(2) == 0 ? 0 : below(parcel.size());
        const std::size_t count = first == 0 ? parcel.size() : 1 + below(parcel.size() - first);
        const auto begin = parcel.begin() + static_cast<std::ptrdiff_t>(first);
        parcel.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
    }
    if (happens(faults_.noise)) {
        ++counters_.noise;
        ByteBuffer noise(1 + below(20));
        for (Byte& octet : noise) {
            octet = static_cast<Byte>(random_.next_u64());
        }
        parcel.insert(parcel.begin(), noise.begin(), noise.end());
    }
}

}  // namespace dlms::testing
