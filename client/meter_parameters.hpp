#pragma once
// MeterParameters: where a meter is, how its link is made, and how to associate with it.

#include <chrono>

#include "client/link_parameters.hpp"
#include "client/meter_profile.hpp"
#include "client/meter_security.hpp"
#include "stack/base/limits.hpp"
#include "stack/base/secret.hpp"
#include "transport/connector.hpp"

namespace dlms::client {

/// Start from a profile, then change.
struct MeterParameters {
    explicit MeterParameters(const MeterProfile& from = profile_of_brand("generic"));

    transport::TcpEndpoint endpoint;  ///< of TCP, TLS and UDP
    LinkParameters link;
    ClientSap client_sap;
    ServerSap server_sap;
    acse::Mechanism mechanism;
    /// Of mechanism 1; the secret of mechanisms 2, 3, 4 and 6.
    SecretBytes password;
    MeterSecurity security;
    /// The meter has the association without an AARQ; what is proposed here is what it has agreed
    /// to. There is nothing to release.
    bool pre_established = false;
    association::Referencing referencing;
    xdlms::Conformance proposed_conformance;
    std::size_t max_outstanding_requests;
    std::uint8_t block_window;
    std::uint16_t max_receive_pdu_size;  ///< octets; 0 = no limit
    /// Octets of the longest answer that is put together from blocks.
    std::size_t max_answer = limits::max_long_answer;
    std::chrono::milliseconds response_timeout;  ///< of one request and its answer
    std::chrono::milliseconds release_timeout;
    bool release_without_reason;
    xdlms::InitiateTolerance initiate_tolerance;
    xdlms::DataNotificationTolerance notification_tolerance;

    /// The meter knows its objects by short names: the conformance proposed becomes that of these.
    void use_short_names();
    MeterParameters clone() const;
    /// The link becomes HDLC as the profile has it, with its addresses, sizes and times.
    void use_hdlc(const MeterProfile& profile);
    /// What is named of the meter's HDLC address goes before the profile's.
    void set_hdlc_address(std::optional<std::uint16_t> physical,
                          std::optional<std::uint8_t> octets);
    /// Whether a live connection made with the one serves the other. Secrets are compared in
    /// constant time.
    bool same_connection(const MeterParameters& other) const;
};

}  // namespace dlms::client
