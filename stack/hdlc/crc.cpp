#include "stack/hdlc/crc.hpp"

#include <array>

namespace dlms::hdlc {
namespace {

constexpr std::uint16_t polynomial = 0x8408;  // 1021, reflected
constexpr std::size_t slices = 8;

using Table = std::array<std::uint16_t, 256>;

/// tables[n][octet]: what an octet does to the state when n octets follow it. With eight of them
/// eight octets are taken in one step whose look-ups do not wait for each other.
constexpr std::array<Table, slices> make_tables() {
    std::array<Table, slices> tables{};
    for (std::uint32_t octet = 0; octet < 256; ++octet) {
        auto state = static_cast<std::uint16_t>(octet);
        for (int bit = 0; bit < 8; ++bit) {
            const bool carry = (state & 1) != 0;
            state = static_cast<std::uint16_t>((state >> 1) ^ (carry ? polynomial : 0));
        }
        tables[0][octet] = state;
    }
    for (std::size_t slice = 1; slice < slices; ++slice) {
        for (std::size_t octet = 0; octet < 256; ++octet) {
            const std::uint16_t before = tables[slice - 1][octet];
            tables[slice][octet] =
                static_cast<std::uint16_t>((before >> 8) ^ tables[0][before & 0xFF]);
        }
    }
    return tables;
}

constexpr std::array<Table, slices> tables = make_tables();

}  // namespace

std::uint16_t crc_by_tables(std::uint16_t before, ByteView octets) {
    std::uint32_t state = before;
    while (octets.size() >= slices) {
        state = static_cast<std::uint32_t>(
            tables[7][octets[0] ^ (state & 0xFF)] ^ tables[6][octets[1] ^ (state >> 8)] ^
            tables[5][octets[2]] ^ tables[4][octets[3]] ^ tables[3][octets[4]] ^
            tables[2][octets[5]] ^ tables[1][octets[6]] ^ tables[0][octets[7]]);
        octets = octets.subspan(slices);
    }
    for (const Byte octet : octets) {
        state = (state >> 8) ^ tables[0][(state ^ octet) & 0xFF];
    }
    return static_cast<std::uint16_t>(state);
}

void Crc::update(ByteView octets) {
    const bool folds = octets.size() >= folding_minimum && can_fold();
    state_ = folds ? crc_by_folding(state_, octets) : crc_by_tables(state_, octets);
}

std::uint16_t crc(ByteView octets) {
    Crc sum;
    sum.update(octets);
    return sum.value();
}

}  // namespace dlms::hdlc
