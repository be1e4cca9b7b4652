#pragma once
// The meter's side of an application association (Green Book 9.3, 9.4), one for a pair of client
// and server SAP on one connection. The machine speaks the protocol; what the objects say comes
// from its owner, who answers each indication. Sans I/O; the contract is docs/contract.md, the
// transition table is in server_table.hpp. Every authentication mechanism is there, and APDUs may
// be protected: then nothing is looked into before it was opened, and answers are sealed.

#include <cstdint>
#include <optional>

#include "stack/acse/aarq.hpp"
#include "stack/acse/application_context.hpp"
#include "stack/acse/mechanism.hpp"
#include "stack/acse/rlrq.hpp"
#include "stack/association/apdu_queue.hpp"
#include "stack/association/apdu_security.hpp"
#include "stack/association/block_transfer.hpp"
#include "stack/association/client_association.hpp"
#include "stack/association/hls_exchange.hpp"
#include "stack/association/server_event.hpp"
#include "stack/association/server_request.hpp"
#include "stack/base/secret.hpp"
#include "stack/base/time.hpp"
#include "stack/xdlms/initiate.hpp"

namespace dlms::association {

/// What the meter declares for one association.
struct ServerConfiguration {
    Referencing referencing = Referencing::logical_name;
    acse::Mechanism mechanism = acse::Mechanism::lowest;
    /// The password of mechanism 1; the secret of mechanisms 2 (16 octets), 3, 4 and 6.
    SecretBytes password;
    SecurityTerms security;
    xdlms::Conformance supported_conformance{0x00501C};
    /// Octets of the longest APDU that the meter takes; 0 = no limit.
    std::uint16_t max_receive_pdu_size = 0xFFFF;
    /// Blocks of a general block transfer that the meter takes without acknowledging, 1 to 63.
    std::uint8_t block_window = 1;
    /// Answer a SET, ACTION or ACCESS whose service class says unconfirmed, as the Hexcell DLL and
    /// GBCS head ends expect. (GET is always answered.)
    bool answer_unconfirmed = false;
    /// Pre-established: there without an AARQ from the link's beginning, with all of
    /// supported_conformance, and a client that takes APDUs of max_receive_pdu_size too. An AARQ
    /// is refused and changes nothing; a release ends it until the next link.
    bool pre_established = false;
    xdlms::GetRequestTolerance get_tolerance;
    xdlms::InitiateTolerance initiate_tolerance;

    /// All but the protection of `security`.
    ServerConfiguration clone() const;
};

class ServerAssociation {
public:
    enum class State : std::uint8_t {
        idle,              ///< no association
        authenticating,    ///< AARE sent; nothing but the answer to our challenge is served
        associated,        ///< free for a request
        serving,           ///< an indication awaits its answer
        receiving_blocks,  ///< a long SET, ACTION, Read or Write is coming in
        sending_blocks,    ///< blocks of an answer are being fetched
    };

    struct Counters {
        std::uint64_t malformed_apdus = 0;
        std::uint64_t refused_apdus = 0;  ///< answered with an error in place of a response
        std::uint64_t dropped_apdus = 0;  ///< empty, or too many to wait for their turn
        std::uint64_t refused_associations = 0;
        /// APDUs that did not open, or had less protection than they must: among refused_apdus.
        /// Why, say protection()->refusals().
        std::uint64_t refused_protections = 0;
        /// Answers that could not be sealed as they must, for want of a number or a key.
        std::uint64_t unsealed_answers = 0;
    };

    /// So many APDUs, of limits::max_apdu octets together, wait while another is being served.
    static constexpr std::size_t max_waiting_apdus = 16;

    explicit ServerAssociation(ServerConfiguration configuration);

    // A getters
    State state() const { return state_; }
    bool is_associated() const { return state_ != State::idle && state_ != State::authenticating; }
    /// False while an indication awaits its answer: further APDUs wait here, or in the link.
    bool is_ready() const { return state_ != State::serving; }
    /// APDUs that wait for their turn.
    std::size_t waiting_apdus() const { return waiting_.size(); }
    xdlms::Conformance conformance() const { return conformance_; }
    /// Octets of the longest APDU that the client takes; 0 = no limit.
    std::uint16_t client_max_receive_pdu_size() const { return client_max_receive_pdu_size_; }
    /// What the AARQ names as its user (calling-AE-invocation-id).
    const std::optional<std::int64_t>& user_id() const { return user_id_; }
    const ServerConfiguration& configuration() const { return configuration_; }
    const Counters& counters() const { return counters_; }
    /// Null without one. Its owner grants numbers and saves what was received; keys are replaced
    /// behind the answer to the request that brought them.
    security::ApduProtection* protection() { return security_.protection(); }
    const security::ApduProtection* protection() const { return security_.protection(); }
    /// How the APDU was protected that is being served, for access rights that ask for more.
    security::Protection request_protection() const { return security_.opened_protection(); }
    /// The certificate (DER) of the last AARQ that was accepted, of which nothing was verified;
    /// empty for none.
    ByteView peer_certificate() const { return peer_certificate_; }
    const BlockTransfer::Counters& block_counters() const { return block_transfer_.counters(); }

    // B inputs
    /// One whole APDU from the link. While an indication awaits its answer, or an event was not
    /// taken, it waits and changes nothing: views of the indication stay valid. An owner that hands
    /// over all that came together before it takes events lets urgent requests go first.
    void receive(ByteView apdu, Instant now);
    void handle_timeout(Instant) {}
    /// The link is gone: the association ends without a word.
    void link_lost();

    // C commands
    /// While locked, every authentication is refused (rejected-transient, authentication-failure).
    void set_locked(bool locked) { locked_ = locked; }
    /// The password or secret that the next association is asked for.
    void set_password(SecretBytes password) { configuration_.password = std::move(password); }
    /// Users that the next association is asked for; empty: whoever calls.
    void set_users(std::vector<std::uint8_t> users) {
        configuration_.security.users = std::move(users);
    }
    /// The policy from now on; the answer that is awaited keeps to the new one.
    void set_policy(const security::SecurityPolicy& policy);
    /// The answer that is awaited has `least` at least, as access rights may ask for.
    void protect_answer(security::Protection least) { least_of_answer_ = least_of_answer_ | least; }
    // Each answers the indication that awaits it, and may bring the next one of a list. Errors:
    // wrong_state when no indication of that kind awaits its answer.
    Status answer_get(const xdlms::GetDataResult& result);
    Status answer_set(cosem::DataAccessResult result);
    Status answer_action(const xdlms::ActionOutcome& outcome);

    // Sent between answers, in general blocks where the client takes no APDU so long. Errors:
    // wrong_state without an association; not_negotiated; out_of_range for what has no encoding (a
    // date-time of other than 0 or 12 octets, not as many values as names); request_too_long when
    // the client takes neither so long an APDU nor blocks, or blocks are under way.
    Status notify(const xdlms::DataNotification& notification);
    Status notify(const xdlms::EventNotification& notification);
    Status notify(const xdlms::InformationReport& report);

    // D outputs
    std::optional<ByteView> poll_transmit();
    std::optional<ServerEvent> poll_event();
    std::optional<Instant> poll_timeout() const { return std::nullopt; }

private:
    enum class Input : std::uint8_t;
    struct Table;
    struct Verdict;

    bool advance(Input input);
    void emit(ServerEvent event) { event_ = std::move(event); }

    // What waits
    struct Waiting {
        ByteBuffer apdu;
        Instant came;
    };
    bool has_event() const { return released_ || event_.has_value(); }
    void wait(ByteView apdu, Instant now);
    void receive_in_turn(ByteView apdu, Instant now);
    /// The place in waiting_ of a request that goes before the others there, if there is one.
    std::optional<std::size_t> urgent() const;
    bool may_set_aside() const;
    void set_aside();
    void take_waiting();

    // Association
    acse::ApplicationContext context() const;
    void receive_aarq(ByteView apdu);
    Verdict judge(const acse::Aarq& aarq);
    std::optional<Verdict> judge_caller(const acse::Aarq& aarq);
    std::optional<Verdict> judge_authentication(const acse::Aarq& aarq);
    bool begin_challenge(ByteView challenge);
    Verdict judge_initiate(ByteView user_information);
    Verdict judge_sealed_initiate(ByteView user_information);
    std::size_t least_size() const;
    bool seal_initiate(Verdict& verdict);
    bool seal_user_information(ByteBuffer& initiate);
    void admit(const acse::Aarq& aarq, const Verdict& verdict);
    void answer_aarq(const Verdict& verdict);
    void receive_rlrq(ByteView apdu);
    bool may_release(const acse::Rlrq& rlrq);
    template <class Apdu>
    void transmit_acse(const Apdu& apdu);

    // Authentication
    HlsExchange::Means means() { return {configuration_.password, security_.protection()}; }
    void receive_pass_3();
    std::optional<ByteView> read_pass_3(xdlms::InvokeIdAndPriority& invoke) const;
    void answer_pass_3(xdlms::InvokeIdAndPriority invoke, cosem::ActionResult result,
                       ByteView answer);
    void end_unauthenticated();
    void end_association();
    void establish_beforehand();

    // Requests
    /// Opens what must be opened. False when it was refused.
    bool open_received(ByteView& apdu);
    void refuse_protection(ByteView apdu, const Error& error);
    void receive_whole(ByteView apdu);
    void receive_service(ByteView apdu);
    void receive_general_block(ByteView apdu, Instant now);
    bool has(xdlms::ConformanceBit bit) const { return conformance_.has(bit); }
    /// Refuses what was not negotiated; then nothing more is to be done.
    bool may_serve(xdlms::ConformanceBit service);
    template <class Apdu>
    const Apdu* taken(const Result<Apdu>& decoded);
    void receive_get();
    void receive_set();
    void receive_action();
    void receive_access();
    void receive_read();
    void receive_write();
    void receive_unconfirmed_write();
    void receive_notification_confirm();
    bool may_select(const std::optional<cosem::SelectiveAccess>& selection);
    bool may_select(const xdlms::List<cosem::AttributeDescriptorWithSelection>& list);
    bool may_name(const xdlms::List<xdlms::VariableAccessSpecification>& names);
    bool is_negotiated(const xdlms::List<xdlms::VariableAccessSpecification>& names) const;
    /// Refuses blocks of the service that were not negotiated; then nothing more is to be done.
    bool may_use_blocks(ServerService service);
    void take(ServerRequest request);
    void take_first_block(ServerRequest request, const xdlms::RawDataBlock& block);
    void take_block(ServerService service, xdlms::InvokeIdAndPriority invoke,
                    const xdlms::RawDataBlock& block);
    void take_whole();
    void fetch_block(ServerService service, xdlms::InvokeIdAndPriority invoke,
                     std::uint32_t number);
    void begin_serving();
    void serve_next();
    bool certain_answer_fits() const;
    bool is_refused_here(const ServerEvent& item) const;

    // Answers
    template <class Apdu>
    void transmit(const Apdu& apdu);
    void send_prepared();
    Result<security::ProtectionRequest> answer_protection(xdlms::ApduTag tag) const;
    /// Octets that prepared_ has when it is sealed.
    std::size_t sealed_size() const;
    /// Octets of an answer that begins with `tag`, before it is sealed.
    std::size_t answer_room(xdlms::ApduTag tag) const;
    void seal_prepared();
    void encode_refusal(Writer& writer, xdlms::ServiceError error) const;
    xdlms::ConfirmedService refused_service() const;
    MessageProtection unasked() const;
    void refuse(xdlms::ServiceError error = xdlms::ServiceError::service_not_supported);
    void answer_block(cosem::DataAccessResult refusal, std::uint32_t number);
    void acknowledge_block();
    void answer();
    void encode_answer();
    void begin_long_answer();
    void refuse_long_answer();
    std::size_t block_room() const;
    void send_block();
    bool send_in_general_blocks();
    /// A notification is on its way in general blocks.
    bool notifies_in_blocks() const;
    template <class Apdu>
    Status send_unasked(const Apdu& apdu, xdlms::ConformanceBit bit);
    std::size_t answer_limit() const;

    ServerConfiguration configuration_;
    State state_ = State::idle;
    xdlms::Conformance conformance_;
    std::uint16_t client_max_receive_pdu_size_ = 0;
    bool confirmed_ = true;
    bool locked_ = false;
    Counters counters_;

    ServerRequest request_;  // in every state but idle and associated
    BlockTransfer block_transfer_;
    bool in_general_blocks_ = false;  // the request came in them, so the answer goes in them
    bool notifying_ = false;          // what the blocks carry is no answer
    bool asked_meanwhile_ = false;    // the client's last block then began a request
    std::uint8_t service_tag_ = 0;    // of the APDU being dealt with

    ApduSecurity security_;
    security::Protection least_of_answer_;  // beside the policy
    HlsExchange hls_;                       // in state authenticating
    std::optional<std::int64_t> user_id_;
    ByteBuffer peer_certificate_;

    std::vector<Waiting> waiting_;  // few: see max_waiting_apdus
    ByteBuffer received_;           // the APDU that event views look into
    ApduQueue queue_;
    ByteBuffer prepared_;
    bool released_ = false;  // an event, before event_
    std::optional<ServerEvent> event_;
};

}  // namespace dlms::association
