#include "client/register_reader.hpp"

#include <algorithm>

#include "stack/cosem/interface_class.hpp"

namespace dlms::client {
namespace {

/// Refusals that say that the object has no scaler_unit for us. All else says nothing about it: a
/// value without its scaler would be a wrong value.
bool means_absent(const Failure& failure) {
    using enum cosem::DataAccessResult;
    return failure.access_result == read_write_denied ||
           failure.access_result == object_undefined ||
           failure.access_result == object_class_inconsistent ||
           failure.access_result == scope_of_access_violated ||
           failure.access_result == other_reason;
}

}  // namespace

std::optional<cosem::AttributeDescriptor> scaler_unit_attribute(
    const cosem::AttributeDescriptor& value_attribute) {
    const auto id = cosem::scaler_unit_of(value_attribute.class_id, value_attribute.attribute_id);
    if (!id) {
        return std::nullopt;
    }
    cosem::AttributeDescriptor attribute = value_attribute;
    attribute.attribute_id = *id;
    return attribute;
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
    co_return reading_of(attribute, std::move(*value), *scaler_unit);
}

Reading RegisterReader::reading_of(const cosem::AttributeDescriptor& attribute, axdr::Data value,
                                   std::optional<cosem::ScalerUnit> scaler_unit) {
    versions_.learn(attribute, value.view());
    return {std::move(value), scaler_unit, versions_.of(attribute)};
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
    Outcome<axdr::Data> answer = co_await client_.read(std::move(request), deadline);
    co_return take_scaler_unit(*attribute, std::move(answer));
}

Outcome<std::optional<cosem::ScalerUnit>> RegisterReader::take_scaler_unit(
    const cosem::AttributeDescriptor& attribute, Outcome<axdr::Data> answer) {
    using Known = std::optional<cosem::ScalerUnit>;
    if (!answer) {
        if (!means_absent(answer.error())) {
            return std::unexpected(std::move(answer.error()));
        }
        cache_[attribute] = std::nullopt;
        return Known();
    }
    if (answer->view().is_null()) {
        cache_[attribute] = std::nullopt;
        return Known();
    }
    const Result<cosem::ScalerUnit> scaler_unit = cosem::read_scaler_unit(answer->view());
    if (!scaler_unit) {
        return std::unexpected(from_error(scaler_unit.error()));
    }
    cache_[attribute] = *scaler_unit;
    return Known(*scaler_unit);
}

asio::awaitable<Outcome<std::vector<Outcome<Reading>>>> RegisterReader::read_list(
    std::vector<ReadRequest> requests, Instant deadline) {
    // Each scaler_unit right behind the first value that needs it: when the line fails later, what
    // was read before is whole.
    std::vector<ReadRequest> asked;
    std::vector<std::size_t> places;
    std::map<cosem::AttributeDescriptor, std::size_t> unknown;
    std::vector<cosem::AttributeDescriptor> attributes;
    for (ReadRequest& request : requests) {
        const auto scaler_unit = scaler_unit_attribute(request.attribute);
        attributes.push_back(request.attribute);
        places.push_back(asked.size());
        asked.push_back(std::move(request));
        if (scaler_unit && !cache_.contains(*scaler_unit) &&
            unknown.try_emplace(*scaler_unit, asked.size()).second) {
            asked.push_back({*scaler_unit, std::nullopt, axdr::Data()});
        }
    }
    auto values = co_await client_.read_list(std::move(asked), deadline);
    if (!values) {
        co_return std::unexpected(std::move(values.error()));
    }
    std::map<cosem::AttributeDescriptor, Failure> failed;
    for (const auto& [scaler_unit, place] : unknown) {
        auto taken = take_scaler_unit(scaler_unit, std::move((*values)[place]));
        if (!taken) {
            failed.emplace(scaler_unit, std::move(taken.error()));
        }
    }
    std::vector<Outcome<Reading>> readings;
    for (std::size_t i = 0; i < attributes.size(); ++i) {
        Outcome<axdr::Data>& value = (*values)[places[i]];
        const auto scaler_unit = scaler_unit_attribute(attributes[i]);
        const auto failure = scaler_unit ? failed.find(*scaler_unit) : failed.end();
        if (!value) {
            readings.push_back(std::unexpected(std::move(value.error())));
        } else if (failure != failed.end()) {
            readings.push_back(std::unexpected(failure->second));
        } else {
            readings.push_back(reading_of(attributes[i], std::move(*value),
                                          scaler_unit ? cache_[*scaler_unit] : std::nullopt));
        }
    }
    co_return readings;
}

asio::awaitable<Outcome<std::vector<std::optional<cosem::ScalerUnit>>>>
RegisterReader::scaler_units(std::vector<cosem::AttributeDescriptor> value_attributes,
                             Instant deadline) {
    std::vector<ReadRequest> asked;
    for (const cosem::AttributeDescriptor& value : value_attributes) {
        const auto attribute = scaler_unit_attribute(value);
        const auto is_it = [&](const ReadRequest& other) { return other.attribute == *attribute; };
        if (attribute && !cache_.contains(*attribute) && std::ranges::none_of(asked, is_it)) {
            asked.push_back({*attribute, std::nullopt, axdr::Data()});
        }
    }
    if (!asked.empty()) {
        std::vector<cosem::AttributeDescriptor> attributes;
        std::ranges::transform(asked, std::back_inserter(attributes), &ReadRequest::attribute);
        auto values = co_await client_.read_list(std::move(asked), deadline);
        if (!values) {
            co_return std::unexpected(std::move(values.error()));
        }
        for (std::size_t i = 0; i < attributes.size(); ++i) {
            auto taken = take_scaler_unit(attributes[i], std::move((*values)[i]));
            if (!taken && taken.error().code != FailureCode::malformed_answer) {
                co_return std::unexpected(std::move(taken.error()));
            }
            // What is no scaler_unit will be none the next time either.
            cache_.try_emplace(attributes[i]);
        }
    }
    std::vector<std::optional<cosem::ScalerUnit>> known;
    for (const cosem::AttributeDescriptor& value : value_attributes) {
        const auto attribute = scaler_unit_attribute(value);
        const auto found = attribute ? cache_.find(*attribute) : cache_.end();
        known.push_back(found != cache_.end() ? found->second : std::nullopt);
    }
    co_return known;
}

}  // namespace dlms::client
