#pragma once
// Associations of logical names as the cases of the data services want them.

#include "conformance/cases/needs.hpp"

namespace dlms::conformance {

/// An association with these bits, without those of `without`, for answers of so many octets.
inline Session opened(Tester& tester, const DeclaredAssociation& association,
                      std::uint32_t without = bit::general_block_transfer,
                      std::uint16_t max_pdu_size = 0xFFFF) {
    Session s(tester, association);
    InitiateParts parts = s.initiate();
    parts.conformance = number(association.conformance & ~without, 3);
    parts.max_pdu_size = max_pdu_size;
    s.associate(parts);
    return s;
}

template <std::uint32_t Bits>
Session opened_ln(Tester& tester, std::uint16_t max_pdu_size = 0xFFFF) {
    return opened(tester, ln<Bits>(tester), bit::general_block_transfer, max_pdu_size);
}

/// exception-response, or the service's own error: the request was not served.
inline void expect_refused(const Hex& answer, const std::string& what) {
    const bool is_refused = answer.starts_with("D8") ||
                            (answer.starts_with("C401C101") && answer.size() == 10) ||
                            (answer.starts_with("C501C1") && !answer.ends_with("00")) ||
                            (answer.starts_with("C701C1") && !answer.starts_with("C701C100"));
    expect(is_refused, what + ": expected a refusal, the meter answered " +
                           (answer.empty() ? "nothing" : answer));
}

/// One of these data-access-results or action-results.
inline void expect_result(int came, std::initializer_list<int> expected, const std::string& what) {
    std::string all;
    for (const int one : expected) {
        if (one == came) {
            return;
        }
        all += (all.empty() ? "" : " or ") + std::to_string(one);
    }
    fail(what + ": expected result " + all + ", not " + std::to_string(came));
}

inline const Hex unknown_object =
    "0003"
    "0100636363FF"
    "02";  // 1-0:99.99.99.255

}  // namespace dlms::conformance
