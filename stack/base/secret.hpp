#pragma once
// Secrets: zeroised when they go, never copied by accident, never printed, compared in constant
// time only.

#include <array>
#include <cstddef>
#include <iosfwd>
#include <span>
#include <utility>

#include "stack/base/bytes.hpp"

namespace dlms {

/// Overwrites octets in a way that the compiler may not leave out.
void wipe(std::span<Byte> bytes);

/// Compares in time that depends on the lengths alone.
bool equal_in_constant_time(ByteView a, ByteView b);

/// A secret of fixed length, for example a key of 16 octets.
template <std::size_t N>
class Secret {
public:
    Secret() = default;
    explicit Secret(std::span<const Byte, N> bytes) {
        for (std::size_t i = 0; i < N; ++i) {
            bytes_[i] = bytes[i];
        }
    }
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    Secret(Secret&& other) noexcept : bytes_(other.bytes_) { wipe(other.bytes_); }
    Secret& operator=(Secret&& other) noexcept {
        if (this != &other) {
            bytes_ = other.bytes_;
            wipe(other.bytes_);
        }
        return *this;
    }
    ~Secret() { wipe(bytes_); }

    /// A copy that the caller asks for by name.
    Secret clone() const { return Secret(std::span<const Byte, N>(bytes_)); }
    /// The octets themselves, valid as long as the secret; for ciphers and encoders only.
    ByteView reveal() const { return bytes_; }
    bool matches(ByteView candidate) const { return equal_in_constant_time(bytes_, candidate); }

private:
    std::array<Byte, N> bytes_{};
};

/// A secret of any length, for example a password.
class SecretBytes {
public:
    SecretBytes() = default;
    explicit SecretBytes(ByteView bytes) : bytes_(to_buffer(bytes)) {}
    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;
    SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) {}
    SecretBytes& operator=(SecretBytes&& other) noexcept {
        if (this != &other) {
            wipe(bytes_);
            bytes_ = std::move(other.bytes_);
        }
        return *this;
    }
    ~SecretBytes() { wipe(bytes_); }

    SecretBytes clone() const { return SecretBytes(bytes_); }
    ByteView reveal() const { return bytes_; }
    bool matches(ByteView candidate) const { return equal_in_constant_time(bytes_, candidate); }
    bool empty() const { return bytes_.empty(); }
    std::size_t size() const { return bytes_.size(); }

private:
    ByteBuffer bytes_;
};

/// Printing a secret does not compile.
template <std::size_t N>
std::ostream& operator<<(std::ostream&, const Secret<N>&) = delete;
std::ostream& operator<<(std::ostream&, const SecretBytes&) = delete;

}  // namespace dlms
