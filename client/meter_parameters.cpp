#include "client/meter_parameters.hpp"

namespace dlms::client {

MeterParameters::MeterParameters(const MeterProfile& from)
    : client_sap(from.client_sap),
      server_sap(from.server_sap),
      mechanism(from.mechanism),
      password(as_bytes(from.default_password)),
      referencing(from.referencing),
      proposed_conformance(from.proposed_conformance),
      max_outstanding_requests(from.max_outstanding_requests),
      block_window(from.block_window),
      max_receive_pdu_size(from.max_receive_pdu_size),
      response_timeout(from.response_timeout),
      release_timeout(from.release_timeout),
      release_without_reason(from.release_without_reason),
      initiate_tolerance(from.initiate_tolerance),
      notification_tolerance(from.notification_tolerance) {
    security.counter_object = from.counter_object;
    security.requests.envelope = from.envelope;
}

void MeterParameters::use_short_names() {
    referencing = association::Referencing::short_name;
    proposed_conformance = short_name_conformance;
}

MeterParameters MeterParameters::clone() const {
    MeterParameters copy;
    copy.endpoint = endpoint;
    copy.link = link;
    copy.client_sap = client_sap;
    copy.server_sap = server_sap;
    copy.mechanism = mechanism;
    copy.password = password.clone();
    copy.security = security.clone();
    copy.pre_established = pre_established;
    copy.referencing = referencing;
    copy.proposed_conformance = proposed_conformance;
    copy.max_outstanding_requests = max_outstanding_requests;
    copy.block_window = block_window;
    copy.max_receive_pdu_size = max_receive_pdu_size;
    copy.max_answer = max_answer;
    copy.response_timeout = response_timeout;
    copy.release_timeout = release_timeout;
    copy.release_without_reason = release_without_reason;
    copy.initiate_tolerance = initiate_tolerance;
    copy.notification_tolerance = notification_tolerance;
    return copy;
}

bool MeterParameters::same_connection(const MeterParameters& other) const {
    return endpoint == other.endpoint && link == other.link && client_sap == other.client_sap &&
           server_sap == other.server_sap && mechanism == other.mechanism &&
           password.matches(other.password.reveal()) && security.same_association(other.security) &&
           pre_established == other.pre_established && referencing == other.referencing &&
           proposed_conformance == other.proposed_conformance &&
           max_outstanding_requests == other.max_outstanding_requests &&
           block_window == other.block_window &&
           max_receive_pdu_size == other.max_receive_pdu_size &&
           response_timeout == other.response_timeout;
}

void MeterParameters::use_hdlc(const MeterProfile& profile) {
    link.kind = LinkKind::hdlc;
    link.hdlc.address_octets.reset();
    link.hdlc.physical_address = profile.hdlc.physical_address;
    link.hdlc.max_information = profile.hdlc.max_information;
    link.hdlc.response_timeout = profile.hdlc.response_timeout;
    link.hdlc.disconnect_first = profile.hdlc.disconnect_first;
    link.line_settings = profile.hdlc.line_settings;
}

void MeterParameters::set_hdlc_address(std::optional<std::uint16_t> physical,
                                       std::optional<std::uint8_t> octets) {
    if (physical) {
        link.hdlc.physical_address = physical;
    }
    if (octets) {
        link.hdlc.address_octets = octets;
        // A profile's lower address has no place in an address of one octet.
        if (*octets == 1 && !physical) {
            link.hdlc.physical_address.reset();
        }
    }
}

}  // namespace dlms::client
