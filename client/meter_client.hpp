#pragma once
// MeterClient: talking to one meter, whatever carries the talk. NativeMeterClient does it with our
// own stack; a maker's library can stand behind the same calls.
//
// All calls come from the client's executor, one at a time: who has several tasks for one meter
// queues them (a meter has one association a client). Every call ends by its deadline.

#include <optional>

#include <asio/awaitable.hpp>

#include "client/failure.hpp"
#include "stack/axdr/data.hpp"
#include "stack/base/time.hpp"
#include "stack/cosem/descriptor.hpp"
#include "stack/xdlms/conformance.hpp"

namespace dlms::client {

/// What the association agreed on.
struct AssociationInfo {
    xdlms::Conformance conformance;
    std::uint16_t server_max_receive_pdu_size = 0;  ///< octets; 0 = no limit
    acse::Mechanism mechanism = acse::Mechanism::lowest;
};

/// An attribute, or the part of it that a selector names.
struct ReadRequest {
    cosem::AttributeDescriptor attribute;
    std::optional<std::uint8_t> selector;
    axdr::Data selection_parameters;  ///< with a selector
};

class MeterClient {
public:
    virtual ~MeterClient() = default;

    /// Connects and associates; does nothing when that is so already.
    virtual asio::awaitable<Outcome<AssociationInfo>> connect(Instant deadline) = 0;

    /// Reads an attribute, connecting first if need be. A connection that is lost during the read
    /// is made once more and the read repeated, within the deadline. A meter's refusal comes as
    /// FailureCode::access_refused.
    virtual asio::awaitable<Outcome<axdr::Data>> read(ReadRequest request, Instant deadline) = 0;

    /// Writes an attribute, connecting first if need be. Never repeated: when the octets may have
    /// left and no answer came, the failure is outcome_unknown.
    virtual asio::awaitable<Outcome<void>> write(cosem::AttributeDescriptor attribute,
                                                 axdr::Data value, Instant deadline) = 0;

    /// Releases the association and closes the connection. Never fails: a meter that does not
    /// answer is left.
    virtual asio::awaitable<void> release(Instant deadline) = 0;

    /// Whether an association is there, as far as is known.
    virtual bool is_connected() const = 0;
    virtual std::optional<AssociationInfo> association() const = 0;
};

}  // namespace dlms::client
