#pragma once
// What guards the messages of IEC 62056-21 and the telegrams of a P1 port.

#include <cstdint>

#include "stack/base/bytes.hpp"

namespace dlms::iec62056_21 {

/// Block check character: all octets combined by exclusive or (IEC 62056-21 6.3.14 and ISO/IEC
/// 1155). It covers what follows the first SOH or STX, up to and including ETX.
std::uint8_t block_check(ByteView octets);

/// CRC-16/ARC of a P1 telegram (DSMR P1 5.2): from '/' up to and including '!'.
std::uint16_t telegram_crc(ByteView octets);

}  // namespace dlms::iec62056_21
