#pragma once
// JsonWriter: JSON written straight into a text, for what is too large to be a document first.
// The caller keeps the order (a key before each member, every begin with its end); the writer puts
// commas, quotes, escapes and, if asked, indentation.

#include <array>
#include <concepts>
#include <cstring>
#include <string>
#include <string_view>

#include "stack/base/bytes.hpp"

namespace dlms::render {

/// A piece of JSON kept in a block of fixed size, which is copied faster than a text of any length.
struct JsonPiece {
    static constexpr std::size_t capacity = 48;

    constexpr JsonPiece() = default;
    /// At most `capacity` characters of the text.
    constexpr explicit JsonPiece(std::string_view text)
        : size(text.copy(characters.data(), capacity)) {}

    std::array<char, capacity> characters{};
    std::size_t size = 0;
};

class JsonWriter {
public:
    /// Appends to `out`, which must outlive the writer and is whole after flush(). `indent` 0
    /// writes everything on one line, more puts every member on a line of its own, indented by so
    /// many spaces a level.
    explicit JsonWriter(std::string& out, std::size_t indent = 0) : out_(out), indent_(indent) {}
    ~JsonWriter() { flush(); }
    JsonWriter(const JsonWriter&) = delete;
    JsonWriter& operator=(const JsonWriter&) = delete;

    bool is_compact() const { return indent_ == 0; }
    /// Hands on what is still in the writer's own block.
    void flush();

    void begin_object() { begin('{'); }
    void end_object() { end('}'); }
    void begin_array() { begin('['); }
    void end_array() { end(']'); }

    /// The name of the member whose value comes next: plain ASCII that needs no escape.
    void key(std::string_view name);

    /// A text; what is not UTF-8 becomes U+FFFD.
    void text(std::string_view value);
    /// A text of plain ASCII that needs no escape.
    void plain(std::string_view value);
    /// Octets as upper-case hexadecimal text.
    void hex(ByteView octets);
    void boolean(bool value) { raw(value ? "true" : "false"); }
    void null() { raw("null"); }
    void integer(std::unsigned_integral auto value) { unsigned_integer(value); }
    void integer(std::signed_integral auto value) { signed_integer(value); }
    /// The shortest text that reads back as the same double; null for NaN and infinity.
    void number(double value);

    /// A value that is JSON already.
    void raw(std::string_view json);
    /// A piece that begins an object and ends behind a key: the value comes next, then
    /// end_object(). For the compact form.
    void begin_with(const JsonPiece& piece) {
        separate();
        make_room(JsonPiece::capacity);
        std::memcpy(block_.data() + used_, piece.characters.data(), JsonPiece::capacity);
        used_ += piece.size;
        needs_comma_ = false;
        after_key_ = true;
        ++depth_;
    }

    /// begin_with(piece), integer(value) and end_object() in one step, which takes half the time:
    /// most of a profile buffer is such numbers.
    void integer_with(const JsonPiece& piece, std::unsigned_integral auto value) {
        put_object(piece, false, value);
    }
    void integer_with(const JsonPiece& piece, std::signed_integral auto value) {
        const auto bits = static_cast<std::uint64_t>(std::int64_t{value});
        put_object(piece, value < 0, value < 0 ? 0 - bits : bits);
    }

private:
    static constexpr std::size_t longest_number = 32;

    void put_object(const JsonPiece& piece, bool is_negative, std::uint64_t magnitude);

    void unsigned_integer(std::uint64_t value);
    void signed_integer(std::int64_t value);
    void put_digits(std::uint64_t value);
    void make_room(std::size_t size) {
        if (block_.size() - used_ < size) [[unlikely]] {
            flush();
        }
    }
    void put(char c) {
        make_room(1);
        block_[used_++] = c;
    }
    void put(std::string_view text);
    void separate() {
        if (needs_comma_) {
            put(',');
        }
        if (indent_ != 0 && !after_key_ && depth_ > 0) [[unlikely]] {
            new_line();
        }
        after_key_ = false;
    }
    void begin(char bracket) {
        separate();
        put(bracket);
        needs_comma_ = false;
        ++depth_;
    }
    void end(char bracket) {
        --depth_;
        if (indent_ != 0 && needs_comma_) [[unlikely]] {
            new_line();
        }
        put(bracket);
        needs_comma_ = true;
    }
    void new_line();

    // In this order: used_ and depth_ side by side would be changed as one word of 16 octets, which
    // waits for the writes before it.
    std::string& out_;
    std::size_t used_ = 0;
    std::size_t indent_;
    std::size_t depth_ = 0;
    bool needs_comma_ = false;
    bool after_key_ = false;
    std::array<char, 4096> block_;
};

}  // namespace dlms::render
