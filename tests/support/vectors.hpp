#pragma once
// The vectors of tests/vectors: octets that came from elsewhere, and what they mean
// (docs/vectors.md).

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "stack/base/bytes.hpp"

namespace dlms::testing {

using Json = nlohmann::json;

struct Vector {
    std::string id;
    std::string name;
    ByteBuffer octets;
    Json expect;
    bool valid = true;
    std::string reason;  ///< why a receiver must refuse; empty when valid
    Json keys;           ///< what deciphers it; null for most
};

/// The lines of a file of tests/vectors as they are; "meter_profiles" has a form of its own.
/// Throws as load_vectors() does.
std::vector<Json> load_vector_lines(std::string_view layer);

/// All vectors of a layer ("acse", "data", "xdlms" ...) in the order of the file. Throws
/// when the file is missing or is not what it should be.
std::vector<Vector> load_vectors(std::string_view layer);

}  // namespace dlms::testing
