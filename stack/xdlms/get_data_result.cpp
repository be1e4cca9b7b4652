#include "stack/xdlms/get_data_result.hpp"

#include "stack/xdlms/service_reader.hpp"

namespace dlms::xdlms {

GetDataResult read_get_data_result(Reader& reader) {
    const std::size_t where = reader.offset();
    switch (reader.u8()) {
        case 0: return axdr::read_data(reader);
        case 1: return read_data_access_result(reader);
        default: reader.fail_at(ErrorCode::unknown_choice, where); return axdr::DataView();
    }
}

void write(Writer& writer, const GetDataResult& result) {
    writer.u8(static_cast<std::uint8_t>(result.index()));
    if (const auto* data = std::get_if<axdr::DataView>(&result)) {
        writer.bytes(data->encoded());
    } else {
        write(writer, std::get<cosem::DataAccessResult>(result));
    }
}

}  // namespace dlms::xdlms
