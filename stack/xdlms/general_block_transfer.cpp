#include "stack/xdlms/general_block_transfer.hpp"

#include "stack/xdlms/service_reader.hpp"

namespace dlms::xdlms {
namespace {

// The block control octet.
constexpr std::uint8_t last_block_bit = 0x80;
constexpr std::uint8_t streaming_bit = 0x40;
constexpr std::uint8_t window_mask = 0x3F;

}  // namespace

Result<GeneralBlockTransfer> decode_general_block_transfer(ByteView apdu) {
    Reader reader(apdu, Layer::xdlms);
    read_tag(reader, ApduTag::general_block_transfer);
    GeneralBlockTransfer block;
    const std::uint8_t control = reader.u8();
    block.last_block = (control & last_block_bit) != 0;
    block.streaming = (control & streaming_bit) != 0;
    block.window = control & window_mask;
    block.block_number = reader.u16();
    block.block_number_ack = reader.u16();
    block.block_data = axdr::read_octet_string(reader);
    return finish<GeneralBlockTransfer>(reader, block);
}

void encode(Writer& writer, const GeneralBlockTransfer& block) {
    if (block.window > GeneralBlockTransfer::max_window) {
        writer.fail();
        return;
    }
    const unsigned control = (block.last_block ? last_block_bit : 0u) |
                             (block.streaming ? streaming_bit : 0u) | block.window;
    writer.u8(static_cast<std::uint8_t>(ApduTag::general_block_transfer));
    writer.u8(static_cast<std::uint8_t>(control));
    writer.u16(block.block_number);
    writer.u16(block.block_number_ack);
    axdr::write_octet_string(writer, block.block_data);
}

}  // namespace dlms::xdlms
