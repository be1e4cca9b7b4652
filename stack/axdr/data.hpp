#pragma once
// Data: one Data of the standard, owned. Its A-XDR encoding is the value; view() reads it.

#include "stack/axdr/data_view.hpp"

namespace dlms::axdr {

class Data {
public:
    /// null-data.
    Data() : encoded_{static_cast<Byte>(Tag::null_data)} {}
    /// Copies what a view shows.
    explicit Data(const DataView& view) : encoded_(to_buffer(view.encoded())) {}
    /// Checks the octets and keeps them. Errors as parse_data().
    static Result<Data> parse(ByteBuffer encoded);

    /// Valid as long as this Data is neither changed nor moved; of a temporary there is none.
    DataView view() const&;
    DataView view() const&& = delete;
    ByteView encoded() const& { return encoded_; }
    ByteView encoded() const&& = delete;
    Tag tag() const { return static_cast<Tag>(encoded_[0]); }

    friend bool operator==(const Data&, const Data&) = default;

private:
    friend class DataBuilder;
    explicit Data(ByteBuffer checked) : encoded_(std::move(checked)) {}

    ByteBuffer encoded_;
};

}  // namespace dlms::axdr
