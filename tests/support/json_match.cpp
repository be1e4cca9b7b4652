#include "tests/support/json_match.hpp"

namespace dlms::testing {
namespace {

using Json = nlohmann::json;

void compare(const std::string& path, const Json& expected, const Json& actual,
             std::string& found) {
    if (expected.is_object() && actual.is_object()) {
        for (const auto& [key, value] : expected.items()) {
            if (key != "operation" && key != "note") {
                compare(path + '.' + key, value, actual.contains(key) ? actual.at(key) : Json(),
                        found);
            }
        }
        return;
    }
    if (expected.is_array() && actual.is_array() && expected.size() == actual.size()) {
        for (std::size_t i = 0; i < expected.size(); ++i) {
            compare(path + '[' + std::to_string(i) + ']', expected[i], actual[i], found);
        }
        return;
    }
    if (expected != actual) {
        found += path + ": expected " + expected.dump() + ", got " + actual.dump() + '\n';
    }
}

}  // namespace

std::string differences(const Json& expected, const Json& actual) {
    std::string found;
    compare("", expected, actual, found);
    return found;
}

}  // namespace dlms::testing
