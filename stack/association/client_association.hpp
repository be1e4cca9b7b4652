#pragma once
// The client side of an application association (Green Book 9.3, 9.4): AARQ/AARE, GET with answers
// in blocks, SET, RLRQ/RLRE. Logical name referencing, authentication mechanisms 0 and 1. Sans I/O:
// whole APDUs are the only seam to a link. The contract is docs/contract.md; the transition table
// is at the head of client_association.cpp.

#include <array>
#include <cstdint>
#include <optional>
#include <variant>

#include "stack/acse/aare.hpp"
#include "stack/acse/mechanism.hpp"
#include "stack/base/secret.hpp"
#include "stack/base/time.hpp"
#include "stack/xdlms/confirmed_service_error.hpp"
#include "stack/xdlms/exception_response.hpp"
#include "stack/xdlms/get.hpp"
#include "stack/xdlms/initiate.hpp"

namespace dlms::association {

/// What the client proposes and how long it waits.
struct ClientConfiguration {
    acse::Mechanism mechanism = acse::Mechanism::lowest;
    /// The password of mechanism 1, 1 to 64 octets; unused with mechanism 0.
    SecretBytes password;
    /// Default: get, set, selective access, blocks for get and set, priority, lists, action,
    /// events.
    xdlms::Conformance proposed_conformance{0x007E1F};
    /// Octets of the longest APDU that we take; 0 = no limit.
    std::uint16_t max_receive_pdu_size = 0xFFFF;
    /// From an APDU that awaits an answer to giving up.
    Duration response_timeout = std::chrono::seconds(30);
    bool high_priority = true;
    /// `62 00` in place of `62 03 80 01 00`, as some meters want it.
    bool release_without_reason = false;
    xdlms::InitiateTolerance initiate_tolerance;

    ClientConfiguration clone() const;
};

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

/// A GET ran to its end. The view is valid until the next input.
struct GetCompleted {
    InvokeId invoke_id;
    xdlms::GetDataResult result;
};

/// A SET ran to its end.
struct SetCompleted {
    InvokeId invoke_id;
    cosem::DataAccessResult result;
};

/// Why a request has no result: our error, or the peer's refusal to take the APDU.
using RequestFailure = std::variant<Error, xdlms::ExceptionResponse, xdlms::ConfirmedServiceError>;

/// A request ended without a result; the association goes on, unless Aborted follows.
struct RequestFailed {
    InvokeId invoke_id;
    RequestFailure reason;
};

/// The association was released, by RLRE or by the peer's silence to RLRQ.
struct Released {};

/// The association, or the attempt to make one, ended by an error.
struct Aborted {
    Error error;
};

using ClientEvent = std::variant<Associated, AssociationRefused, GetCompleted, SetCompleted,
                                 RequestFailed, Released, Aborted>;

class ClientAssociation {
public:
    enum class State : std::uint8_t {
        idle,          ///< no association
        associating,   ///< AARQ sent
        associated,    ///< free for a request
        getting,       ///< GET sent
        getting_long,  ///< blocks of an answer are coming
        setting,       ///< SET sent
        releasing,     ///< RLRQ sent
    };

    struct Counters {
        std::uint64_t unexpected_apdus = 0;  ///< APDUs that the state had no use for
        std::uint64_t late_answers = 0;      ///< answers with an invoke-id that is not outstanding
        std::uint64_t malformed_apdus = 0;
        std::uint64_t notifications_dropped = 0;
    };

    explicit ClientAssociation(ClientConfiguration configuration);

    // A getters
    State state() const { return state_; }
    /// Zero before an association is made.
    xdlms::Conformance conformance() const { return conformance_; }
    std::uint16_t server_max_receive_pdu_size() const { return server_max_receive_pdu_size_; }
    const Counters& counters() const { return counters_; }

    // B inputs
    /// One whole APDU from the link.
    void receive(ByteView apdu, Instant now);
    void handle_timeout(Instant now);
    /// The link is gone; everything under way ends with `error`.
    void link_lost(const Error& error);

    // C commands; each is refused with wrong_state where the state forbids it, and then nothing
    // has changed.
    Status open(Instant now);
    /// Errors besides wrong_state: not_negotiated, request_too_long.
    Result<InvokeId> get(const cosem::AttributeDescriptor& attribute,
                         const std::optional<cosem::SelectiveAccess>& selection, Instant now);
    Result<InvokeId> set(const cosem::AttributeDescriptor& attribute,
                         const std::optional<cosem::SelectiveAccess>& selection,
                         const axdr::DataView& value, Instant now);
    Status release(Instant now);

    // D outputs
    /// The next APDU to send; valid until the next input, command or poll_transmit().
    std::optional<ByteView> poll_transmit();
    /// Views in it are valid until the next input or command.
    std::optional<ClientEvent> poll_event();
    std::optional<Instant> poll_timeout() const { return deadline_; }

private:
    enum class Input : std::uint8_t;
    struct Table;

    bool advance(Input input);
    void await_answer(Instant now) { deadline_ = now + configuration_.response_timeout; }
    void emit(ClientEvent event);
    void transmit_ready() { transmit_pending_ = true; }
    xdlms::InvokeIdAndPriority next_invoke_id_and_priority() const;
    void transmit_request(xdlms::InvokeIdAndPriority invoke, Instant now);
    void fail_request(RequestFailure reason);
    void abort(const Error& error);
    void unexpected();
    bool is_outstanding(xdlms::InvokeIdAndPriority received);
    bool request_fits() const;

    void receive_aare(ByteView apdu);
    void accept(ByteView user_information);
    void receive_get_response(ByteView apdu, Instant now);
    void receive_block(const xdlms::GetResponseWithDatablock& response, Instant now);
    void receive_last_block();
    void receive_set_response(ByteView apdu);
    void receive_refusal(ByteView apdu);
    void receive_rlre();

    ClientConfiguration configuration_;
    State state_ = State::idle;
    xdlms::Conformance conformance_;
    std::uint16_t server_max_receive_pdu_size_ = 0;
    Counters counters_;
    std::optional<Instant> deadline_;

    ByteBuffer transmit_;  // the APDU to be sent or just sent
    ByteBuffer prepared_;  // a request that may still be refused
    bool transmit_pending_ = false;
    ByteBuffer received_;                     // the APDU that event views look into
    ByteBuffer assembled_;                    // the answer so far, in getting_long
    std::uint32_t next_block_ = 0;            // in getting and getting_long
    xdlms::InvokeIdAndPriority outstanding_;  // of the last request
    // Any input makes at most two events: the request's end and the association's end.
    std::array<std::optional<ClientEvent>, 2> events_;
};

}  // namespace dlms::association
