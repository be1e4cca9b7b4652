#pragma once
// The operating system's errors as ours.

#include <cstddef>
#include <system_error>

#include "stack/base/error.hpp"
#include "stack/base/result.hpp"

namespace dlms::transport {

Error to_error(const std::error_code& error);

/// The line takes no octets at the moment.
bool would_block(const std::error_code& error);

/// How a read ended.
inline Result<std::size_t> read_result(const std::error_code& error, std::size_t count) {
    if (error) {
        return std::unexpected(to_error(error));
    }
    return count;
}

}  // namespace dlms::transport
