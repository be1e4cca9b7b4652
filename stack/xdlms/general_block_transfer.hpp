#pragma once
// General-Block-Transfer (COSEMpdu; Green Book 9.4.6.13): one block of any APDU, both ways.

#include <cstdint>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"
#include "stack/base/writer.hpp"

namespace dlms::xdlms {

struct GeneralBlockTransfer {
    static constexpr std::uint8_t max_window = 63;

    bool last_block = false;
    bool streaming = false;
    std::uint8_t window = 0;             ///< blocks that the sender of this APDU can take, 0 to 63
    std::uint16_t block_number = 0;      ///< of this block, from 1
    std::uint16_t block_number_ack = 0;  ///< the last block received in order; 0 for none
    ByteView block_data;                 ///< lives as long as the APDU's octets
};

/// Octets that the APDU adds to its data and their length field.
inline constexpr std::size_t general_block_transfer_overhead = 6;

/// Decodes one whole APDU. Errors: every malformed code.
Result<GeneralBlockTransfer> decode_general_block_transfer(ByteView apdu);

void encode(Writer& writer, const GeneralBlockTransfer& block);

}  // namespace dlms::xdlms
