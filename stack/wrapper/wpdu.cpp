#include "stack/wrapper/wpdu.hpp"

#include <array>

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
    // At once: a write for each field takes twice as long.
    std::array<Byte, header_size> header{};
    std::size_t place = 0;
    for (const std::size_t field : {std::size_t{version}, std::size_t{wpdu.source_wport},
                                    std::size_t{wpdu.destination_wport}, wpdu.apdu.size()}) {
        header[place++] = static_cast<Byte>(field >> 8);
        header[place++] = static_cast<Byte>(field);
    }
    writer.bytes(header);
    writer.bytes(wpdu.apdu);
}

}  // namespace dlms::wrapper
