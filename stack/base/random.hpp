#pragma once
// Randomness is handed in, never drawn from a hidden place, so that tests repeat.

#include <cstdint>
#include <span>

#include "stack/base/bytes.hpp"

namespace dlms {

class Random {
public:
    virtual ~Random() = default;
    /// Fills `bytes`; false when no randomness is to be had, and then nothing may be sent.
    virtual bool fill(std::span<Byte> bytes) = 0;
    std::uint64_t next_u64();
};

/// The operating system's randomness through OpenSSL; for challenges, keys and identifiers.
class SystemRandom final : public Random {
public:
    bool fill(std::span<Byte> bytes) override;
};

/// SplitMix64: repeatable, for simulations and tests. Never for secrets.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
    bool fill(std::span<Byte> bytes) override;

private:
    std::uint64_t state_;
};

}  // namespace dlms
