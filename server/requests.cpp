#include "server/requests.hpp"

namespace dlms::service {
namespace {

std::optional<SecretBytes> copy_of(const std::optional<SecretBytes>& secret) {
    return secret ? std::optional<SecretBytes>(secret->clone()) : std::nullopt;
}

bool match(const std::optional<SecretBytes>& one, const std::optional<SecretBytes>& other) {
    return one.has_value() == other.has_value() && (!one || one->matches(other->reveal()));
}

}  // namespace

SecurityRequest SecurityRequest::clone() const {
    SecurityRequest copy;
    copy.level = level;
    copy.suite = suite;
    copy.encryption_key = copy_of(encryption_key);
    copy.authentication_key = copy_of(authentication_key);
    copy.master_key = copy_of(master_key);
    copy.broadcast_key = copy_of(broadcast_key);
    copy.envelope = envelope;
    copy.names_envelope = names_envelope;
    copy.signing = signing;
    copy.dedicated_key = dedicated_key;
    copy.system_title = system_title;
    copy.meter_system_title = meter_system_title;
    copy.counter_object = counter_object;
    copy.trusts_high_counter = trusts_high_counter;
    copy.handshake = handshake;
    copy.signing_key = copy_of(signing_key);
    copy.agreement_key = copy_of(agreement_key);
    copy.meter_agreement_certificate = meter_agreement_certificate;
    copy.signing_certificate = signing_certificate;
    copy.meter_certificate = meter_certificate;
    copy.meter_authority = meter_authority;
    return copy;
}

bool SecurityRequest::matches(const SecurityRequest& other) const {
    bool same_keys = match(encryption_key, other.encryption_key);
    same_keys &= match(authentication_key, other.authentication_key);
    same_keys &= match(master_key, other.master_key);
    same_keys &= match(broadcast_key, other.broadcast_key);
    same_keys &= match(signing_key, other.signing_key);
    same_keys &= match(agreement_key, other.agreement_key);
    return same_keys && level == other.level && suite == other.suite &&
           dedicated_key == other.dedicated_key && system_title == other.system_title &&
           meter_system_title == other.meter_system_title &&
           counter_object == other.counter_object &&
           trusts_high_counter == other.trusts_high_counter && handshake == other.handshake &&
           envelope == other.envelope && names_envelope == other.names_envelope &&
           signing == other.signing &&
           meter_agreement_certificate == other.meter_agreement_certificate &&
           signing_certificate == other.signing_certificate &&
           meter_certificate == other.meter_certificate && meter_authority == other.meter_authority;
}

ConnectRequest ConnectRequest::clone() const {
    ConnectRequest copy;
    copy.meter_number = meter_number;
    copy.brand = brand;
    copy.connection_type = connection_type;
    copy.ip_address = ip_address;
    copy.port = port;
    copy.server_address = server_address;
    copy.client_address = client_address;
    copy.link = link;
    copy.authentication = authentication;
    copy.password = copy_of(password);
    copy.timeout = timeout;
    copy.security = security.clone();
    copy.use_logical_name = use_logical_name;
    copy.pre_established = pre_established;
    copy.max_pdu_size = max_pdu_size;
    copy.conformance = conformance;
    copy.block_window = block_window;
    copy.outstanding_requests = outstanding_requests;
    copy.time_zone = time_zone;
    copy.backend = backend;
    return copy;
}

bool ConnectRequest::matches(const ConnectRequest& other) const {
    bool same_secrets = match(password, other.password);
    same_secrets &= security.matches(other.security);
    return same_secrets && meter_number == other.meter_number && brand == other.brand &&
           connection_type == other.connection_type && ip_address == other.ip_address &&
           port == other.port && server_address == other.server_address &&
           client_address == other.client_address && link == other.link &&
           authentication == other.authentication && timeout == other.timeout &&
           use_logical_name == other.use_logical_name && pre_established == other.pre_established &&
           max_pdu_size == other.max_pdu_size && conformance == other.conformance &&
           block_window == other.block_window &&
           outstanding_requests == other.outstanding_requests && time_zone == other.time_zone &&
           backend == other.backend;
}

}  // namespace dlms::service
