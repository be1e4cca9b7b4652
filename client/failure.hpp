#pragma once
// Failure: why work with a meter has no result, in one closed list. It covers the line, the
// meter's refusals, and a meter that does not keep to the protocol.

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "stack/association/client_association.hpp"
#include "stack/base/error.hpp"
#include "stack/cosem/access_result.hpp"
#include "stack/cosem/action_result.hpp"

namespace dlms::client {

enum class FailureCode : std::uint8_t {
    // the line
    connect_refused,
    connect_timeout,
    host_unreachable,
    not_allowed_target,
    serial_unavailable,
    line_busy,  ///< a shared line: others had it until the deadline
    // the meter says no to the link
    link_rejected,
    // the meter says no to the association
    association_rejected,
    authentication_failed,
    // what the meter sent cannot be trusted
    deciphering_failed,
    counter_rejected,  ///< an invocation counter is too low, ours or the meter's
    // during work
    timeout,
    connection_lost,
    cancelled,
    // the meter's octets
    malformed_answer,
    protocol_violation,
    unsupported,
    // the meter refused the APDU as a whole
    service_refused,
    // data-access-result, action-result
    access_refused,
    // our caller
    invalid_request,
    // a SET or ACTION whose octets may have reached the meter, and whose answer did not come
    outcome_unknown,
    // our defect
    internal,
};

/// With hyphens, for example "connect-refused".
std::string_view name(FailureCode code);

struct Failure {
    FailureCode code = FailureCode::internal;
    /// What was found, for every code that comes from an error of the stack.
    std::optional<Error> error;
    /// Of the link's failures: which frame, what was expected, what came. May be empty.
    std::string detail = {};
    /// The meter's verdict on one attribute; with access_refused.
    std::optional<cosem::DataAccessResult> access_result;
    /// The meter's verdict on one method; with access_refused.
    std::optional<cosem::ActionResult> action_result;
    /// With association_rejected and authentication_failed: what the meter said.
    std::optional<association::AssociationRefused> refusal;
    /// With service_refused.
    std::optional<xdlms::ExceptionResponse> exception;
    std::optional<xdlms::ConfirmedServiceError> service_error;
    /// The refusal came without the protection that answers must have: anybody on the line may have
    /// sent it.
    bool unproven = false;

    Blame blame() const;
};

/// Whether it was the meter that said no: it has carried out nothing.
bool is_refusal(const Failure& failure);

/// Whether the failure is one item's affair, and the association goes on to the next.
bool concerns_the_item(const Failure& failure);

/// The name for interfaces: the data-access-result's where there is one, else the code's.
std::string_view code_text(const Failure& failure);

/// A sentence for people; holds no text from the peer and no secret.
std::string describe(const Failure& failure);

Failure from_error(const Error& error);
Failure from_refusal(const association::AssociationRefused& refusal);
Failure from_access_result(cosem::DataAccessResult result);
Failure from_action_result(cosem::ActionResult result);
Failure from_request_failure(const association::RequestFailure& reason);

/// A value, or why there is none.
template <class T>
using Outcome = std::expected<T, Failure>;

}  // namespace dlms::client
