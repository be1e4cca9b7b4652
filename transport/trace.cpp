#include "transport/trace.hpp"

#include <algorithm>

#include "transport/frame_trace.hpp"
#include "transport/wpdu_trace.hpp"

namespace dlms::transport {
namespace {

/// Characters that may be shown now. When there are none left, nothing is shown until a good part
/// of the budget is back: one gap is easier to read than many.
class Allowance {
public:
    explicit Allowance(TraceBudget budget) : budget_(budget), left_(budget.at_once) {}

    /// Whether as many characters may be shown.
    bool take(std::size_t characters, Instant now) {
        refill(now);
        if (is_spent_ && left_ < budget_.at_once / 8) {
            return false;
        }
        is_spent_ = characters > left_;
        left_ -= is_spent_ ? 0 : characters;
        return !is_spent_;
    }

private:
    void refill(Instant now) {
        if (now <= filled_at_) {
            return;
        }
        using std::chrono::milliseconds;
        const auto passed = filled_at_ == Instant::min()
                                ? milliseconds(0)
                                : std::chrono::duration_cast<milliseconds>(now - filled_at_);
        const auto added = static_cast<std::uint64_t>(passed.count()) * budget_.per_second / 1000;
        // What is less than a character counts the next time.
        if (added > 0 || filled_at_ == Instant::min()) {
            left_ =
                static_cast<std::size_t>(std::min<std::uint64_t>(budget_.at_once, left_ + added));
            filled_at_ = now;
        }
    }

    TraceBudget budget_;
    std::size_t left_;
    bool is_spent_ = false;
    Instant filled_at_ = Instant::min();
};

std::unique_ptr<TraceLines> lines_of(Framing framing) {
    if (framing == Framing::hdlc) {
        return std::make_unique<FrameTrace>();
    }
    return std::make_unique<WpduTrace>(framing == Framing::datagrams);
}

}  // namespace

struct HexTrace::State {
    std::unique_ptr<TraceLines> lines;
    LineSink sink;
    Allowance allowance;
    std::uint64_t left_out = 0;             // lines
    std::uint64_t characters_left_out = 0;  // in them

    void show(Direction direction, const std::string& line, Instant now) {
        if (!allowance.take(line.size(), now)) {
            if (left_out == 0) {
                sink(direction, "(too much to show: lines are left out from here on)");
            }
            ++left_out;
            characters_left_out += line.size();
            return;
        }
        if (left_out > 0) {
            sink(direction, "(left out: " + std::to_string(left_out) + " lines of " +
                                std::to_string(characters_left_out) + " characters)");
            left_out = characters_left_out = 0;
        }
        sink(direction, line);
    }
};

HexTrace::HexTrace(Framing framing, LineSink sink, TraceBudget budget)
    : state_(
          std::make_unique<State>(State{lines_of(framing), std::move(sink), Allowance(budget)})) {}

HexTrace::HexTrace(HexTrace&& other) noexcept = default;

HexTrace::~HexTrace() = default;

void HexTrace::octets(Direction direction, ByteView bytes, Instant now) {
    state_->lines->octets(direction, bytes, now, [this, direction, now](const std::string& line) {
        state_->show(direction, line, now);
    });
}

TraceSink traced_lines(Framing framing, HexTrace::LineSink sink, TraceBudget budget) {
    auto lines = std::make_shared<HexTrace>(framing, std::move(sink), budget);
    return [lines](Direction direction, ByteView octets) { lines->octets(direction, octets); };
}

}  // namespace dlms::transport
