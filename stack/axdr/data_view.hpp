#pragma once
// DataView: one Data of the standard, read in place. The octets are checked once, by parse_data()
// or read_data(); after that every read succeeds or says type_mismatch.

#include <algorithm>
#include <iterator>
#include <string_view>

#include "stack/axdr/tag.hpp"
#include "stack/base/bytes.hpp"
#include "stack/base/reader.hpp"
#include "stack/base/result.hpp"

namespace dlms::axdr {

/// A bit-string: `count` bits, the first in the most significant bit of the first octet.
struct BitString {
    ByteView octets;
    std::size_t count = 0;

    bool operator[](std::size_t bit) const { return (octets[bit / 8] >> (7 - bit % 8) & 1) != 0; }
};

class CompactArrayView;
class ElementRange;

/// A view of one checked Data. Valid as long as the octets that it was made from.
/// A default-constructed view is null-data.
class DataView {
public:
    DataView();

    Tag tag() const { return static_cast<Tag>(encoded_[0]); }
    bool is(Tag tag) const { return this->tag() == tag; }
    bool is_null() const { return is(Tag::null_data); }
    /// The A-XDR octets, tag included.
    ByteView encoded() const { return encoded_; }

    // Each of these fails with type_mismatch for another tag.
    Result<bool> boolean() const;
    /// Every integer type, enum, bcd and delta type whose value is not negative.
    Result<std::uint64_t> unsigned_integer() const;
    /// Every integer type, enum, bcd and delta type whose value fits 63 bits and a sign.
    Result<std::int64_t> signed_integer() const;
    Result<float> float32() const;
    Result<double> float64() const;
    /// octet-string, date-time, date and time: the octets after tag and length.
    Result<ByteView> octets() const;
    /// visible-string and utf8-string. A visible-string may hold any octet: escape before printing.
    Result<std::string_view> text() const;
    Result<BitString> bit_string() const;
    /// array and structure.
    Result<ElementRange> elements() const;
    /// The element `index` (from 0) of an array or structure; element_missing past the last.
    Result<DataView> element(std::size_t index) const;

    /// compact-array (stack/axdr/compact_array.hpp).
    Result<CompactArrayView> compact_array() const;

    friend bool operator==(const DataView& a, const DataView& b) {
        return std::ranges::equal(a.encoded_, b.encoded_);
    }

private:
    friend class Data;
    friend class ElementRange;
    friend Result<DataView> parse_data(ByteView);
    friend DataView read_data(Reader&);
    explicit DataView(ByteView checked) : encoded_(checked) {}
    Reader content() const { return Reader(encoded_.subspan(1), Layer::axdr, 1); }

    ByteView encoded_;
};

/// The elements of an array or structure, in order. Valid as long as the DataView's octets.
class ElementRange {
public:
    class Iterator {
    public:
        using value_type = DataView;
        using difference_type = std::ptrdiff_t;

        Iterator() = default;
        DataView operator*() const { return DataView(rest_.first(length_)); }
        Iterator& operator++() {
            rest_ = rest_.subspan(length_);
            --left_;
            measure();
            return *this;
        }
        Iterator operator++(int) {
            Iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const Iterator& a, const Iterator& b) { return a.left_ == b.left_; }

    private:
        friend class ElementRange;
        Iterator(ByteView rest, std::uint32_t left) : rest_(rest), left_(left) { measure(); }
        void measure();

        ByteView rest_;
        std::size_t length_ = 0;
        std::uint32_t left_ = 0;
    };

    Iterator begin() const { return {octets_, count_}; }
    Iterator end() const { return {}; }
    std::size_t size() const { return count_; }
    bool empty() const { return count_ == 0; }

private:
    friend class DataView;
    ElementRange(ByteView octets, std::uint32_t count) : octets_(octets), count_(count) {}

    ByteView octets_;
    std::uint32_t count_;
};

/// Checks that `octets` are one Data and nothing else. Errors: every malformed code of A-XDR.
Result<DataView> parse_data(ByteView octets);

/// Checks and takes one Data from the reader; null-data when the reader has failed.
DataView read_data(Reader& reader);

}  // namespace dlms::axdr
