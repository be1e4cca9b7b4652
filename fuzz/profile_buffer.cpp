// Profile buffers: the first octet is the capture period, the second the number of columns, of
// which the first is a clock; the rest is the buffer. Rows that are read, compressed and read again
// are the same, but for values that stay null-data.

#include "stack/cosem/profile_buffer.hpp"

#include "fuzz/property.hpp"
#include "stack/axdr/data_builder.hpp"

namespace {

using namespace dlms;
using namespace dlms::cosem::literals;

/// The rows that can be read, and whether every value of them is known.
struct Rows {
    ByteBuffer octets;
    std::size_t count = 0;
    bool is_complete = true;
};

Rows read_rows(const axdr::DataView& buffer, std::span<const cosem::CaptureObject> columns,
               std::uint32_t period, axdr::DataBuilder* compressed) {
    Rows rows;
    auto reader = cosem::ProfileBufferReader::make(buffer, columns, period);
    cosem::ProfileRowCompressor compressor(columns, period);
    while (reader && reader->rows_left() > 0) {
        const auto values = reader->next();
        if (!values) {
            continue;
        }
        ++rows.count;
        for (const axdr::DataView& value : *values) {
            rows.is_complete = rows.is_complete && !value.is_null();
            rows.octets.insert(rows.octets.end(), value.encoded().begin(), value.encoded().end());
        }
        if (compressed != nullptr) {
            compressor.write(*compressed, *values);
        }
    }
    return rows;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Feed feed({bytes, size});
    const std::uint32_t period = feed.octet();
    std::vector<cosem::CaptureObject> columns(1 + feed.octet() % 4U,
                                              {3, "1-0:1.8.0.255"_obis, 2, 0});
    columns[0] = {8, "0-0:1.0.0.255"_obis, 2, 0};
    const auto buffer = axdr::parse_data(feed.octets(size));
    if (!buffer) {
        return 0;
    }
    const Rows rows = read_rows(*buffer, columns, period, nullptr);
    axdr::DataBuilder builder;
    builder.array(rows.count);
    read_rows(*buffer, columns, period, &builder);
    const auto packed = builder.finish();
    fuzz::require(packed.has_value(), "rows that were read can be compressed");
    const Rows again = read_rows(packed->view(), columns, period, nullptr);
    fuzz::require(again.count == rows.count, "as many rows come back");
    fuzz::require(!rows.is_complete || again.octets == rows.octets, "the same rows come back");
    return 0;
}
