#pragma once
// MeterClient: talking to one meter, whatever carries the talk. NativeMeterClient does it with our
// own stack; a maker's library can stand behind the same calls.
//
// All calls come from the client's executor, one at a time: who has several tasks for one meter
// queues them (a meter has one association a client). Every call ends by its deadline.

#include <optional>
#include <vector>

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
    security::Protection protection;  ///< of requests
};

/// An attribute, or the part of it that a selector names.
struct ReadRequest {
    cosem::AttributeDescriptor attribute;
    std::optional<std::uint8_t> selector;
    axdr::Data selection_parameters;  ///< with a selector
};

/// A value for an attribute.
struct WriteRequest {
    cosem::AttributeDescriptor attribute;
    axdr::Data value;
};

/// One item of an ACCESS, and what it came to.
struct AccessItem {
    enum class Kind : std::uint8_t { get, set, action };

    Kind kind = Kind::get;
    /// Of an action, attribute_id is the method's.
    cosem::AttributeDescriptor target;
    std::optional<std::uint8_t> selector;  ///< of get and set
    axdr::Data selection_parameters;
    axdr::Data value;  ///< of set and action; null-data where a method takes none
};
using AccessOutcome = Outcome<axdr::Data>;  ///< null-data where there is nothing to return

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

    /// Sends a write to every meter of the line that has an association with this client (mostly a
    /// pre-established one), connecting to the one of these parameters first if need be: service
    /// class unconfirmed, the all-station address, over HDLC in a UI frame. Nobody answers: what
    /// came of it, a reading shows. Success: it was sent. Unsupported where the backend cannot.
    virtual asio::awaitable<Outcome<void>> broadcast_write(cosem::AttributeDescriptor attribute,
                                                           axdr::Data value, Instant deadline);

    /// The same for a method.
    virtual asio::awaitable<Outcome<void>> broadcast_invoke(cosem::MethodDescriptor method,
                                                            std::optional<axdr::Data> parameters,
                                                            Instant deadline);

    /// Reads several attributes, each with an outcome of its own, in their order: with the fewest
    /// APDUs that the meter takes, down to one for each, also where a list goes unanswered. An item
    /// without an answer fails alone. When the line fails, what was read is kept and what is behind
    /// has that failure, behind silence connection_lost; the whole fails if nothing was asked.
    virtual asio::awaitable<Outcome<std::vector<Outcome<axdr::Data>>>> read_list(
        std::vector<ReadRequest> requests, Instant deadline) = 0;

    /// Writes several attributes, each with an outcome of its own, in their order; one that fails
    /// does not stop the others. Never repeated: only a list that the meter did not take at all is
    /// sent in parts. What was not sent when the line failed has connection_lost.
    virtual asio::awaitable<Outcome<std::vector<Outcome<void>>>> write_list(
        std::vector<WriteRequest> requests, Instant deadline) = 0;

    /// Invokes a method; nothing where it returns nothing. Never repeated. A meter's refusal comes
    /// as FailureCode::access_refused with an action_result.
    virtual asio::awaitable<Outcome<std::optional<axdr::Data>>> invoke(
        cosem::MethodDescriptor method, std::optional<axdr::Data> parameters, Instant deadline) = 0;

    /// Carries out several items in one APDU. Never repeated. Fails with unsupported where the
    /// service was not negotiated. `break_on_error`: after the first failure nothing more is done.
    virtual asio::awaitable<Outcome<std::vector<AccessOutcome>>> access(
        std::vector<AccessItem> items, bool break_on_error, Instant deadline) = 0;

    /// Releases the association and closes the connection. Never fails: a meter that does not
    /// answer is left.
    virtual asio::awaitable<void> release(Instant deadline) = 0;

    /// Whether an association is there, as far as is known.
    virtual bool is_connected() const = 0;
    virtual std::optional<AssociationInfo> association() const = 0;
};

}  // namespace dlms::client
