#pragma once
// List<T>: a SEQUENCE OF whose items are read in place. Made from octets it is checked once and
// reads its items again when they are looked at, so a list costs no allocation; made from a span it
// shows the caller's own items, for the encoders. Valid as long as those octets or items.

#include <cstddef>
#include <iterator>
#include <span>

#include "stack/axdr/data_view.hpp"
#include "stack/axdr/length.hpp"
#include "stack/base/result.hpp"
#include "stack/base/writer.hpp"

namespace dlms::xdlms {

/// How one item of a list is read and written: `static T read(Reader&)`, whose reader carries the
/// error, and `static void write(Writer&, const T&)`. An item takes one octet at least.
template <class T>
struct ItemCodec;

template <>
struct ItemCodec<axdr::DataView> {
    static axdr::DataView read(Reader& reader) { return axdr::read_data(reader); }
    static void write(Writer& writer, const axdr::DataView& data) { writer.bytes(data.encoded()); }
};

template <class T>
class List {
public:
    class Iterator {
    public:
        using value_type = T;
        using difference_type = std::ptrdiff_t;

        Iterator() = default;
        const T& operator*() const { return item_; }
        const T* operator->() const { return &item_; }
        Iterator& operator++() {
            --left_;
            load();
            return *this;
        }
        Iterator operator++(int) {
            Iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const Iterator& a, const Iterator& b) { return a.left_ == b.left_; }

    private:
        friend class List;
        explicit Iterator(const List& list)
            : reader_(list.octets_, Layer::xdlms), items_(list.items_), left_(list.count_) {
            load();
        }
        void load() {
            if (left_ > 0) {
                item_ =
                    items_.empty() ? ItemCodec<T>::read(reader_) : items_[items_.size() - left_];
            }
        }

        Reader reader_{ByteView(), Layer::xdlms};
        std::span<const T> items_;
        std::size_t left_ = 0;
        T item_{};
    };

    /// No items.
    List() = default;
    /// Shows `items`, which must outlive the list.
    explicit List(std::span<const T> items) : items_(items), count_(items.size()) {}

    /// Checks and takes a count and as many items; empty when the reader has failed. Errors, in the
    /// reader: length_beyond_buffer for a count that cannot be, and those of the items.
    static List read(Reader& reader) {
        const std::size_t where = reader.offset();
        const std::size_t count = axdr::read_length(reader);
        if (count > reader.remaining()) {
            reader.fail_at(ErrorCode::length_beyond_buffer, where);
        }
        const std::size_t start = reader.offset();
        for (std::size_t i = 0; i < count && reader.ok(); ++i) {
            ItemCodec<T>::read(reader);
        }
        if (!reader.ok()) {
            return {};
        }
        List list;
        list.octets_ = reader.between(start, reader.offset());
        list.count_ = count;
        return list;
    }

    Iterator begin() const { return Iterator(*this); }
    Iterator end() const { return {}; }
    std::size_t size() const { return count_; }
    bool empty() const { return count_ == 0; }

private:
    ByteView octets_;
    std::span<const T> items_;
    std::size_t count_ = 0;
};

/// Writes the count and the items.
template <class T>
void write(Writer& writer, const List<T>& list) {
    axdr::write_length(writer, list.size());
    for (const T& item : list) {
        ItemCodec<T>::write(writer, item);
    }
}

/// A list that came alone, as the assembled blocks of a long service with list do. Errors: every
/// malformed code.
template <class T>
Result<List<T>> decode_list(ByteView octets) {
    Reader reader(octets, Layer::xdlms);
    const List<T> list = List<T>::read(reader);
    reader.expect_end();
    if (!reader.ok()) {
        return reader.failure();
    }
    return list;
}

}  // namespace dlms::xdlms
