#pragma once
// DataBlock-SA (COSEMpdu): one block of a long SET or ACTION.

#include "stack/axdr/length.hpp"

namespace dlms::xdlms {

/// The octets live as long as the APDU's.
struct RawDataBlock {
    bool last_block = false;
    std::uint32_t block_number = 0;  ///< from 1
    ByteView raw_data;
};

inline RawDataBlock read_raw_data_block(Reader& reader) {
    RawDataBlock block;
    block.last_block = reader.u8() != 0;
    block.block_number = reader.u32();
    block.raw_data = axdr::read_octet_string(reader);
    return block;
}

inline void write(Writer& writer, const RawDataBlock& block) {
    writer.u8(block.last_block ? 1 : 0);
    writer.u32(block.block_number);
    axdr::write_octet_string(writer, block.raw_data);
}

/// Octets that a block adds to its own octets and their length field.
inline constexpr std::size_t raw_data_block_overhead = 5;

}  // namespace dlms::xdlms
