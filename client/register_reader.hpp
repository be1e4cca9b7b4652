#pragma once
// RegisterReader: a register's value with its scaler and unit, which is read once and kept, and
// with the version of its object, once an object list was read.

#include <map>

#include "client/meter_client.hpp"
#include "client/object_versions.hpp"
#include "stack/cosem/scaler_unit.hpp"

namespace dlms::client {

/// The attribute that holds the scaler_unit of a value attribute, such as attribute 3 for attribute
/// 2 of class 3 (cosem::scaler_unit_of); nothing for an attribute that has none.
std::optional<cosem::AttributeDescriptor> scaler_unit_attribute(
    const cosem::AttributeDescriptor& value_attribute);

struct Reading {
    axdr::Data value;
    /// Nothing for attributes without one, and where the meter refuses it.
    std::optional<cosem::ScalerUnit> scaler_unit;
    /// Of the object, where an object list that was read before tells it.
    std::optional<std::uint8_t> version;
};

class RegisterReader {
public:
    /// Reads through `client`, which must outlive the reader and every call.
    explicit RegisterReader(MeterClient& client) : client_(client) {}

    /// Reads any attribute; for a value attribute of a register its scaler_unit too.
    asio::awaitable<Outcome<Reading>> read(ReadRequest request, Instant deadline);

    /// Reads several attributes at once, each with an outcome of its own; the scaler_units that are
    /// not known yet are read with them. Fails as MeterClient::read_list() does.
    asio::awaitable<Outcome<std::vector<Outcome<Reading>>>> read_list(
        std::vector<ReadRequest> requests, Instant deadline);

    /// The scaler_unit of a value attribute, from the cache or from the meter; nothing where the
    /// attribute has none or the meter refuses it. A failure of the line is a failure.
    asio::awaitable<Outcome<std::optional<cosem::ScalerUnit>>> scaler_unit(
        cosem::AttributeDescriptor value_attribute, Instant deadline);

    /// The same for several value attributes, those that are not known yet in one list. One for
    /// which the meter has something else than a scaler_unit has none.
    asio::awaitable<Outcome<std::vector<std::optional<cosem::ScalerUnit>>>> scaler_units(
        std::vector<cosem::AttributeDescriptor> value_attributes, Instant deadline);

    /// The version of the attribute's object, as far as an object list that was read told it.
    std::optional<std::uint8_t> version(const cosem::AttributeDescriptor& attribute) const {
        return versions_.of(attribute);
    }

    /// Forgets what was read, for example when another meter may be there.
    void clear() {
        cache_.clear();
        versions_.clear();
    }

private:
    /// Notes what the meter said of a scaler_unit.
    Outcome<std::optional<cosem::ScalerUnit>> take_scaler_unit(
        const cosem::AttributeDescriptor& attribute, Outcome<axdr::Data> answer);
    /// Learns what the value tells of objects.
    Reading reading_of(const cosem::AttributeDescriptor& attribute, axdr::Data value,
                       std::optional<cosem::ScalerUnit> scaler_unit);

    MeterClient& client_;
    std::map<cosem::AttributeDescriptor, std::optional<cosem::ScalerUnit>> cache_;
    ObjectVersions versions_;
};

}  // namespace dlms::client
