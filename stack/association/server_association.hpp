#pragma once
// The meter's side of an application association (Green Book 9.3, 9.4), one for a pair of client
// and server SAP on one connection. The machine speaks the protocol; what the objects say comes
// from its owner, who answers each indication. Sans I/O; the contract is docs/contract.md, the
// transition table is at the head of server_association.cpp.

#include <array>
#include <cstdint>
#include <optional>
#include <variant>

#include "stack/acse/aare.hpp"
#include "stack/acse/aarq.hpp"
#include "stack/acse/mechanism.hpp"
#include "stack/base/secret.hpp"
#include "stack/base/time.hpp"
#include "stack/xdlms/exception_response.hpp"
#include "stack/xdlms/get.hpp"
#include "stack/xdlms/initiate.hpp"
#include "stack/xdlms/set.hpp"

namespace dlms::association {

/// What the meter declares for one association.
struct ServerConfiguration {
    acse::Mechanism mechanism = acse::Mechanism::lowest;
    /// The password of mechanism 1.
    SecretBytes password;
    xdlms::Conformance supported_conformance{0x00501C};
    /// Octets of the longest APDU that the meter takes; 0 = no limit.
    std::uint16_t max_receive_pdu_size = 0xFFFF;
    /// Answer a SET whose service class says unconfirmed, as the Hexcell DLL expects. (GET is
    /// always answered.)
    bool answer_unconfirmed = false;
    xdlms::GetRequestTolerance get_tolerance;
    xdlms::InitiateTolerance initiate_tolerance;

    ServerConfiguration clone() const;
};

/// The association was made; `confirmed` is false when the client asked for no answer.
struct AssociationEstablished {
    xdlms::Conformance conformance;
    std::uint16_t client_max_receive_pdu_size = 0;
    bool confirmed = true;
};

/// A wrong or missing password: the owner counts them and locks out.
struct AuthenticationFailed {};

/// Answer with answer_get(). Views are valid until the next input.
struct GetIndication {
    cosem::AttributeDescriptor attribute;
    std::optional<cosem::SelectiveAccess> access_selection;
};

/// Answer with answer_set(). Views are valid until the next input.
struct SetIndication {
    cosem::AttributeDescriptor attribute;
    std::optional<cosem::SelectiveAccess> access_selection;
    axdr::DataView value;
};

/// The client released the association.
struct AssociationReleased {};

using ServerEvent = std::variant<AssociationEstablished, AuthenticationFailed, GetIndication,
                                 SetIndication, AssociationReleased>;

class ServerAssociation {
public:
    enum class State : std::uint8_t {
        idle,              ///< no association
        associated,        ///< free for a request
        serving_get,       ///< a GetIndication awaits answer_get()
        serving_set,       ///< a SetIndication awaits answer_set()
        sending_long_get,  ///< blocks of an answer are being fetched
    };

    struct Counters {
        std::uint64_t malformed_apdus = 0;
        std::uint64_t refused_apdus = 0;  ///< answered with an exception-response
        std::uint64_t dropped_apdus = 0;  ///< came while an indication awaited its answer
        std::uint64_t refused_associations = 0;
    };

    explicit ServerAssociation(ServerConfiguration configuration);

    // A getters
    State state() const { return state_; }
    bool is_associated() const { return state_ != State::idle; }
    /// False while an indication awaits its answer: the link holds further APDUs back.
    bool is_ready() const { return state_ != State::serving_get && state_ != State::serving_set; }
    xdlms::Conformance conformance() const { return conformance_; }
    /// Octets of the longest APDU that the client takes; 0 = no limit.
    std::uint16_t client_max_receive_pdu_size() const { return client_max_receive_pdu_size_; }
    const ServerConfiguration& configuration() const { return configuration_; }
    const Counters& counters() const { return counters_; }

    // B inputs
    /// One whole APDU from the link.
    void receive(ByteView apdu, Instant now);
    void handle_timeout(Instant) {}
    /// The link is gone: the association ends without a word.
    void link_lost();

    // C commands
    /// While locked, every authentication is refused (rejected-transient, authentication-failure).
    void set_locked(bool locked) { locked_ = locked; }
    /// Errors: wrong_state when no GetIndication awaits its answer.
    Status answer_get(const xdlms::GetDataResult& result);
    /// Errors: wrong_state when no SetIndication awaits its answer.
    Status answer_set(cosem::DataAccessResult result);

    // D outputs
    std::optional<ByteView> poll_transmit();
    std::optional<ServerEvent> poll_event();
    std::optional<Instant> poll_timeout() const { return std::nullopt; }

private:
    enum class Input : std::uint8_t;
    struct Table;
    struct Verdict;

    bool advance(Input input);
    template <class Apdu>
    void transmit(const Apdu& apdu);
    void emit(ServerEvent event) { event_ = std::move(event); }
    void refuse_apdu();

    void receive_aarq(ByteView apdu);
    Verdict judge(const acse::Aarq& aarq);
    std::optional<Verdict> judge_authentication(const acse::Aarq& aarq);
    Verdict judge_initiate(ByteView user_information);
    void answer_aarq(const Verdict& verdict);
    void receive_rlrq(ByteView apdu);
    void receive_get(ByteView apdu);
    void receive_get_normal(const xdlms::GetRequestNormal& request);
    void receive_get_next(const xdlms::GetRequestNext& request);
    void receive_set(ByteView apdu);
    std::size_t answer_limit() const;
    void send_block();
    void end_association();

    ServerConfiguration configuration_;
    State state_ = State::idle;
    xdlms::Conformance conformance_;
    std::uint16_t client_max_receive_pdu_size_ = 0;
    bool confirmed_ = true;
    bool locked_ = false;
    Counters counters_;

    xdlms::InvokeIdAndPriority request_;  // of the request being served
    ByteBuffer long_answer_;              // in sending_long_get
    std::size_t long_answer_sent_ = 0;
    std::uint32_t last_block_sent_ = 0;

    ByteBuffer received_;  // the APDU that event views look into
    ByteBuffer transmit_;
    bool transmit_pending_ = false;
    std::optional<ServerEvent> event_;
};

}  // namespace dlms::association
