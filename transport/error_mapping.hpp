#pragma once
// The operating system's errors as ours.

#include <system_error>

#include "stack/base/error.hpp"

namespace dlms::transport {

Error to_error(const std::error_code& error);

}  // namespace dlms::transport
