#pragma once
// Which attribute of which object, as it is written on a command line.

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "stack/cosem/descriptor.hpp"

namespace dlms::cli {

/// What --class and --attribute say for all items that do not say it themselves.
struct ItemDefaults {
    std::optional<std::uint16_t> class_id;
    std::int8_t attribute_id = 2;
};

/// Reads `OBIS`, `CLASS/OBIS`, `OBIS/ATTRIBUTE` or `CLASS/OBIS/ATTRIBUTE`. Without any class it is
/// usual_class(). The error is a sentence.
std::expected<cosem::AttributeDescriptor, std::string> parse_item(std::string_view text,
                                                                  const ItemDefaults& defaults);

/// Whether an item that parse_item() takes says which attribute it is.
bool names_attribute(std::string_view text);

/// Reads `CLASS/OBIS/METHOD` or `OBIS/METHOD`; the method by its number or, where the class table
/// has it, by its name ("remote_disconnect"). Without a class it is usual_class(). The error is a
/// sentence.
std::expected<cosem::MethodDescriptor, std::string> parse_method(std::string_view text);

/// The class that objects with this code have in practically every meter: 8 for clocks, 1 for
/// identifiers and counters, 7 for profiles and event logs, 70 for the relay, else 3 (register).
std::uint16_t usual_class(const cosem::ObisCode& code);

}  // namespace dlms::cli
