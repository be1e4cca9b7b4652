#pragma once
// Chance: what happens in so many percent of the cases. The same seed gives the same course.

#include <cstddef>
#include <cstdint>

#include "stack/base/random.hpp"

namespace dlms::simulator {

class Chance {
public:
    explicit Chance(std::uint64_t seed) : random_(seed) {}

    bool happens(double percent) {
        constexpr std::size_t steps = std::size_t{1} << 24;
        return static_cast<double>(below(steps)) < percent / 100 * static_cast<double>(steps);
    }
    /// A number below `limit`, which is not 0.
    std::size_t below(std::size_t limit) { return random_.next_u64() % limit; }

private:
    SeededRandom random_;
};

}  // namespace dlms::simulator
