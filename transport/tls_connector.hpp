#pragma once
// Makes TLS connections to meters, or to what stands in front of them.

#include "transport/connector.hpp"
#include "transport/tls_context.hpp"

namespace dlms::transport {

/// Connects and shakes hands. The peer's certificate must be signed by a CA of the options, be
/// valid now, and be for the server name, which is also sent (SNI); an address in its place must
/// stand in the certificate. Errors: those of connect_tcp(); unusable_credentials;
/// certificate_untrusted, certificate_expired, certificate_name_mismatch, certificate_rejected;
/// own_certificate_rejected; tls_not_spoken; tls_no_common_terms; tls_failed.
asio::awaitable<Result<std::unique_ptr<Channel>>> connect_tls(TcpEndpoint endpoint,
                                                              TlsOptions options, Instant deadline,
                                                              AddressFilter filter = nullptr);

}  // namespace dlms::transport
