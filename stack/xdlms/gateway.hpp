#pragma once
// The gateway header (Green Book, gateway protocol; sheet section 1.2): an APDU for, or from, a
// device behind a gateway. The inner APDU has no length of its own: it is what is left.

#include <cstdint>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"
#include "stack/base/writer.hpp"

namespace dlms::xdlms {

enum class GatewayDirection : std::uint8_t { request = 0xE6, response = 0xE7 };

/// The octets live as long as the outer APDU's.
struct GatewayApdu {
    GatewayDirection direction = GatewayDirection::request;
    std::uint8_t network_id = 0;
    ByteView physical_device_address;
    ByteView apdu;  ///< one octet at least
};

/// Decodes one whole APDU; the inner one stays octets. Errors: every malformed code; truncated when
/// there is no inner APDU.
Result<GatewayApdu> decode_gateway_apdu(ByteView apdu);

void encode(Writer& writer, const GatewayApdu& gateway);

}  // namespace dlms::xdlms
