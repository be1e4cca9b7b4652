#pragma once

#include <expected>
#include <optional>
#include <string>

#include "render/json_data.hpp"
#include "server/requests.hpp"

namespace dlms::service {

// What must be known of the meter before the value of a /write can be made.
struct WriteNeeds {
    bool present = false;   // what a GET of the attribute shows: the type, or a clock's convention
    bool required = false;  // ... and without it there is no value
};

[[nodiscard]] WriteNeeds write_needs(const WriteRequest& request);

// Whether a value can be made only with what the meter says: its type, or a register's scaler.
[[nodiscard]] bool needs_meter_for_broadcast(const WriteRequest& request);

// The Data of the value that a caller sent, or a sentence that says why it does not fit. `version`
// is the object's version of its class, where an object list told it.
[[nodiscard]] std::expected<axdr::Data, std::string> write_value(
    const WriteRequest& request, const std::optional<axdr::Data>& present,
    const std::optional<cosem::ScalerUnit>& scaler_unit, const render::WriteOptions& options,
    std::optional<std::uint8_t> version = {});

}  // namespace dlms::service
