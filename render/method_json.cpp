#include "render/method_json.hpp"

#include "stack/axdr/data_builder.hpp"
#include "stack/cosem/interface_class.hpp"

namespace dlms::render {

std::expected<std::optional<axdr::Data>, WriteFault> method_parameter(
    const cosem::MethodDescriptor& method, const Json* value, std::optional<axdr::Tag> type,
    const WriteOptions& options) {
    const cosem::ClassMethod* row = cosem::find_method(method.class_id, method.method_id);
    const bool is_in_table = row != nullptr && row->parameter != nullptr;
    if (value == nullptr) {
        if (!is_in_table || cosem::tag_of(*row->parameter) != axdr::Tag::integer) {
            return std::optional<axdr::Data>();
        }
        axdr::DataBuilder builder;
        builder.integer(0);
        return builder.finish().value_or(axdr::Data());
    }
    const bool is_open =
        !is_in_table || row->parameter->form == cosem::ValueType::Form::any || type.has_value();
    std::expected<axdr::Data, WriteFault> data;
    if (is_open || says_its_type(*value)) {
        // An attribute of any type, so that the type given or that of the value counts.
        constexpr std::uint16_t data_class = 1;
        WriteTarget target;
        target.attribute = {data_class, method.instance, 2};
        target.type = type;
        data = data_from_json(*value, target, options);
    } else {
        data = data_from_json(*value, *row->parameter, options);
    }
    if (!data) {
        return std::unexpected(std::move(data.error()));
    }
    return std::optional(std::move(*data));
}

}  // namespace dlms::render
