#include "stack/axdr/data.hpp"

namespace dlms::axdr {

Result<Data> Data::parse(ByteBuffer encoded) {
    const Result<DataView> checked = parse_data(encoded);
    if (!checked) {
        return std::unexpected(checked.error());
    }
    return Data(std::move(encoded));
}

DataView Data::view() const& {
    return DataView(encoded_);
}

}  // namespace dlms::axdr
