#pragma once

#include <expected>
#include <string>

#include "client/failure.hpp"
#include "server/error_table.hpp"
#include "stack/base/error.hpp"

namespace dlms::service {

// Why a call has no result, as callers are told: a code of the closed table, a sentence without
// secrets, and who has to act. A defect of ours has blame internal and is answered with 500.
struct CallFailure {
    const ErrorRow* row = &error_row("other-reason");
    std::string sentence;
    Blame blame = Blame::internal;
};

template <class T>
using CallOutcome = std::expected<T, CallFailure>;

[[nodiscard]] CallFailure call_failure(const ErrorRow& row, std::string sentence, Blame blame);
[[nodiscard]] CallFailure call_failure(const client::Failure& failure);

}  // namespace dlms::service
