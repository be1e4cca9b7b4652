#pragma once
// The client side of an application association (Green Book 9.3, 9.4): AARQ/AARE, every service of
// logical and of short name referencing, blocks of both kinds, notifications, RLRQ/RLRE; every
// authentication mechanism, and APDUs that are protected. Sans I/O: whole APDUs are the only seam
// to a link. The contract is docs/contract.md; the transition tables are in client_table.hpp and at
// the head of client_request.cpp.
//
// Where protection is in force nothing is looked into before it was opened: what does not open, or
// is protected less than asked for, is counted and changes nothing. Errors that come in plain end a
// request (they cannot come otherwise), and are no more than a hint.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "stack/acse/aare.hpp"
#include "stack/acse/mechanism.hpp"
#include "stack/association/apdu_queue.hpp"
#include "stack/association/apdu_security.hpp"
#include "stack/association/block_transfer.hpp"
#include "stack/association/client_event.hpp"
#include "stack/association/client_request.hpp"
#include "stack/association/hls_exchange.hpp"
#include "stack/base/secret.hpp"
#include "stack/base/time.hpp"
#include "stack/xdlms/initiate.hpp"

namespace dlms::association {

/// How objects are named in the services.
enum class Referencing : std::uint8_t { logical_name, short_name };

/// What the client proposes and how long it waits.
struct ClientConfiguration {
    Referencing referencing = Referencing::logical_name;
    acse::Mechanism mechanism = acse::Mechanism::lowest;
    /// The password of mechanism 1, 1 to 64 octets; the secret of mechanisms 2 (16 octets), 3, 4
    /// and 6; unused with the others.
    SecretBytes password;
    SecurityTerms security;
    /// Default: get, set, selective access, blocks for get and set, priority, lists, action,
    /// events.
    xdlms::Conformance proposed_conformance{0x007E1F};
    /// Octets of the longest APDU that we take; 0 = no limit.
    std::uint16_t max_receive_pdu_size = 0xFFFF;
    /// Octets of the longest answer that is put together from blocks; a longer one fails with
    /// answer_too_long.
    std::size_t max_answer = limits::max_long_answer;
    /// Below are datagrams, which the network may double: a block that has come already is dropped.
    bool duplicates_possible = false;
    /// From an APDU that awaits an answer to giving up.
    Duration response_timeout = std::chrono::seconds(30);
    /// Of requests that say nothing of it.
    bool high_priority = true;
    /// Requests that may await their answers at once, 1 to 15; always 1 with short names, whose
    /// answers cannot be told apart, and where general block transfer was negotiated, which knows
    /// one transfer at a time. While blocks of a request or answer are under way no other is made:
    /// it would make the meter give them up.
    std::size_t max_outstanding_requests = 1;
    /// Blocks of a general block transfer that we take without acknowledging, 1 to 63.
    std::uint8_t block_window = 1;
    /// How often a lost block is asked for before the transfer is given up; the tries are spread
    /// over response_timeout.
    unsigned block_retries = 3;
    /// Confirm a DataNotification that asks for it.
    bool confirm_notifications = true;
    /// `62 00` in place of `62 03 80 01 00`, as some meters want it.
    bool release_without_reason = false;
    xdlms::InitiateTolerance initiate_tolerance;
    xdlms::DataNotificationTolerance notification_tolerance;
    /// Called when the meter's title is known, before anything is opened that it sealed: puts back
    /// what was received from it before. An error ends the attempt. With it, nothing is opened of a
    /// meter whose title is not known beforehand.
    std::function<Status(security::ApduProtection&)> recall_received;

    /// All but the protection of `security`.
    ClientConfiguration clone() const;
};

/// Service class of SET, ACTION and ACCESS: an unconfirmed one has no answer and no event.
enum class ServiceClass : std::uint8_t { confirmed, unconfirmed };

/// Which of the requests that wait a meter serves first, where priority management was negotiated.
enum class Priority : std::uint8_t { normal, high };

/// The bits beside the invoke-id.
struct RequestOptions {
    RequestOptions() = default;
    RequestOptions(ServiceClass of_service, std::optional<Priority> of_request = std::nullopt)
        : service_class(of_service), priority(of_request) {}

    ServiceClass service_class = ServiceClass::confirmed;
    std::optional<Priority> priority = std::nullopt;  ///< the configured one if there is none
};

/// How an ACCESS is to be carried out.
struct AccessOptions {
    bool self_descriptive = false;  ///< the answer repeats the specifications
    bool break_on_error = false;    ///< after the first failure nothing more is executed
    ServiceClass service_class = ServiceClass::confirmed;
    std::optional<Priority> priority = std::nullopt;  ///< the configured one if there is none
};

class ClientAssociation {
public:
    enum class State : std::uint8_t {
        idle,            ///< no association
        associating,     ///< AARQ sent
        authenticating,  ///< AARE received, passes 3 and 4 of a high level authentication under way
        associated,      ///< free for requests, see outstanding_requests()
        releasing,       ///< RLRQ sent
    };

    struct Counters {
        std::uint64_t unexpected_apdus = 0;  ///< APDUs that the state had no use for
        std::uint64_t late_answers = 0;      ///< answers with an invoke-id that is not outstanding
        std::uint64_t malformed_apdus = 0;
        std::uint64_t notifications = 0;  ///< handed on to the owner
        std::uint64_t answers = 0;        ///< APDUs that brought a request on
        /// APDUs that did not open, or were protected less than asked for; why, say
        /// protection()->refusals().
        std::uint64_t refused_apdus = 0;
    };

    /// An APDU that came and answered nothing.
    struct Stray {
        std::uint8_t tag = 0;
        std::optional<std::uint8_t> invoke_id;
    };

    explicit ClientAssociation(ClientConfiguration configuration);

    // A getters
    State state() const { return state_; }
    /// Requests that await an answer.
    std::size_t outstanding_requests() const { return outstanding_.size(); }
    /// Whether a request may be made now.
    bool is_ready() const;
    /// The last one since the last command; nothing if there was none.
    std::optional<Stray> stray() const { return stray_; }
    /// Zero before an association is made.
    xdlms::Conformance conformance() const { return conformance_; }
    std::uint16_t server_max_receive_pdu_size() const { return server_max_receive_pdu_size_; }
    const Counters& counters() const { return counters_; }
    const BlockTransfer::Counters& block_counters() const { return block_transfer_.counters(); }
    /// Null without one. For its owner's other work: granting numbers and reading counters, also
    /// while requests are outstanding; changing keys between them.
    security::ApduProtection* protection() { return security_.protection(); }
    const security::ApduProtection* protection() const { return security_.protection(); }
    /// The certificate (DER) of the last AARE, of which nothing was verified; empty for none.
    ByteView peer_certificate() const { return peer_certificate_; }

    // B inputs
    /// One whole APDU from the link. A request whose answer did not open awaits another one; if
    /// there is none in time it fails with the reason in place of timeout.
    void receive(ByteView apdu, Instant now);
    void handle_timeout(Instant now);
    /// The link is gone; everything under way ends with `error`.
    void link_lost(const Error& error);

    // C commands; each is refused with wrong_state where the state forbids it, and then nothing
    // has changed. What is sent protected takes numbers that were granted to protection(); errors
    // besides wrong_state: counter_not_reserved, counter_exhausted, key_missing, and out_of_range
    // for what the configured protection cannot do. Opening needs numbers for all it may send.
    Status open(Instant now);
    /// Begins an association that the meter has without an AARQ: conformance and sizes are those of
    /// the configuration. A release only forgets it.
    Status open_pre_established();
    /// The same for an association that the meter has ended without a word: what was agreed is
    /// forgotten, and an AARQ goes out without a release before it. Only between requests.
    Status renew(Instant now);
    Status release(Instant now);
    /// How requests are sent from now on, and what answers must have at least.
    void protect_requests(const MessageProtection& wanted) {
        configuration_.security.requests = wanted;
    }
    void require_of_responses(security::Protection least) {
        configuration_.security.responses = least;
    }

    // Requests. Errors besides those above: not_negotiated, also for a protection whose envelope
    // was not, and for confirmed requests under the broadcast key; request_too_long when the meter
    // takes neither so long an APDU nor blocks; out_of_range for lists that are empty or not of one
    // length, and for services of the other referencing.
    Result<RequestId> get(const cosem::AttributeDescriptor& attribute,
                          const std::optional<cosem::SelectiveAccess>& selection, Instant now,
                          std::optional<Priority> priority = std::nullopt);
    Result<RequestId> get_list(std::span<const cosem::AttributeDescriptorWithSelection> attributes,
                               Instant now, std::optional<Priority> priority = std::nullopt);
    Result<RequestId> set(const cosem::AttributeDescriptor& attribute,
                          const std::optional<cosem::SelectiveAccess>& selection,
                          const axdr::DataView& value, Instant now,
                          const RequestOptions& options = {});
    Result<RequestId> set_list(std::span<const cosem::AttributeDescriptorWithSelection> attributes,
                               std::span<const axdr::DataView> values, Instant now,
                               std::optional<Priority> priority = std::nullopt);
    Result<RequestId> action(const cosem::MethodDescriptor& method,
                             const std::optional<axdr::DataView>& parameters, Instant now,
                             const RequestOptions& options = {});
    /// One of `parameters` for each method; null-data where a method takes none.
    Result<RequestId> action_list(std::span<const cosem::MethodDescriptor> methods,
                                  std::span<const axdr::DataView> parameters, Instant now,
                                  std::optional<Priority> priority = std::nullopt);
    /// One of `data` for each specification; null-data where none is meant.
    Result<RequestId> access(std::span<const xdlms::AccessSpecification> specifications,
                             std::span<const axdr::DataView> data, const AccessOptions& options,
                             Instant now);
    /// Short names; VariableName and ParameterizedAccess only.
    Result<RequestId> read(std::span<const xdlms::VariableAccessSpecification> specifications,
                           Instant now);
    Result<RequestId> write(std::span<const xdlms::VariableAccessSpecification> specifications,
                            std::span<const axdr::DataView> values, Instant now,
                            ServiceClass service_class = ServiceClass::confirmed);
    /// The peer refused general blocks that it had negotiated. True when the last request went in
    /// them and could go in the blocks of its service: those are used from now on, and the request
    /// may be given again. False changes nothing.
    bool use_service_blocks();

    // D outputs
    /// The next APDU to send; valid until the next input, command or poll_transmit().
    std::optional<ByteView> poll_transmit();
    /// Views in it are valid until the next input or command.
    std::optional<ClientEvent> poll_event();
    std::optional<Instant> poll_timeout() const;

private:
    enum class Input : std::uint8_t;
    struct Table;

    /// The first long-invoke-id: those of the other services stay below.
    static constexpr std::uint32_t first_long_invoke_id = 16;

    bool advance(Input input);
    void emit(ClientEvent event) { events_.push_back(std::move(event)); }
    void abort(const Error& error);
    Status associate(Instant now);
    acse::ApplicationContext context() const;
    Status may_associate() const;
    Status may_send(std::size_t numbers, security::KeySlot slot) const;
    Result<ByteBuffer> encode_initiate(const std::optional<security::DedicatedKey>& key);
    Result<ByteBuffer> encode_release();
    void forget_agreement();
    void unexpected();
    void note_stray();

    // Requests
    Status may_request(xdlms::ConformanceBit service) const;
    Status may_request_list(
        xdlms::ConformanceBit service,
        std::span<const cosem::AttributeDescriptorWithSelection> attributes) const;
    Status may_select(const std::optional<cosem::SelectiveAccess>& selection) const;
    Status may_name(xdlms::ConformanceBit service,
                    std::span<const xdlms::VariableAccessSpecification> specifications) const;
    bool is_high(std::optional<Priority> priority) const {
        return priority ? *priority == Priority::high : configuration_.high_priority;
    }
    xdlms::InvokeIdAndPriority next_invoke_id(const RequestOptions& options) const;
    xdlms::InvokeIdAndPriority next_invoke_id(std::optional<Priority> priority) const {
        return next_invoke_id(RequestOptions{ServiceClass::confirmed, priority});
    }
    static RequestId id_of(xdlms::InvokeIdAndPriority invoke) {
        return RequestId(invoke.invoke_id().value());
    }
    bool is_broadcast() const;
    std::size_t request_limit() const;
    Result<security::ProtectionRequest> protection_for(ByteView apdu) const;
    /// False for what has no encoding.
    template <class Apdu>
    bool prepare(const Apdu& apdu);
    template <class Apdu, class Long>
    Result<RequestId> request(ClientRequest request, const Apdu& apdu, const Long& long_form,
                              Instant now);
    template <class Apdu>
    Result<RequestId> send_whole(ClientRequest request, const Apdu& apdu, Instant now);
    Status seal(ByteBuffer& apdu, ClientRequest& request);
    Result<RequestId> send_prepared(ClientRequest request, Instant now);
    Result<RequestId> send_in_general_blocks(ClientRequest request, Instant now);
    Result<RequestId> send_action(const cosem::MethodDescriptor& method,
                                  const std::optional<axdr::DataView>& parameters, Instant now,
                                  const RequestOptions& options);
    Result<RequestId> send_read(std::span<const xdlms::VariableAccessSpecification> specifications,
                                Instant now);
    template <class Apdu>
    Result<RequestId> send_unconfirmed(const Apdu& apdu, RequestId id);
    Result<RequestId> begin(ClientRequest request, Instant now);
    Result<RequestId> await(ClientRequest request, Instant now);

    // Answers
    void receive_apdu(ByteView apdu, Instant now);
    bool open_received(ByteView apdu);
    bool may_open() const;
    bool is_of_transaction(const ClientRequest& request) const;
    Status recall_received();
    void refuse(const Error& error);
    /// Whether what comes in blocks is a notification, which is no request's affair.
    bool receives_notification() const;
    void receive_block(ByteView apdu, Instant now);
    void receive_aare(ByteView apdu, Instant now);
    bool take_title(const acse::Aare& aare);
    std::optional<ByteView> open_initiate(const acse::Aare& aare);
    bool agree(ByteView user_information);
    void accept(const acse::Aare& aare, ByteView initiate_response, Instant now);
    template <class Response>
    void receive_answer(const Result<Response>& response, Instant now);
    void receive_refusal(ByteView apdu);
    void receive_notification(ByteView apdu);
    void receive_rlre();
    /// Hands a request's end to the owner, or to the authentication whose pass 3 it was.
    void finish(ClientEvent event);
    void end_request(const ClientRequest& request, ClientEvent event);
    void fail_request(ClientRequest& request, RequestFailure reason, bool unproven = false);
    void fail_oldest(RequestFailure reason, bool unproven = false);
    void fail_unanswered(ClientRequest& request);
    void end_failed(const ClientRequest& request, ClientEvent event);
    void fail_malformed(const Error& error);

    // Authentication, mechanisms 2 to 7
    HlsExchange::Means means() { return {configuration_.password, security_.protection()}; }
    void authenticate(ByteView challenge, Instant now);
    Result<RequestId> send_pass_3(ByteView answer, Instant now);
    void take_pass_4(const ClientEvent& event);
    void end_unauthenticated(const Error& error);
    void say_release();

    ClientConfiguration configuration_;
    State state_ = State::idle;
    xdlms::Conformance conformance_;
    std::uint16_t server_max_receive_pdu_size_ = 0;
    Counters counters_;
    std::optional<Instant> deadline_;  // of AARQ and RLRQ
    ApduSecurity security_;
    HlsExchange hls_;               // in state associating and authenticating
    bool pre_established_ = false;  // there is nothing to release
    ByteBuffer peer_certificate_;
    std::optional<Error> refusal_;  // of an APDU, since the oldest request was made
    std::optional<Stray> stray_;

    std::vector<ClientRequest> outstanding_;                   // oldest first
    std::uint8_t invoke_id_ = 0;                               // of the last request
    std::uint32_t long_invoke_id_ = first_long_invoke_id - 1;  // of the last ACCESS
    BlockTransfer block_transfer_;
    bool avoids_general_blocks_ = false;
    bool may_use_service_blocks_ = false;  // of the last request: see use_service_blocks()

    ApduQueue queue_;
    ByteBuffer prepared_;  // a request that may still be refused, or a block to be sent
    ByteBuffer received_;  // what event views look into
    std::optional<ByteBuffer> answered_transaction_;  // of what was opened last, if it has one
    std::vector<ClientEvent> events_;
    std::size_t events_taken_ = 0;
};

}  // namespace dlms::association
