#pragma once
// FaultRelay: stands between two lines, hands on what comes from each, and does damage on the way:
// octets are lost, changed, doubled, held back, joined, cut in two, and noise is added. The order
// of octets stays, as on any line.

#include <array>
#include <deque>
#include <memory>

#include "stack/base/random.hpp"
#include "transport/driver.hpp"

namespace dlms::testing {

/// Percent of the parcels of octets that come to this harm; a parcel is what one read brings.
struct RelayFaults {
    double lose = 0;       ///< the parcel, or a part of it
    double change = 0;     ///< up to three bits: what every frame check sequence finds
    double duplicate = 0;  ///< the parcel comes twice
    double hold = 0;       ///< for up to `longest_hold`; what follows waits behind it
    double join = 0;       ///< with the parcel that follows
    double cut = 0;        ///< into two parcels with a pause between them
    double noise = 0;      ///< octets that nobody sent, before the parcel
    std::chrono::milliseconds longest_hold{30};
};

class FaultRelay {
public:
    /// Parcels that came to each harm.
    struct Counters {
        unsigned parcels = 0;
        unsigned lost = 0;
        unsigned changed = 0;
        unsigned duplicated = 0;
        unsigned held = 0;
        unsigned joined = 0;
        unsigned cut = 0;
        unsigned noise = 0;
    };

    FaultRelay(std::unique_ptr<transport::Channel> one, std::unique_ptr<transport::Channel> other);
    ~FaultRelay();
    FaultRelay(const FaultRelay&) = delete;
    FaultRelay& operator=(const FaultRelay&) = delete;

    /// From now on; the counters begin anew. The same seed throws the same dice.
    void set_faults(const RelayFaults& faults, std::uint64_t seed);
    const Counters& counters() const { return counters_; }

private:
    class Side;

    bool happens(double percent);
    std::size_t below(std::size_t limit) { return random_.next_u64() % limit; }
    Duration pause();
    void pass(Side& to, ByteView octets);
    void damage(ByteBuffer& parcel);

    RelayFaults faults_;
    SeededRandom random_{1};
    Counters counters_;
    std::array<std::unique_ptr<Side>, 2> sides_;
};

}  // namespace dlms::testing
