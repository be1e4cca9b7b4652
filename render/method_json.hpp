#pragma once
// The parameter of a method out of a JSON value.

#include <expected>
#include <optional>

#include "render/json_data.hpp"
#include "stack/cosem/descriptor.hpp"

namespace dlms::render {

/// The Data of a method's parameter. Without `type` it is what the class table says of the method,
/// and a type of the value's own where the table leaves it open. Without a value (null) it is the
/// integer 0 that most methods take and make nothing of, or none where the method takes none.
std::expected<std::optional<axdr::Data>, WriteFault> method_parameter(
    const cosem::MethodDescriptor& method, const Json* value, std::optional<axdr::Tag> type,
    const WriteOptions& options);

}  // namespace dlms::render
