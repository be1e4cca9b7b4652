#include "server/meter_setup.hpp"

#include <utility>

#include "client/open_link.hpp"
#include "server/security_setup.hpp"

namespace dlms::service {

namespace {

std::optional<CallFailure> unsupported_part(const ConnectRequest& request,
                                            const MeterDefaults& defaults) {
    const auto unsupported = [](std::string sentence) {
        return call_failure(error_row("unsupported"), std::move(sentence), Blame::unsupported);
    };
    if (request.connection_type == ConnectionType::dialin && !defaults.takes_calls) {
        return unsupported(
            "this service does not listen for meters that call (dialin): set DIAL_IN_PORT");
    }
    if (request.link.mode_e && request.connection_type != ConnectionType::serial &&
        request.connection_type != ConnectionType::hdlc) {
        return unsupported("mode_e opens a line for HDLC: connection_type serial or hdlc");
    }
    if (request.link.tls && request.connection_type != ConnectionType::tcp &&
        request.connection_type != ConnectionType::hdlc) {
        return unsupported("tls is over TCP: connection_type tcp or hdlc");
    }
    if (request.backend == BackendChoice::vendor) {
        return call_failure(error_row("vendor-unavailable"), "this version has no vendor backend",
                            Blame::unsupported);
    }
    return std::nullopt;
}

LineSettings line_settings(const LinkRequest& link, LineSettings settings) {
    settings.baud_rate = link.baud_rate.value_or(settings.baud_rate);
    settings.data_bits = link.data_bits.value_or(settings.data_bits);
    settings.stop_bits = link.stop_bits.value_or(settings.stop_bits);
    if (link.parity) {
        settings.parity = static_cast<Parity>(*link.parity);
    }
    return settings;
}

void set_hdlc(const LinkRequest& link, const client::MeterProfile& profile,
              client::MeterParameters& parameters) {
    parameters.use_hdlc(profile);
    client::HdlcParameters& hdlc = parameters.link.hdlc;
    parameters.set_hdlc_address(link.physical_address, link.address_size);
    hdlc.max_information = link.max_info_length.value_or(hdlc.max_information);
    hdlc.window = link.window_size.value_or(hdlc.window);
    hdlc.disconnect_first = link.disconnect_first.value_or(hdlc.disconnect_first);
    hdlc.expect_echo = link.expect_echo;
    parameters.link.rts = link.rts;
    parameters.link.dtr = link.dtr;
    parameters.link.line_settings = line_settings(link, parameters.link.line_settings);
}

void set_mode_e(const LinkRequest& link, const client::MeterProfile& profile,
                client::LinkParameters& parameters) {
    client::ModeEParameters& mode_e = parameters.mode_e.emplace();
    mode_e.device_address = link.device_address.value_or("");
    mode_e.manufacturer = link.manufacturer.value_or("");
    mode_e.starting_baud_rate = profile.hdlc.starting_baud_rate;
    if (parameters.carrier == client::Carrier::serial) {
        mode_e.max_baud_rate = link.baud_rate.value_or(mode_e.max_baud_rate);
        return;
    }
    mode_e.fixed_speed = true;
    mode_e.starting_baud_rate = link.baud_rate.value_or(mode_e.starting_baud_rate);
    mode_e.software_parity = link.parity != ParityChoice::none;
}

void set_link(const ConnectRequest& request, const MeterDefaults& defaults,
              client::MeterParameters& parameters) {
    const LinkRequest& link = request.link;
    const client::MeterProfile& profile = client::profile_of_brand(request.brand);
    switch (request.connection_type) {
        case ConnectionType::udp: parameters.link.carrier = client::Carrier::udp; break;
        case ConnectionType::serial:
            parameters.link.carrier = client::Carrier::serial;
            parameters.link.serial_port = link.serial_port.value_or("");
            break;
        default: break;
    }
    if (link.tls) {
        parameters.link.carrier = client::Carrier::tls;
        parameters.link.tls = defaults.tls;
        parameters.link.tls.server_name = link.tls_server_name.value_or("");
    }
    const bool is_caller = request.connection_type == ConnectionType::dialin;
    if (is_caller) {
        parameters.link.carrier = client::Carrier::dial_in;
        parameters.link.caller = request.meter_number;
    }
    if (request.connection_type == ConnectionType::hdlc ||
        request.connection_type == ConnectionType::serial ||
        (is_caller && link.caller_speaks_hdlc)) {
        set_hdlc(link, profile, parameters);
    }
    if (link.mode_e) {
        set_mode_e(link, profile, parameters.link);
    }
    if (link.gateway_device) {
        parameters.link.gateway =
            client::GatewayAddress{link.gateway_network_id.value_or(0), *link.gateway_device};
    }
}

}  // namespace

CallOutcome<client::MeterParameters> meter_parameters(const ConnectRequest& request,
                                                      const MeterDefaults& defaults) {
    if (auto failure = unsupported_part(request, defaults)) {
        return std::unexpected(std::move(*failure));
    }
    client::MeterParameters parameters(client::profile_of_brand(request.brand));
    parameters.endpoint = {request.ip_address.value_or(""), request.port};
    parameters.client_sap = client_of(request, defaults);
    if (const auto address =
            request.server_address ? request.server_address : defaults.server_address) {
        parameters.server_sap = ServerSap(*address);
    }
    set_link(request, defaults, parameters);
    if (!request.use_logical_name) {
        parameters.use_short_names();
    }
    if (parameters.link.carrier == client::Carrier::serial && defaults.serial_filter &&
        !defaults.serial_filter(parameters.link.serial_port)) {
        return std::unexpected(call_failure(
            error_row("not-allowed-target"),
            "the configuration (SERIAL_ALLOW) does not allow this serial port", Blame::transport));
    }
    if (parameters.link.kind == client::LinkKind::hdlc &&
        (!client::hdlc_address(parameters) || parameters.client_sap.value() > 0x7F)) {
        return std::unexpected(call_failure(
            error_row("unsupported"),
            "these addresses do not fit HDLC: a client has 0 to 127; a meter has one octet "
            "(logical 0 to 127, no physical), two (0 to 127 each) or four (0 to 16383 each)",
            Blame::unsupported));
    }
    if (auto set = set_security(request, defaults, parameters); !set) {
        return std::unexpected(std::move(set.error()));
    }
    parameters.pre_established = request.pre_established;
    if (request.max_pdu_size) {
        parameters.max_receive_pdu_size = *request.max_pdu_size;
    }
    parameters.proposed_conformance = request.conformance.value_or(parameters.proposed_conformance);
    parameters.block_window = request.block_window.value_or(parameters.block_window);
    if (request.outstanding_requests) {
        parameters.max_outstanding_requests = *request.outstanding_requests;
    }
    parameters.max_answer = defaults.max_answer;
    parameters.response_timeout = exchange_timeout(request, defaults);
    return parameters;
}

ClientSap client_of(const ConnectRequest& request, const MeterDefaults& defaults) {
    const auto address = request.client_address ? request.client_address : defaults.client_address;
    return address ? ClientSap(*address)
                   : client::MeterParameters(client::profile_of_brand(request.brand)).client_sap;
}

std::chrono::milliseconds exchange_timeout(const ConnectRequest& request,
                                           const MeterDefaults& defaults) {
    if (request.timeout) {
        return *request.timeout;
    }
    return defaults.timeout.value_or(client::profile_of_brand(request.brand).response_timeout);
}

}  // namespace dlms::service
