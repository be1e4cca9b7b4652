#pragma once
// Record: what was said in a case, in order.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "conformance/declaration.hpp"

namespace dlms::conformance {

struct Entry {
    enum class Kind : std::uint8_t {
        step,  ///< a sentence of the case
        sent,  ///< octets on the line
        received,
    };
    Kind kind = Kind::step;
    std::chrono::microseconds at{};  ///< since the case began
    std::string text;                ///< of a step
    Hex octets;
    unsigned connection = 1;  ///< number of the connection in the case
};

using Record = std::vector<Entry>;

}  // namespace dlms::conformance
