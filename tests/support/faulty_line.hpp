#pragma once
// One direction of a line between two machines, in virtual time: it loses, doubles, truncates and
// delays whole APDUs, and lets them overtake each other if it is told to.

#include <map>
#include <optional>

#include "stack/base/bytes.hpp"
#include "stack/base/random.hpp"
#include "stack/base/time.hpp"

namespace dlms::testing {

struct Faults {
    unsigned loss = 0;  ///< in 1,000 APDUs, as the next two
    unsigned duplicates = 0;
    unsigned truncation = 0;
    Duration longest_delay{};
    /// Without it APDUs keep their order, as on a stream.
    bool reorders = false;
};

class FaultyLine {
public:
    FaultyLine(Random& random, const Faults& faults) : random_(random), faults_(faults) {}

    void send(ByteView apdu, Instant now) {
        ++sent_;
        if (chance(faults_.loss)) {
            return;
        }
        ByteBuffer copy = to_buffer(apdu);
        if (chance(faults_.truncation)) {
            copy.resize(random_.next_u64() % copy.size());
        }
        const unsigned copies = chance(faults_.duplicates) ? 2 : 1;
        for (unsigned i = 0; i < copies; ++i) {
            Instant arrival = now + delay();
            if (!faults_.reorders) {
                last_arrival_ = arrival = std::max(last_arrival_, arrival);
            }
            under_way_.emplace(arrival, copy);  // behind those of the same instant
        }
    }
    std::optional<Instant> next_arrival() const {
        return under_way_.empty() ? std::nullopt : std::optional(under_way_.begin()->first);
    }
    std::optional<ByteBuffer> arrive(Instant now) {
        if (under_way_.empty() || under_way_.begin()->first > now) {
            return std::nullopt;
        }
        ByteBuffer apdu = std::move(under_way_.begin()->second);
        under_way_.erase(under_way_.begin());
        return apdu;
    }
    /// APDUs handed to the line so far.
    std::size_t sent() const { return sent_; }

private:
    bool chance(unsigned in_thousand) { return random_.next_u64() % 1000 < in_thousand; }
    Duration delay() {
        if (faults_.longest_delay <= Duration::zero()) {
            return {};
        }
        return Duration(static_cast<Duration::rep>(
            random_.next_u64() % static_cast<std::uint64_t>(faults_.longest_delay.count())));
    }

    Random& random_;
    Faults faults_;
    std::multimap<Instant, ByteBuffer> under_way_;
    Instant last_arrival_{};
    std::size_t sent_ = 0;
};

}  // namespace dlms::testing
