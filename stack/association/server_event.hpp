#pragma once
// What a server association asks of its owner, and what it tells. A request with list, an ACCESS
// and a Read or Write of several names come as one indication after the other; the association puts
// the answers together. Views are valid until the next input.

#include <cstdint>
#include <optional>
#include <variant>

#include "stack/axdr/data_view.hpp"
#include "stack/cosem/descriptor.hpp"
#include "stack/xdlms/conformance.hpp"

namespace dlms::association {

/// The association was made, with mechanisms 2 to 7 behind pass 3; `confirmed` is false when the
/// client asked for no answer.
struct AssociationEstablished {
    xdlms::Conformance conformance;
    std::uint16_t client_max_receive_pdu_size = 0;
    bool confirmed = true;
    /// Client user identification, as the AARQ had it.
    std::optional<std::int64_t> user_id = std::nullopt;
};

/// A wrong password, or a wrong answer to our challenge: the owner counts them and locks out.
struct AuthenticationFailed {};

/// Answer with answer_get().
struct GetIndication {
    cosem::AttributeDescriptor attribute;
    std::optional<cosem::SelectiveAccess> access_selection;
};

/// Answer with answer_set().
struct SetIndication {
    cosem::AttributeDescriptor attribute;
    std::optional<cosem::SelectiveAccess> access_selection;
    axdr::DataView value;
};

/// Answer with answer_action().
struct ActionIndication {
    cosem::MethodDescriptor method;
    std::optional<axdr::DataView> parameters;
};

/// A Read of a short name: an attribute, or a method if the name is one's. Answer with
/// answer_get().
struct ReadIndication {
    std::uint16_t short_name = 0;
    std::optional<cosem::SelectiveAccess> parameterized_access;
};

/// A Write to a short name: an attribute, or a method if the name is one's. Answer with
/// answer_set().
struct WriteIndication {
    std::uint16_t short_name = 0;
    std::optional<cosem::SelectiveAccess> parameterized_access;
    axdr::DataView value;
};

/// The client has confirmed a DataNotification.
struct NotificationConfirmed {
    std::uint32_t long_invoke_id = 0;
};

/// The client released the association, or asked for another one that was refused.
struct AssociationReleased {};

using ServerEvent = std::variant<AssociationEstablished, AuthenticationFailed, GetIndication,
                                 SetIndication, ActionIndication, ReadIndication, WriteIndication,
                                 NotificationConfirmed, AssociationReleased>;

/// Whether the event is an indication that awaits its answer.
inline bool awaits_answer(const ServerEvent& event) {
    return std::holds_alternative<GetIndication>(event) ||
           std::holds_alternative<SetIndication>(event) ||
           std::holds_alternative<ActionIndication>(event) ||
           std::holds_alternative<ReadIndication>(event) ||
           std::holds_alternative<WriteIndication>(event);
}

}  // namespace dlms::association
