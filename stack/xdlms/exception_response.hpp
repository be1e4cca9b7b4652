#pragma once
// exception-response (COSEMpdu; sheet section 7.2): the server could not take the APDU at all.

#include <cstdint>
#include <optional>
#include <string_view>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"
#include "stack/base/writer.hpp"

namespace dlms::xdlms {

enum class StateError : std::uint8_t { service_not_allowed = 1, service_unknown = 2 };

enum class ServiceError : std::uint8_t {
    operation_not_possible = 1,
    service_not_supported = 2,
    other_reason = 3,
    pdu_too_long = 4,
    deciphering_error = 5,
    invocation_counter_error = 6,
};

/// The standard's names, for example "service-not-allowed".
std::string_view name(StateError error);
std::string_view name(ServiceError error);

struct ExceptionResponse {
    StateError state_error = StateError::service_not_allowed;
    ServiceError service_error = ServiceError::service_not_supported;
    /// With invocation_counter_error only: a hint, never to be trusted unprotected (sheet 7.2).
    std::uint32_t invocation_counter = 0;

    friend bool operator==(const ExceptionResponse&, const ExceptionResponse&) = default;
};

/// Decodes one whole APDU. Errors: every malformed code.
Result<ExceptionResponse> decode_exception_response(ByteView apdu);

void encode(Writer& writer, const ExceptionResponse& response);

}  // namespace dlms::xdlms
