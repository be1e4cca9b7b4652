#pragma once
// The suite: every case of the server's (meter's) part, and what runs them.

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/tester.hpp"

namespace dlms::conformance {

struct Case {
    std::string_view id;  ///< of the catalogue, with the sub-test behind a slash
    /// Why a meter that declares this need not pass the case; empty when it must. A case that needs
    /// more, such as an object, ends as inapplicable by itself.
    std::string (*inapplicable)(const Declaration& declared);
    void (*run)(Tester& tester);
};

std::span<const Case> hdlc_cases();
std::span<const Case> wrapper_cases();
std::span<const Case> open_cases();
std::span<const Case> release_cases();
std::span<const Case> data_ln_cases();
std::span<const Case> data_ln_block_cases();
std::span<const Case> access_gbt_notification_cases();
std::span<const Case> data_sn_cases();
std::span<const Case> symsec_cases();
std::span<const Case> cosem_cases();
std::span<const Case> class_cases();

/// All of them, in the order of the catalogue.
std::vector<Case> suite();

struct CaseResult {
    std::string_view id;
    std::string_view title;
    Verdict verdict = Verdict::inconclusive;
    std::string reason;  ///< empty for passed
    std::chrono::microseconds duration{};
    Record record;
};

struct RunOptions {
    Place place;
    std::uint32_t first_counter = 0;  ///< invocation counters that were never used begin here
    /// Called before each case, with the number of those that were run and of all.
    std::function<void(std::size_t done, std::size_t all, std::string_view id)> progress;
};

/// Runs the cases one after the other. What one leaves behind does not reach the next: each has
/// connections of its own.
std::vector<CaseResult> run(std::span<const Case> cases, const Declaration& declared,
                            const RunOptions& options);

}  // namespace dlms::conformance
