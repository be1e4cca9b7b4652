#include "stack/security/invocation_counter.hpp"

#include <algorithm>

namespace dlms::security {

Status SendCounter::grant(CounterRange range) {
    if (range.first > last_invocation_counter) {
        return fail(ErrorCode::counter_exhausted, Layer::security);
    }
    if (range.last < range.first || range.first < next_free()) {
        return fail(ErrorCode::out_of_range, Layer::security);
    }
    if (range.first != end_) {
        next_ = range.first;
    }
    end_ = std::uint64_t{std::min(range.last, last_invocation_counter)} + 1;
    return {};
}

Result<InvocationCounter> SendCounter::take() {
    if (next_ > last_invocation_counter) {
        return fail(ErrorCode::counter_exhausted, Layer::security);
    }
    if (next_ >= end_ && source_) {
        if (const auto range = source_()) {
            if (const Status granted = grant(*range); !granted) {
                return std::unexpected(granted.error());
            }
        }
    }
    if (next_ >= end_) {
        return fail(ErrorCode::counter_not_reserved, Layer::security);
    }
    return InvocationCounter(static_cast<std::uint32_t>(next_++));
}

void SendCounter::skip_to(InvocationCounter next) {
    next_ = std::max<std::uint64_t>(next_, next.value());
}

Status ReceiveCounter::check(InvocationCounter counter) const {
    if (highest_ && counter <= *highest_) {
        return fail(ErrorCode::counter_too_low, Layer::security);
    }
    return {};
}

void ReceiveCounter::accept(InvocationCounter counter) {
    if (!highest_ || counter > *highest_) {
        highest_ = counter;
    }
}

}  // namespace dlms::security
