#include "client/register_reader.hpp"

namespace dlms::client {
namespace {

/// Refusals that say that the object has no scaler_unit for us. All else says nothing about it: a
/// value without its scaler would be a wrong value.
bool means_absent(const Failure& failure) {
    using enum cosem::DataAccessResult;
    return failure.access_result == read_write_denied ||
           failure.access_result == object_undefined ||
           failure.access_result == object_class_inconsistent ||
           failure.access_result == object_unavailable ||
           failure.access_result == scope_of_access_violated ||
           failure.access_result == other_reason;
}

}  // namespace

std::optional<cosem::AttributeDescriptor> scaler_unit_attribute(
    const cosem::AttributeDescriptor& value_attribute) {
    cosem::AttributeDescriptor attribute = value_attribute;
    const auto id = value_attribute.attribute_id;
    if ((attribute.class_id == 3 || attribute.class_id == 4) && id == 2) {
        attribute.attribute_id = 3;
        return attribute;
    }
    if (attribute.class_id == 5 && (id == 2 || id == 3)) {
        attribute.attribute_id = 4;
        return attribute;
    }
    return std::nullopt;
}

asio::awaitable<Outcome<Reading>> RegisterReader::read(ReadRequest request, Instant deadline) {
    const cosem::AttributeDescriptor attribute = request.attribute;
    Outcome<axdr::Data> value = co_await client_.read(std::move(request), deadline);
    if (!value) {
        co_return std::unexpected(std::move(value.error()));
    }
    Outcome<std::optional<cosem::ScalerUnit>> scaler_unit =
        co_await this->scaler_unit(attribute, deadline);
    if (!scaler_unit) {
        co_return std::unexpected(std::move(scaler_unit.error()));
    }
    co_return Reading{std::move(*value), *scaler_unit};
}

asio::awaitable<Outcome<std::optional<cosem::ScalerUnit>>> RegisterReader::scaler_unit(
    cosem::AttributeDescriptor value_attribute, Instant deadline) {
    using Answer = std::optional<cosem::ScalerUnit>;
    const auto attribute = scaler_unit_attribute(value_attribute);
    if (!attribute) {
        co_return Answer();
    }
    if (const auto known = cache_.find(*attribute); known != cache_.end()) {
        co_return known->second;
    }
    ReadRequest request;
    request.attribute = *attribute;
    Outcome<axdr::Data> data = co_await client_.read(std::move(request), deadline);
    if (!data) {
        if (!means_absent(data.error())) {
            co_return std::unexpected(std::move(data.error()));
        }
        cache_[*attribute] = std::nullopt;
        co_return Answer();
    }
    const Result<cosem::ScalerUnit> scaler_unit = cosem::read_scaler_unit(data->view());
    Answer answer = scaler_unit ? Answer(*scaler_unit) : Answer();
    cache_[*attribute] = answer;
    co_return answer;
}

}  // namespace dlms::client
