#pragma once
// Session: one declared association of a case on one connection, and the helper procedures of the
// test plan: bring the meter's application layer to IDLE, establish an association, check that it
// is there, release it, read, write, invoke.

#include <optional>
#include <string>
#include <vector>

#include "conformance/ciphering.hpp"
#include "conformance/tester.hpp"

namespace dlms::conformance {

/// What came of a GET or a Read: data, or a data-access-result.
struct ReadResult {
    int access_result = 0;
    Hex data;
};
/// What came of an ACTION.
struct InvokeResult {
    int action_result = 0;
    Hex data;               ///< return-parameters
    int access_result = 0;  ///< in their place
};

/// Parameters of an SNRM.
struct HdlcProposal {
    std::uint16_t max_information_transmit = 128;
    std::uint16_t max_information_receive = 128;
    std::uint8_t window_transmit = 1;
    std::uint8_t window_receive = 1;
};
Hex snrm_parameters(const HdlcProposal& proposal);

class Session {
public:
    /// On the case's connection.
    Session(Tester& tester, const DeclaredAssociation& association);
    /// On another one, which must outlive it.
    Session(Tester& tester, const DeclaredAssociation& association, Connection& line);

    const DeclaredAssociation& declared() const { return association_; }
    Connection& line() { return line_ != nullptr ? *line_ : tester_.line(); }

    // --- HDLC

    Hex server_address() const;
    Hex client_address() const;
    Hex frame_of(std::uint8_t control_octet, std::string_view information = "",
                 bool segmented = false) const;
    /// Sends a frame and takes the one that comes back.
    ReceivedFrame exchange(std::uint8_t control_octet, std::string_view information = "",
                           bool segmented = false);
    /// Sends a frame and takes what comes back until the meter is quiet.
    std::vector<ReceivedFrame> exchange_all(const Hex& octets);
    void expect_normal_mode();        ///< RR is answered by RR
    void expect_disconnected_mode();  ///< DISC is answered by DM
    /// SNRM, answered by UA.
    void connect_link();
    void connect_link(const HdlcProposal& proposal);
    std::uint8_t next_information();
    std::uint8_t receive_ready() const {
        return static_cast<std::uint8_t>(receive_sequence_ << 5 | control::rr);
    }
    void note_received(const ReceivedFrame& frame);
    std::size_t largest_information() const { return largest_information_; }
    unsigned segments_received() const { return segments_; }

    // --- APDUs as they are

    /// Sends an APDU and takes the answer; none in time ends the case as failed.
    Hex ask(const Hex& apdu);
    /// Nothing when the meter stays silent.
    Hex ask_or_silence(const Hex& apdu);
    /// Ends the case as failed when the meter answers.
    void expect_silence(const Hex& apdu, const std::string& what);
    /// Notifications that came in between.
    std::vector<Hex>& notifications() { return notifications_; }

    // --- associations

    /// A connection on which nothing of this association is left. With HDLC the link is connected.
    void idle();
    Aarq aarq();
    InitiateParts initiate() const;
    Hex initiate_user_information(const InitiateParts& parts);
    Aare propose(const Aarq& aarq);
    /// A fresh challenge of ours.
    Hex new_challenge(std::size_t size = 16);
    void set_challenge(const Hex& challenge) { client_challenge_ = challenge; }
    /// Takes what an accepting AARE says, and answers its challenge if there is one.
    void accept(const Aare& aare);
    Hex pass_3(const Hex& server_challenge, std::uint32_t counter);
    Hex server_challenge(const Aare& aare) const;
    /// The whole procedure: idle, AARQ, AARE accepted, HLS.
    void associate();
    void associate(const InitiateParts& parts);
    void expect_associated();
    /// What the meter does with requests without association: never data.
    void expect_not_associated();
    void release();
    void expect_rejected(const Aare& aare, std::initializer_list<int> diagnostics,
                         const std::string& what);
    void expect_rejected_initiate(const Aare& aare, int code, const std::string& what);

    std::uint32_t negotiated() const { return negotiated_; }
    std::uint16_t server_pdu_size() const { return server_pdu_size_; }

    // --- services in the association, ciphered where it is

    Hex request(const Hex& apdu);
    Hex request_or_silence(const Hex& apdu);
    ReadResult read(const Hex& descriptor, std::string_view selection = "00");
    ReadResult read_name(std::uint16_t name);
    int write(const Hex& descriptor, const Hex& data);
    InvokeResult invoke(const Hex& descriptor, const Hex& data);
    Hex read_data(const Hex& descriptor);
    std::vector<ListedObject> object_list();
    /// As the object list, which is read for it unless it was, says; 0 where it does not.
    int association_version();

    // --- ciphering

    CipherKeys own_keys() const;
    CipherKeys meter_keys() const;
    /// Other global keys than the declared ones, which were transferred before.
    void set_global_keys(const Hex& unicast, const Hex& authentication) {
        unicast_key_ = unicast;
        authentication_key_ = authentication;
    }
    void set_dedicated_key(const Hex& key) { dedicated_key_ = key; }
    std::uint8_t security_control() const;
    /// The ciphered form with the next counter.
    Hex protect(const Hex& apdu, bool dedicated = false);
    Hex protect(const Hex& apdu, std::uint8_t control_octet, bool dedicated);
    /// Opens an answer; a plain exception-response stays as it is.
    Hex unprotect(const Hex& apdu);
    const OpenedApdu& last_opened() const { return last_opened_; }
    void set_server_title(const Hex& title) { server_title_ = title; }

private:
    std::optional<Hex> transact(const Hex& apdu, bool may_be_silent);
    std::optional<Hex> transact_wrapper(const Hex& apdu, bool may_be_silent);
    std::optional<Hex> transact_hdlc(const Hex& apdu, bool may_be_silent);
    void send_segments(const Hex& apdu);
    bool is_notification(const Hex& apdu);
    ReadResult read_blocks(const Hex& first_answer);

    Tester& tester_;
    const DeclaredAssociation& association_;
    Connection* line_ = nullptr;
    std::vector<Hex> notifications_;

    // HDLC
    bool is_link_connected_ = false;
    std::uint8_t send_sequence_ = 0;
    std::uint8_t receive_sequence_ = 0;
    std::size_t max_send_ = 128;
    std::size_t largest_information_ = 0;
    unsigned segments_ = 0;

    // association
    std::uint32_t negotiated_ = 0;
    std::uint16_t server_pdu_size_ = 0;
    Hex client_challenge_;
    Hex server_title_;
    Hex unicast_key_;
    Hex authentication_key_;
    Hex dedicated_key_;
    OpenedApdu last_opened_;
    int association_version_ = -1;
};

}  // namespace dlms::conformance
