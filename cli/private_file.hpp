#pragma once
// Files with secrets: their owner's alone, and on the disk when a call returns.

#include <optional>
#include <string>

#include "stack/base/bytes.hpp"

namespace dlms::cli {

/// Makes a file; one that is there is left alone. Nothing, or what went wrong as a sentence.
std::optional<std::string> create_private_file(const std::string& name, ByteView content);
/// Adds to a file that create_private_file() has made.
std::optional<std::string> append_to_private_file(const std::string& name, ByteView content);

}  // namespace dlms::cli
