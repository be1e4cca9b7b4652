#pragma once
// Verdicts of conformance cases, as the certification tool has them.

#include <cstdint>
#include <string>
#include <string_view>

namespace dlms::conformance {

enum class Verdict : std::uint8_t {
    passed,
    failed,
    inconclusive,  ///< nothing was shown: the line failed, or a step before the judged one did
    inapplicable,  ///< the declaration does not claim what the case is about
};

constexpr std::string_view name(Verdict verdict) {
    switch (verdict) {
        case Verdict::passed: return "PASSED";
        case Verdict::failed: return "FAILED";
        case Verdict::inconclusive: return "INCONCLUSIVE";
        case Verdict::inapplicable: return "INAPPLICABLE";
    }
    return "?";
}

/// Thrown where a case ends before its last step; the runner alone catches it. A case that returns
/// has passed. An exception, because a case is a list of steps any of which may end it, at any
/// depth of the helper procedures.
struct CaseEnd {
    Verdict verdict;
    std::string reason;
};

}  // namespace dlms::conformance
