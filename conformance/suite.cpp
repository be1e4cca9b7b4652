#include "conformance/suite.hpp"

#include <algorithm>
#include <exception>

#include "conformance/catalogue.hpp"

namespace dlms::conformance {
namespace {

CaseResult run_one(const Case& one, const Declaration& declared, const RunOptions& options,
                   std::uint32_t& next_counter) {
    CaseResult result;
    result.id = one.id;
    result.title = catalogue_entry(one.id).title;
    if (std::string reason = one.inapplicable(declared); !reason.empty()) {
        result.verdict = Verdict::inapplicable;
        result.reason = std::move(reason);
        return result;
    }
    Tester tester(declared, options.place, next_counter);
    try {
        one.run(tester);
        result.verdict = Verdict::passed;
    } catch (CaseEnd& end) {
        result.verdict = end.verdict;
        result.reason = std::move(end.reason);
    } catch (const std::exception& error) {
        result.reason = std::string("a defect of the suite: ") + error.what();
    }
    result.duration = tester.elapsed();
    result.record = std::move(tester.record());
    return result;
}

}  // namespace

std::vector<Case> suite() {
    std::vector<Case> all;
    for (const std::span<const Case> group :
         {hdlc_cases(), wrapper_cases(), open_cases(), release_cases(), data_ln_cases(),
          data_ln_block_cases(), access_gbt_notification_cases(), data_sn_cases(), symsec_cases(),
          cosem_cases(), class_cases()}) {
        all.insert(all.end(), group.begin(), group.end());
    }
    std::ranges::stable_sort(all, {}, [](const Case& one) { return catalogue_index(one.id); });
    return all;
}

std::vector<CaseResult> run(std::span<const Case> cases, const Declaration& declared,
                            const RunOptions& options) {
    std::vector<CaseResult> results;
    std::uint32_t next_counter = options.first_counter;
    for (const Case& one : cases) {
        if (options.progress) {
            options.progress(results.size(), cases.size(), one.id);
        }
        results.push_back(run_one(one, declared, options, next_counter));
    }
    return results;
}

}  // namespace dlms::conformance
