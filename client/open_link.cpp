#include "client/open_link.hpp"

#include <asio/this_coro.hpp>

#include "client/hdlc_session.hpp"
#include "client/wrapper_session.hpp"
#include "transport/serial_channel.hpp"
#include "transport/tcp_channel.hpp"
#include "transport/tls_connector.hpp"

namespace dlms::client {
namespace {

association::ClientConfiguration association_configuration(const MeterParameters& parameters,
                                                           association::SecurityTerms security) {
    association::ClientConfiguration configuration;
    configuration.security = std::move(security);
    configuration.referencing = parameters.referencing;
    configuration.mechanism = parameters.mechanism;
    configuration.max_outstanding_requests = parameters.max_outstanding_requests;
    configuration.block_window = parameters.block_window;
    configuration.password = parameters.password.clone();
    configuration.proposed_conformance =
        needs_general_protection(parameters.security)
            ? parameters.proposed_conformance.with(xdlms::ConformanceBit::general_protection)
            : parameters.proposed_conformance;
    configuration.max_receive_pdu_size = parameters.max_receive_pdu_size;
    configuration.max_answer = parameters.max_answer;
    configuration.duplicates_possible = parameters.link.carrier == Carrier::udp;
    configuration.response_timeout = parameters.response_timeout;
    configuration.release_without_reason = parameters.release_without_reason;
    configuration.initiate_tolerance = parameters.initiate_tolerance;
    configuration.notification_tolerance = parameters.notification_tolerance;
    return configuration;
}

std::string host_and_port(const transport::TcpEndpoint& endpoint) {
    return endpoint.host + ' ' + std::to_string(endpoint.port);
}

/// The form of address that the parts need where none is asked for.
std::uint8_t octets_needed(const hdlc::Address& address, bool has_physical) {
    if (address.upper > 0x7F || address.lower > 0x7F) {
        return 4;
    }
    return has_physical ? 2 : 1;
}

}  // namespace

asio::awaitable<Result<std::unique_ptr<transport::Channel>>> open_channel(
    const MeterParameters& parameters, Instant deadline, transport::AddressFilter filter) {
    const LinkParameters& link = parameters.link;
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    if (link.carrier == Carrier::serial) {
        transport::SerialEndpoint endpoint{link.serial_port, link.line_settings, link.rts,
                                           link.dtr};
        if (link.mode_e) {
            endpoint.line = {link.mode_e->starting_baud_rate, 7, Parity::even, 1};
        }
        co_return transport::open_serial(executor, endpoint);
    }
    if (link.carrier == Carrier::udp) {
        co_return co_await transport::connect_udp(
            parameters.endpoint.host, parameters.endpoint.port, deadline, std::move(filter));
    }
    if (link.carrier == Carrier::tls) {
        co_return co_await transport::connect_tls(parameters.endpoint, link.tls, deadline,
                                                  std::move(filter));
    }
    auto socket = co_await transport::connect_tcp(parameters.endpoint, deadline, std::move(filter));
    if (!socket) {
        co_return std::unexpected(socket.error());
    }
    co_return std::make_unique<transport::TcpChannel>(std::move(*socket));
}

iec62056_21::ModeEClientConfiguration opening_configuration(const ModeEParameters& mode_e) {
    iec62056_21::ModeEClientConfiguration configuration;
    configuration.device_address = mode_e.device_address;
    configuration.manufacturer = mode_e.manufacturer;
    configuration.start_baud_rate = mode_e.starting_baud_rate;
    configuration.max_baud_rate = mode_e.max_baud_rate;
    configuration.fixed_speed = mode_e.fixed_speed;
    configuration.software_parity = mode_e.software_parity;
    configuration.settle_time = mode_e.settle_time;
    return configuration;
}

std::string line_name(const MeterParameters& parameters) {
    const LinkParameters& link = parameters.link;
    if (link.carrier == Carrier::serial) {
        return "serial " + link.serial_port;
    }
    if (link.kind == LinkKind::hdlc && link.carrier != Carrier::dial_in) {
        return (link.carrier == Carrier::tls ? "tls " : "tcp ") +
               host_and_port(parameters.endpoint);
    }
    return {};
}

Result<hdlc::Address> hdlc_address(const MeterParameters& parameters) {
    const HdlcParameters& wanted = parameters.link.hdlc;
    hdlc::Address address;
    address.upper = parameters.server_sap.value();
    address.lower = wanted.physical_address.value_or(0);
    address.octets =
        wanted.address_octets.value_or(octets_needed(address, wanted.physical_address.has_value()));
    const bool loses_lower = !address.has_lower() && address.lower != 0;
    if (!address.is_valid() || loses_lower) {
        return std::unexpected(Error{ErrorCode::out_of_range, Layer::client, 0});
    }
    return address;
}

transport::Framing framing_of(const LinkParameters& link) {
    if (link.kind == LinkKind::hdlc) {
        return transport::Framing::hdlc;
    }
    return link.carrier == Carrier::udp ? transport::Framing::datagrams
                                        : transport::Framing::wrapper;
}

Result<std::unique_ptr<MeterSession>> make_session(const MeterParameters& parameters,
                                                   association::SecurityTerms security,
                                                   MeterSession::Sinks sinks) {
    const LinkParameters& link = parameters.link;
    auto configuration = association_configuration(parameters, std::move(security));
    configuration.recall_received = sinks.recall_received;
    std::unique_ptr<MeterSession> session;
    if (link.kind == LinkKind::hdlc) {
        const Result<hdlc::Address> server = hdlc_address(parameters);
        const std::uint16_t client = parameters.client_sap.value();
        if (!server || client > 0x7F) {
            return std::unexpected(Error{ErrorCode::out_of_range, Layer::client, 0});
        }
        session = std::make_unique<HdlcSession>(hdlc::Address{1, client, 0}, *server, link,
                                                std::move(configuration), std::move(sinks));
    } else {
        session = std::make_unique<WrapperSession>(
            WrapperSession::Ports{parameters.client_sap, parameters.server_sap},
            std::move(configuration), std::move(sinks),
            link.carrier == Carrier::udp ? WrapperSession::Carrier::datagrams
                                         : WrapperSession::Carrier::stream);
    }
    if (link.gateway) {
        session->use_gateway(*link.gateway);
    }
    return session;
}

}  // namespace dlms::client
