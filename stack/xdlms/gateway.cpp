#include "stack/xdlms/gateway.hpp"

#include "stack/xdlms/service_reader.hpp"

namespace dlms::xdlms {

Result<GatewayApdu> decode_gateway_apdu(ByteView apdu) {
    Reader reader(apdu, Layer::xdlms);
    GatewayApdu gateway;
    gateway.direction = static_cast<GatewayDirection>(reader.u8());
    if (gateway.direction != GatewayDirection::request &&
        gateway.direction != GatewayDirection::response) {
        reader.fail_at(ErrorCode::unknown_tag, 0);
    }
    gateway.network_id = reader.u8();
    gateway.physical_device_address = axdr::read_octet_string(reader);
    if (reader.at_end()) {
        reader.fail(ErrorCode::truncated);
    }
    gateway.apdu = reader.rest();
    return finish<GatewayApdu>(reader, gateway);
}

void encode(Writer& writer, const GatewayApdu& gateway) {
    const bool known_direction = gateway.direction == GatewayDirection::request ||
                                 gateway.direction == GatewayDirection::response;
    if (!known_direction || gateway.apdu.empty()) {
        writer.fail();
    }
    writer.u8(static_cast<std::uint8_t>(gateway.direction));
    writer.u8(gateway.network_id);
    axdr::write_octet_string(writer, gateway.physical_device_address);
    writer.bytes(gateway.apdu);
}

}  // namespace dlms::xdlms
