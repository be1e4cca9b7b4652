// What the decoder found, as JSON text.

#include "render/data_stream.hpp"
#include "render/decode.hpp"

namespace dlms::render {
namespace {

bool write_list(JsonWriter& writer, const Json& list, std::size_t& budget) {
    writer.begin_array();
    for (const Json& item : list) {
        if (!write_document(writer, item, budget)) {
            return false;
        }
    }
    writer.end_array();
    return true;
}

bool write_members(JsonWriter& writer, const Json& object, std::size_t& budget) {
    writer.begin_object();
    for (const auto& [name, value] : object.items()) {
        writer.key(name);
        if (!write_document(writer, value, budget)) {
            return false;
        }
    }
    writer.end_object();
    return true;
}

}  // namespace

bool write_document(JsonWriter& writer, const Json& document, std::size_t& budget) {
    switch (document.type()) {
        case Json::value_t::object: return write_members(writer, document, budget);
        case Json::value_t::array: return write_list(writer, document, budget);
        case Json::value_t::string: writer.text(document.get_ref<const std::string&>()); break;
        case Json::value_t::boolean: writer.boolean(document.get<bool>()); break;
        case Json::value_t::number_integer: writer.integer(document.get<std::int64_t>()); break;
        case Json::value_t::number_unsigned: writer.integer(document.get<std::uint64_t>()); break;
        case Json::value_t::number_float: writer.number(document.get<double>()); break;
        case Json::value_t::binary: {
            // Checked when it was put there.
            const Result<axdr::DataView> data = axdr::parse_data(document.get_binary());
            return data && write_data_tree(writer, *data, budget);
        }
        default: writer.null(); break;
    }
    return true;
}

}  // namespace dlms::render
