#include "stack/wrapper/wpdu.hpp"

#include "stack/base/limits.hpp"
#include "stack/base/reader.hpp"

namespace dlms::wrapper {

Result<Wpdu> decode_wpdu(ByteView datagram) {
    Reader reader(datagram, Layer::wrapper);
    if (datagram.size() < header_size) {
        return fail(ErrorCode::truncated, Layer::wrapper, datagram.size());
    }
    if (reader.u16() != version) {
        reader.fail_at(ErrorCode::wrong_version, 0);
    }
    Wpdu wpdu;
    wpdu.source_wport = reader.u16();
    wpdu.destination_wport = reader.u16();
    const std::uint16_t length = reader.u16();
    if (reader.ok() && length > reader.remaining()) {
        reader.fail_at(ErrorCode::length_beyond_buffer, 6);
    }
    wpdu.apdu = reader.bytes(length);
    reader.expect_end();
    if (!reader.ok()) {
        return reader.failure();
    }
    return wpdu;
}

void encode(Writer& writer, const Wpdu& wpdu) {
    if (wpdu.apdu.size() > limits::max_apdu) {
        writer.fail();
        return;
    }
    writer.u16(version);
    writer.u16(wpdu.source_wport);
    writer.u16(wpdu.destination_wport);
    writer.u16(static_cast<std::uint16_t>(wpdu.apdu.size()));
    writer.bytes(wpdu.apdu);
}

}  // namespace dlms::wrapper
