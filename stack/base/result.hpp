#pragma once
// Result<T>: a value or an Error. No exception leaves the stack.

#include <expected>

#include "stack/base/error.hpp"

namespace dlms {

template <class T>
using Result = std::expected<T, Error>;

/// Done, or an Error.
using Status = Result<void>;

constexpr std::unexpected<Error> fail(ErrorCode code, Layer layer, std::size_t offset = 0) {
    return std::unexpected(Error{code, layer, static_cast<std::uint32_t>(offset)});
}

}  // namespace dlms
