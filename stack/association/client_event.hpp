#pragma once
// What a client association says to its owner. Views in an event are valid until the next input or
// command.

#include <cstdint>
#include <optional>
#include <variant>

#include "stack/acse/aare.hpp"
#include "stack/base/strong.hpp"
#include "stack/xdlms/access.hpp"
#include "stack/xdlms/action.hpp"
#include "stack/xdlms/confirmed_service_error.hpp"
#include "stack/xdlms/conformance.hpp"
#include "stack/xdlms/data_notification.hpp"
#include "stack/xdlms/event_notification.hpp"
#include "stack/xdlms/exception_response.hpp"
#include "stack/xdlms/get.hpp"
#include "stack/xdlms/read_write.hpp"

namespace dlms::association {

/// Which request of an association an event belongs to: its invoke-id (0 to 15), the
/// long-invoke-id of an ACCESS (above 15), 0 with short names, which have none.
using RequestId = Strong<struct RequestIdTag, std::uint32_t>;

/// The peer accepted the association.
struct Associated {
    /// Proposed and granted; a meter that grants more than was proposed gets no more.
    xdlms::Conformance conformance;
    /// Octets of the longest APDU that the meter takes; 0 = no limit.
    std::uint16_t server_max_receive_pdu_size = 0;
};

/// The peer said no, in one of the forms that real meters use.
struct AssociationRefused {
    /// From the AARE, if one came.
    std::optional<acse::AssociationResult> result;
    std::optional<acse::Diagnostic> diagnostic;
    /// From the AARE's user-information, or in place of an AARE.
    std::optional<xdlms::ConfirmedServiceError> service_error;
    std::optional<xdlms::ExceptionResponse> exception;
};

/// A GET ran to its end.
struct GetCompleted {
    RequestId id;
    xdlms::GetDataResult result;
};

/// A GET with list: as many results as attributes, in their order.
struct GetListCompleted {
    RequestId id;
    xdlms::List<xdlms::GetDataResult> results;
};

/// A SET ran to its end.
struct SetCompleted {
    RequestId id;
    cosem::DataAccessResult result;
};

/// A SET with list: as many results as attributes, in their order.
struct SetListCompleted {
    RequestId id;
    xdlms::List<cosem::DataAccessResult> results;
};

/// An ACTION ran to its end.
struct ActionCompleted {
    RequestId id;
    xdlms::ActionOutcome outcome;
};

/// An ACTION with list: as many outcomes as methods, in their order.
struct ActionListCompleted {
    RequestId id;
    xdlms::List<xdlms::ActionOutcome> outcomes;
};

/// An ACCESS ran to its end: as many results as specifications, in their order.
struct AccessCompleted {
    RequestId id;
    xdlms::AccessResponse response;
};

/// A Read of short names: as many results as specifications, each Data or a refusal.
struct ReadCompleted {
    RequestId id;
    xdlms::List<xdlms::ReadResult> results;
};

/// A Write of short names: as many results as specifications, each success or a refusal.
struct WriteCompleted {
    RequestId id;
    xdlms::List<xdlms::WriteResult> results;
};

/// Why a request has no result: our error, the peer's refusal to take the APDU, or one result in
/// place of a list's.
using RequestFailure = std::variant<Error, xdlms::ExceptionResponse, xdlms::ConfirmedServiceError,
                                    cosem::DataAccessResult>;

/// A request ended without a result; the association goes on, unless Aborted follows.
struct RequestFailed {
    RequestId id;
    RequestFailure reason;
    /// A refusal came without the protection that answers must have: anybody may have sent it.
    bool unproven = false;
    /// Its time was over. The reason may say more than timeout: what came and was refused.
    bool out_of_time = false;
};

/// The meter sent something by itself. It may come in any state, also between a request and its
/// answer.
using Notification =
    std::variant<xdlms::DataNotification, xdlms::EventNotification, xdlms::InformationReport>;
struct NotificationReceived {
    Notification notification;
};

/// The association was released, by RLRE or by the peer's silence to RLRQ.
struct Released {};

/// The association, or the attempt to make one, ended by an error.
struct Aborted {
    Error error;
};

using ClientEvent =
    std::variant<Associated, AssociationRefused, GetCompleted, GetListCompleted, SetCompleted,
                 SetListCompleted, ActionCompleted, ActionListCompleted, AccessCompleted,
                 ReadCompleted, WriteCompleted, RequestFailed, NotificationReceived, Released,
                 Aborted>;

}  // namespace dlms::association
