#pragma once
// Reader: the only way octets from outside are read. Bounds-checked, knows its offset, and sticky:
// after the first error every read returns zero or nothing, so a decoder reads straight on and
// asks once. A loop over a count from outside must ask ok() in its condition.

#include <cstdint>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"

namespace dlms {

class Reader {
public:
    /// Reads `bytes`, which must outlive the reader and every view it returns. Errors name `layer`;
    /// their offsets count from `base_offset`.
    constexpr Reader(ByteView bytes, Layer layer, std::size_t base_offset = 0)
        : begin_(bytes.data()),
          position_(bytes.data()),
          end_(bytes.data() + bytes.size()),
          base_offset_(base_offset),
          layer_(layer) {}

    constexpr bool ok() const { return !failed_; }
    /// The first error. Only after !ok().
    constexpr Error error() const { return error_; }
    constexpr std::unexpected<Error> failure() const { return std::unexpected(error_); }

    constexpr std::size_t remaining() const { return static_cast<std::size_t>(end_ - position_); }
    constexpr bool at_end() const { return position_ == end_; }
    constexpr std::size_t offset() const {
        return base_offset_ + static_cast<std::size_t>(position_ - begin_);
    }
    constexpr Layer layer() const { return layer_; }

    /// Records the first error and exhausts the reader. Never inlined: an error is rare, and reads
    /// are many.
    [[gnu::cold, gnu::noinline]] constexpr void fail(ErrorCode code) { fail_at(code, offset()); }
    [[gnu::cold, gnu::noinline]] constexpr void fail_at(ErrorCode code, std::size_t where) {
        if (!failed_) {
            failed_ = true;
            error_ = Error{code, layer_, static_cast<std::uint32_t>(where)};
        }
        position_ = end_;
    }
    /// Takes over an error that a sub-decoder found, offset and layer included.
    constexpr void fail(const Error& error) {
        if (!failed_) {
            failed_ = true;
            error_ = error;
        }
        position_ = end_;
    }

    constexpr std::uint8_t u8() {
        if (position_ == end_) [[unlikely]] {
            fail(ErrorCode::truncated);
            return 0;
        }
        return *position_++;
    }
    constexpr std::uint16_t u16() { return static_cast<std::uint16_t>(number<2>()); }
    constexpr std::uint32_t u24() { return static_cast<std::uint32_t>(number<3>()); }
    constexpr std::uint32_t u32() { return static_cast<std::uint32_t>(number<4>()); }
    constexpr std::uint64_t u64() { return number<8>(); }
    constexpr std::int8_t i8() { return static_cast<std::int8_t>(u8()); }
    constexpr std::int16_t i16() { return static_cast<std::int16_t>(u16()); }
    constexpr std::int32_t i32() { return static_cast<std::int32_t>(u32()); }
    constexpr std::int64_t i64() { return static_cast<std::int64_t>(u64()); }

    /// The next octet without taking it; 0 at the end.
    constexpr std::uint8_t peek() const { return position_ == end_ ? std::uint8_t{0} : *position_; }

    /// The next `count` octets; empty, with `truncated`, when fewer remain.
    constexpr ByteView bytes(std::size_t count) {
        if (count > remaining()) [[unlikely]] {
            fail(ErrorCode::truncated);
            return {};
        }
        const ByteView view(position_, count);
        position_ += count;
        return view;
    }
    constexpr ByteView rest() { return bytes(remaining()); }
    /// What rest() would give, without taking it.
    constexpr ByteView ahead() const { return ByteView(position_, remaining()); }
    constexpr void skip(std::size_t count) { bytes(count); }

    /// A reader of the next `count` octets alone, which are taken from this one.
    constexpr Reader sub_reader(std::size_t count) {
        const std::size_t where = offset();
        if (count > remaining()) [[unlikely]] {
            fail(ErrorCode::length_beyond_buffer);
        }
        Reader sub(failed_ ? ByteView{} : bytes(count), layer_, where);
        if (failed_) {
            sub.fail(error_);
        }
        return sub;
    }

    /// The octets between two offsets that this reader has already passed.
    constexpr ByteView between(std::size_t from, std::size_t to) const {
        return ByteView(begin_ + (from - base_offset_), to - from);
    }

    /// Fails with `trailing_octets` unless everything was read.
    constexpr void expect_end() {
        if (!failed_ && position_ != end_) {
            fail(ErrorCode::trailing_octets);
        }
    }

private:
    template <std::size_t N>
    constexpr std::uint64_t number() {
        if (remaining() < N) [[unlikely]] {
            fail(ErrorCode::truncated);
            return 0;
        }
        const std::uint64_t value = big_endian<N>(ahead());
        position_ += N;
        return value;
    }

    const Byte* begin_;
    const Byte* position_;
    const Byte* end_;
    std::size_t base_offset_;
    Error error_{};
    Layer layer_;
    bool failed_ = false;
};

}  // namespace dlms
