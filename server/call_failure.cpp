#include "server/call_failure.hpp"

#include <utility>

namespace dlms::service {

namespace {

// Codes of the client that are more exact than what callers are told.
const ErrorRow& row_of(const client::Failure& failure) {
    using client::FailureCode;
    switch (failure.code) {
        case FailureCode::cancelled: return error_row("connection-lost");
        case FailureCode::service_refused:
        case FailureCode::internal: return error_row("other-reason");
        case FailureCode::invalid_request: return error_row("unsupported");
        default: break;
    }
    const ErrorRow* row = find_error(client::code_text(failure));
    return row != nullptr ? *row : error_row("other-reason");
}

}  // namespace

CallFailure call_failure(const ErrorRow& row, std::string sentence, Blame blame) {
    return {&row, std::move(sentence), blame};
}

CallFailure call_failure(const client::Failure& failure) {
    const bool is_of_store =
        failure.error && (failure.error->code == ErrorCode::counter_not_reserved ||
                          failure.error->code == ErrorCode::store_failed);
    if (is_of_store && failure.code != client::FailureCode::outcome_unknown) {
        // Neither the caller's fault nor the meter's, and it may pass: the disk is full, say.
        return {&error_row("throttled"), client::describe(failure), Blame::transport};
    }
    return {&row_of(failure), client::describe(failure), failure.blame()};
}

}  // namespace dlms::service
