#pragma once
// Monotonic time as the machines see it: handed in with every input, never read inside.

#include <chrono>

namespace dlms {

using Instant = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

}  // namespace dlms
