#include "server/requests.hpp"

namespace dlms::service {

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
    if (password) {
        copy.password = password->clone();
    }
    copy.timeout = timeout;
    copy.security = security;
    copy.use_logical_name = use_logical_name;
    copy.max_pdu_size = max_pdu_size;
    copy.time_zone = time_zone;
    copy.backend = backend;
    return copy;
}

bool ConnectRequest::matches(const ConnectRequest& other) const {
    const bool same_password = password.has_value() == other.password.has_value() &&
                               (!password || password->matches(other.password->reveal()));
    return same_password && meter_number == other.meter_number && brand == other.brand &&
           connection_type == other.connection_type && ip_address == other.ip_address &&
           port == other.port && server_address == other.server_address &&
           client_address == other.client_address && link == other.link &&
           authentication == other.authentication && timeout == other.timeout &&
           security == other.security && use_logical_name == other.use_logical_name &&
           max_pdu_size == other.max_pdu_size && time_zone == other.time_zone &&
           backend == other.backend;
}

}  // namespace dlms::service
