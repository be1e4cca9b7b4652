#pragma once

#include <array>
#include <string_view>

namespace dlms::service {

// One name that the service gives a failure, and the status of a /connect that fails so.
struct ErrorRow {
    std::string_view code;
    int connect_status;
};

// Every errorCode there is. Those of the DLMS names come from a meter's data-access-result; a
// /connect never ends in one.
inline constexpr std::array error_table{
    // the line
    ErrorRow{"connect-refused", 502},
    ErrorRow{"connect-timeout", 504},
    ErrorRow{"host-unreachable", 502},
    ErrorRow{"not-allowed-target", 403},
    ErrorRow{"serial-unavailable", 502},
    // the meter says no, or cannot be trusted
    ErrorRow{"link-rejected", 502},
    ErrorRow{"association-rejected", 502},
    ErrorRow{"authentication-failed", 502},
    ErrorRow{"deciphering-failed", 502},
    ErrorRow{"counter-rejected", 502},
    // during work
    ErrorRow{"timeout", 504},
    ErrorRow{"connection-lost", 502},
    ErrorRow{"meter-busy", 409},
    ErrorRow{"throttled", 503},
    // the meter's octets
    ErrorRow{"malformed-answer", 502},
    ErrorRow{"protocol-violation", 502},
    ErrorRow{"unsupported", 502},
    // a command that may or may not have reached the meter
    ErrorRow{"outcome-unknown", 502},
    // data-access-result
    ErrorRow{"hardware-fault", 502},
    ErrorRow{"temporary-failure", 502},
    ErrorRow{"read-write-denied", 502},
    ErrorRow{"object-undefined", 502},
    ErrorRow{"object-class-inconsistent", 502},
    ErrorRow{"object-unavailable", 502},
    ErrorRow{"type-unmatched", 502},
    ErrorRow{"scope-of-access-violated", 502},
    ErrorRow{"data-block-unavailable", 502},
    ErrorRow{"long-get-aborted", 502},
    ErrorRow{"no-long-get-in-progress", 502},
    ErrorRow{"long-set-aborted", 502},
    ErrorRow{"no-long-set-in-progress", 502},
    ErrorRow{"data-block-number-invalid", 502},
    ErrorRow{"other-reason", 502},
    // the maker's library
    ErrorRow{"vendor-unavailable", 502},
    ErrorRow{"vendor-crashed", 502},
    ErrorRow{"vendor-timeout", 504},
};

// The row of a code; null for a text that is none.
constexpr const ErrorRow* find_error(std::string_view code) {
    for (const ErrorRow& row : error_table) {
        if (row.code == code) {
            return &row;
        }
    }
    return nullptr;
}

// The row of a code in our own source; one that is not in the table does not compile.
consteval const ErrorRow& error_row(std::string_view code) {
    return *find_error(code);
}

}  // namespace dlms::service
