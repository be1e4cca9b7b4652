#pragma once
// How many sockets the process may have open: raised as far as the system lets it.

#include <cstddef>

namespace dlms::simulator {

/// Raises RLIMIT_NOFILE to `wanted` or as near as is allowed, and returns what holds then.
std::size_t raise_open_files(std::size_t wanted);

}  // namespace dlms::simulator
