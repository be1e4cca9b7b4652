#include "server/json_write.hpp"

#include "render/attribute_table.hpp"

namespace dlms::service {

namespace {

using render::Json;

std::optional<axdr::Tag> known_type(const WriteRequest& request) {
    if (request.data_type) {
        return request.data_type;
    }
    return render::attribute_type(request.attribute.class_id, request.attribute.attribute_id);
}

bool is_text_type(axdr::Tag tag) {
    return tag == axdr::Tag::octet_string || tag == axdr::Tag::visible_string ||
           tag == axdr::Tag::utf8_string;
}

}  // namespace

WriteNeeds write_needs(const WriteRequest& request) {
    const Json value = Json::parse(request.value, nullptr, false);
    if (render::says_its_type(value) && request.data_type) {
        return {};
    }
    const auto type = known_type(request);
    if (!type) {
        return {true, !render::says_its_type(value)};
    }
    const bool is_composite = *type == axdr::Tag::array || *type == axdr::Tag::structure;
    const bool is_in_table =
        !render::attribute_types(request.attribute.class_id, request.attribute.attribute_id)
             .empty();
    // Meters give structures other shapes than their class does, and octets may be a clock, or be
    // shown as hexadecimal: what is there tells. A meter that lets nobody read it, as a token, is
    // written all the same where the class says what to write.
    return {is_composite || is_text_type(*type) || *type == axdr::Tag::date_time,
            is_composite && !is_in_table};
}

bool needs_meter_for_broadcast(const WriteRequest& request) {
    const Json value = Json::parse(request.value, nullptr, false);
    const bool is_exact =
        render::says_its_type(value) || (value.is_object() && value.contains("raw"));
    const bool is_scaled =
        cosem::scaler_unit_of(request.attribute.class_id, request.attribute.attribute_id)
            .has_value();
    return (write_needs(request).required && !render::says_its_type(value)) ||
           (is_scaled && !is_exact);
}

std::expected<axdr::Data, std::string> write_value(
    const WriteRequest& request, const std::optional<axdr::Data>& present,
    const std::optional<cosem::ScalerUnit>& scaler_unit, const render::WriteOptions& options,
    std::optional<std::uint8_t> version) {
    render::WriteTarget target;
    target.attribute = request.attribute;
    target.type = known_type(request);
    if (present) {
        target.present = present->view();
    }
    target.scaler_unit = scaler_unit;
    target.version = version;
    Json value = Json::parse(request.value, nullptr, false);
    // A number with a fraction goes on as the digits that were sent, not as the binary float
    // nearest to them.
    const auto type = target.type ? target.type
                      : present   ? std::optional(present->tag())
                                  : std::nullopt;
    if (value.is_number_float() && type && !is_text_type(*type)) {
        value = request.value;
    }
    auto data = render::data_from_json(value, target, options);
    if (!data) {
        return std::unexpected(std::move(data.error().message));
    }
    return std::move(*data);
}

}  // namespace dlms::service
