// The check sequence by carry-less multiplication: octets are a polynomial over GF(2), and what
// counts is its remainder. Sixteen octets A with D more bits behind them leave the same remainder
// as A * (x^D mod P), which is short enough to be added to octets further on; so blocks fold into
// those behind them, four at a time, until one block is left for the tables.
//
// Bits are reflected: the first octet's lowest bit is the highest power. The product of two
// reflected 64-bit numbers is short of its 128 bits by one, so each power is one less than the
// distance. (V. Gopal et al., Fast CRC Computation Using PCLMULQDQ, Intel 2009.)

#include "stack/hdlc/crc.hpp"

#if defined(__x86_64__)

#include <array>
#include <cstring>
#include <immintrin.h>

namespace dlms::hdlc {
namespace {

/// x^power mod P as a reflected number of 64 bits.
constexpr long long power_of_x(int power) {
    std::uint64_t remainder = 0x8000;
    for (int i = 0; i < power; ++i) {
        remainder = remainder >> 1 ^ ((remainder & 1) != 0 ? 0x8408u : 0u);
    }
    return static_cast<long long>(remainder << 48);
}

constexpr std::size_t block = 16;

// The lower half of a block comes first on the line and so lies 64 bits further away.
struct Distance {
    long long first_half;
    long long second_half;
};
constexpr Distance over_one_block{power_of_x(128 + 64 - 1), power_of_x(128 - 1)};
constexpr Distance over_four_blocks{power_of_x(512 + 64 - 1), power_of_x(512 - 1)};

#define DLMS_FOLDING __attribute__((target("pclmul,sse4.1")))

DLMS_FOLDING __m128i load(ByteView octets, std::size_t which) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(octets.data() + which * block));
}

DLMS_FOLDING __m128i factors(const Distance& distance) {
    return _mm_set_epi64x(distance.second_half, distance.first_half);
}

/// Moves a block over a distance and adds it to what stands there.
DLMS_FOLDING __m128i fold(__m128i moved, __m128i distance, __m128i onto) {
    const __m128i first = _mm_clmulepi64_si128(moved, distance, 0x00);
    const __m128i second = _mm_clmulepi64_si128(moved, distance, 0x11);
    return _mm_xor_si128(_mm_xor_si128(first, second), onto);
}

}  // namespace

bool can_fold() {
    return __builtin_cpu_supports("pclmul") != 0 && __builtin_cpu_supports("sse4.1") != 0;
}

DLMS_FOLDING std::uint16_t crc_by_folding(std::uint16_t state, ByteView octets) {
    // The state so far is added to the first octets.
    __m128i a = _mm_xor_si128(load(octets, 0), _mm_cvtsi32_si128(state));
    __m128i b = load(octets, 1);
    __m128i c = load(octets, 2);
    __m128i d = load(octets, 3);
    octets = octets.subspan(4 * block);
    const __m128i four_blocks = factors(over_four_blocks);
    while (octets.size() >= 4 * block) {
        a = fold(a, four_blocks, load(octets, 0));
        b = fold(b, four_blocks, load(octets, 1));
        c = fold(c, four_blocks, load(octets, 2));
        d = fold(d, four_blocks, load(octets, 3));
        octets = octets.subspan(4 * block);
    }
    const __m128i one_block = factors(over_one_block);
    a = fold(fold(fold(a, one_block, b), one_block, c), one_block, d);
    while (octets.size() >= block) {
        a = fold(a, one_block, load(octets, 0));
        octets = octets.subspan(block);
    }
    std::array<Byte, block> left;
    std::memcpy(left.data(), &a, block);
    return crc_by_tables(crc_by_tables(0, left), octets);
}

}  // namespace dlms::hdlc

#else

namespace dlms::hdlc {

bool can_fold() {
    return false;
}

std::uint16_t crc_by_folding(std::uint16_t state, ByteView octets) {
    return crc_by_tables(state, octets);
}

}  // namespace dlms::hdlc

#endif
