#pragma once
// What a person at a terminal can try when a meter does not do what was asked.

#include <string>
#include <string_view>

#include "client/failure.hpp"

namespace dlms::cli {

/// A sentence that says what to try; empty where there is nothing to advise.
std::string_view advice(const client::Failure& failure);

/// What went wrong, and the advice behind it.
std::string explain(const client::Failure& failure);

}  // namespace dlms::cli
