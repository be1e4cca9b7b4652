#pragma once
// FloodBudget: how much a peer may send that nobody waits for. Pushes, noise and late answers are
// such octets in good faith; a peer that sends without end would take a whole core of ours.

#include <algorithm>
#include <cstdint>

#include "stack/base/error.hpp"
#include "stack/base/time.hpp"

namespace dlms::transport {

/// Why the driver closed a line, for connection_lost(): octets that nobody waited for, without end.
inline constexpr Error flooded{ErrorCode::unexpected_apdu, Layer::transport, 0};

class FloodBudget {
public:
    /// Octets that may come at once.
    static constexpr std::uint64_t burst = 1u << 20;
    /// Octets that may come in a second for ever: more than any serial line brings.
    static constexpr std::uint64_t rate = 64u << 10;
    /// What one read costs beside its octets: small portions take the most time.
    static constexpr std::uint64_t cost_of_read = 8;

    /// Notes octets that were of no use. False: they are too many.
    bool charge(std::size_t octets, Instant now) {
        using std::chrono::milliseconds;
        const auto passed = std::chrono::duration_cast<milliseconds>(now - last_).count();
        if (passed > 0) {
            const auto earned = static_cast<std::uint64_t>(std::min<std::int64_t>(passed, 60'000));
            spent_ -= std::min(spent_, earned * rate / 1000);
            last_ = now;
        }
        spent_ += octets + cost_of_read;
        return spent_ <= burst;
    }
    /// Something came that was waited for.
    void restore() { spent_ = 0; }

private:
    std::uint64_t spent_ = 0;
    Instant last_{};
};

}  // namespace dlms::transport
