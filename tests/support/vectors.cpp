#include "tests/support/vectors.hpp"

#include <fstream>
#include <stdexcept>

#include "stack/base/hex.hpp"

namespace dlms::testing {

std::vector<Json> load_vector_lines(std::string_view layer) {
    const std::string path =
        std::string(DLMS_VECTORS_DIRECTORY "/") + std::string(layer) + ".jsonl";
    std::ifstream file(path);
    if (!file) {
        throw std::runtime_error("no vectors at " + path);
    }
    std::vector<Json> lines;
    for (std::string line; std::getline(file, line);) {
        lines.push_back(Json::parse(line));
    }
    return lines;
}

std::vector<Vector> load_vectors(std::string_view layer) {
    std::vector<Vector> vectors;
    for (const Json& json : load_vector_lines(layer)) {
        Vector vector;
        vector.id = json.at("id").get<std::string>();
        vector.name = json.at("name").get<std::string>();
        vector.octets = from_hex(json.at("hex").get<std::string>()).value();
        vector.expect = json.at("expect");
        vector.valid = json.value("valid", true);
        vector.reason = json.value("reason", "");
        vector.keys = json.value("keys", Json());
        vectors.push_back(std::move(vector));
    }
    return vectors;
}

}  // namespace dlms::testing
