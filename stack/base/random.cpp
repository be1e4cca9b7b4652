#include "stack/base/random.hpp"

#include <limits>

#include <openssl/rand.h>

namespace dlms {

std::uint64_t Random::next_u64() {
    Byte octets[8]{};
    fill(octets);
    std::uint64_t value = 0;
    for (const Byte octet : octets) {
        value = value << 8 | octet;
    }
    return value;
}

bool SystemRandom::fill(std::span<Byte> bytes) {
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        return false;
    }
    return RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1;
}

bool SeededRandom::fill(std::span<Byte> bytes) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i % 8 == 0) {
            state_ += 0x9E3779B97F4A7C15u;
            word = state_;
            word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
            word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
            word ^= word >> 31;
        }
        bytes[i] = static_cast<Byte>(word >> (8 * (i % 8)));
    }
    return true;
}

}  // namespace dlms
