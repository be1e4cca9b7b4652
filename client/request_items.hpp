#pragma once
// What the requests of a NativeMeterClient share (for its own sources).

#include <chrono>

#include "client/meter_client.hpp"

namespace dlms::client {

inline Instant now() {
    return std::chrono::steady_clock::now();
}

/// Valid as long as `parameters`.
inline std::optional<cosem::SelectiveAccess> selection_of(
    const std::optional<std::uint8_t>& selector, const axdr::Data& parameters) {
    if (!selector) {
        return std::nullopt;
    }
    return cosem::SelectiveAccess{*selector, parameters.view()};
}

inline xdlms::VariableAccessSpecification name_of(
    std::uint16_t short_name, const std::optional<cosem::SelectiveAccess>& selection) {
    if (selection) {
        return xdlms::ParameterizedAccess{short_name, selection->selector, selection->parameters};
    }
    return xdlms::VariableName{short_name};
}

/// Whether the request was more than one APDU may hold, so that nothing was sent.
inline bool is_too_long(const Failure& failure) {
    return failure.error && failure.error->code == ErrorCode::request_too_long;
}

/// The line is gone, and nothing was sent.
inline Failure lost() {
    return from_error(Error{ErrorCode::connection_lost, Layer::client, 0});
}

}  // namespace dlms::client
