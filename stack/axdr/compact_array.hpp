#pragma once
// compact-array (COSEMpdu "Data", choice 19; sheet section 4.3): one type description, and elements
// without tags behind it. Read in place, item by item, without building anything.

#include <array>

#include "stack/axdr/cursor.hpp"
#include "stack/axdr/data.hpp"
#include "stack/base/limits.hpp"

namespace dlms::axdr {

/// A checked type description, item by item in the order of its octets: the one description behind
/// an array is that of each of its elements, the `count` descriptions behind a structure are those
/// of its elements.
class TypeDescriptionCursor {
public:
    struct Item {
        Tag tag{};
        std::uint32_t count = 0;  ///< elements of an array or structure
    };

    explicit TypeDescriptionCursor(ByteView description) : reader_(description, Layer::axdr) {}

    bool at_end() const { return reader_.at_end(); }
    /// Octets taken so far.
    std::size_t offset() const { return reader_.offset(); }
    /// Takes the next item; null-data at the end.
    Item next();

private:
    Reader reader_;
};

/// The items of one element after another as the type description has them, arrays unrolled.
class TypeWalk {
public:
    /// `description` must be checked, and outlive the walk.
    explicit TypeWalk(ByteView description) : description_(description) {}

    /// Whether the next item begins an element of the compact array.
    bool at_element() const { return depth_ == 0; }
    TypeDescriptionCursor::Item next();

private:
    /// An array or structure whose elements are being walked.
    struct Open {
        std::uint32_t left = 0;   ///< elements to come
        std::size_t element = 0;  ///< where an array's description of its elements begins
        bool is_array = false;
    };
    void close_finished();

    ByteView description_;
    std::size_t position_ = 0;  ///< in the description
    std::array<Open, limits::max_data_depth> open_{};
    std::size_t depth_ = 0;
};

/// Reads the elements of a compact array item by item: the items are those that a Cursor over an
/// array of the same elements would give, so an element that is an array or a structure is followed
/// by its own elements. Valid as long as the compact array's octets.
class CompactCursor {
public:
    CompactCursor(ByteView description, ByteView contents)
        : walk_(description), contents_(contents, Layer::axdr) {}

    /// Whether every element has been read.
    bool at_end() const { return walk_.at_element() && contents_.at_end(); }
    /// Whether the next item begins an element.
    bool at_element() const { return walk_.at_element(); }
    /// Takes the next item; null-data at the end.
    Cursor::Item next();

private:
    TypeWalk walk_;
    Reader contents_;
};

/// A view of one checked compact-array. Valid as long as the octets that it was made from.
class CompactArrayView {
public:
    /// From what stands behind the tag of a checked compact-array: DataView::compact_array(), or
    /// the content of a Cursor's item.
    static CompactArrayView from_checked(ByteView content);

    /// The octets of the type description.
    ByteView description() const { return description_; }
    /// The packed elements, without their length.
    ByteView contents() const { return contents_; }
    /// The number of elements; takes a walk over the contents where their width is not fixed.
    std::size_t size() const;
    CompactCursor cursor() const { return {description_, contents_}; }
    /// The same elements as an ordinary array.
    Result<Data> to_array() const;

private:
    CompactArrayView(ByteView description, ByteView contents)
        : description_(description), contents_(contents) {}

    ByteView description_;
    ByteView contents_;
};

/// Packs elements of one type.
///
///     CompactArrayBuilder builder(*type_description_of(first));
///     builder.element(first).element(second);
///     Result<Data> packed = builder.finish();
class CompactArrayBuilder {
public:
    /// `description` is octets, as type_description_of() makes them.
    explicit CompactArrayBuilder(ByteBuffer description);

    /// Packs one element. One of another type makes finish() fail with type_mismatch.
    CompactArrayBuilder& element(const DataView& data);

    /// The compact-array, once. Errors: type_mismatch as above; every malformed code for a
    /// description that cannot be; zero_width_element.
    Result<Data> finish();

private:
    ByteBuffer description_;
    ByteBuffer contents_;
    Status description_is_good_;
    bool type_mismatch_ = false;
};

/// The type description that fits one element. An array must hold elements of one type; one without
/// elements has none to describe. Errors: type_mismatch; unsupported_type for a compact-array;
/// out_of_range for an array of more than 65535 elements; zero_width_element.
Result<ByteBuffer> type_description_of(const DataView& element);

/// An array packed as a compact-array. Errors: type_mismatch for another tag, an empty array and
/// elements of different types; those of CompactArrayBuilder.
Result<Data> to_compact_array(const DataView& array);

/// Checks and takes what stands behind the tag of a compact-array, whose own level is `depth` (from
/// 1); the reader carries the error. Returns how many values the elements unroll to.
std::size_t check_compact_array(Reader& reader, std::size_t depth);

}  // namespace dlms::axdr
