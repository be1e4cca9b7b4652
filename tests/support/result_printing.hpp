#pragma once
// Errors as Boost.Test prints them, and the one comparison that most tests of refusals make.

#include <ostream>
#include <string>

#include "stack/base/result.hpp"

namespace dlms {

inline std::ostream& operator<<(std::ostream& stream, ErrorCode code) {
    return stream << name(code);
}

}  // namespace dlms

namespace dlms::testing {

/// "accepted", or the error as "layer/code@offset".
template <class T>
std::string outcome(const Result<T>& result) {
    if (result) {
        return "accepted";
    }
    std::string text(name(result.error().layer));
    text += '/';
    text += name(result.error().code);
    text += '@';
    text += std::to_string(result.error().offset);
    return text;
}

}  // namespace dlms::testing
