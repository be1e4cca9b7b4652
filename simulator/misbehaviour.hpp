#pragma once
// Misbehaviour: what a simulated meter was told to do wrongly, so that a client shows what it makes
// of it, and the chance that decides when it does. docs/scenario.md describes every kind.
//
// A kind has a place where it is done, and occasions there: requests that come, answers that leave
// an association, octets that leave on a line. Who does it asks draws() at each occasion.

#include <array>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/chance.hpp"

namespace dlms::simulator {

enum class MisbehaviourKind : std::uint8_t {
    // As a request comes: MeterAssociations.
    reboot,      ///< power fails and comes back; the request is lost
    clock_jump,  ///< the clock is set by so many seconds

    // Plain answers, also within ciphering: AnswerMisbehaviour.
    wrong_invoke_id,
    wrong_block_number,       ///< of a GET answer in blocks
    endless_blocks,           ///< a GET answer in blocks that never ends
    last_block_255,           ///< the last block is marked FF instead of 01
    wrong_length,             ///< of the Data of a GET answer, or of a block of it
    stale_answer,             ///< the answer to the request before
    unexpected_notification,  ///< in front of the answer
    refused_list,             ///< an error instead of a list

    // Ciphered answers, and proofs: AnswerMisbehaviour.
    wrong_tag,
    replay,
    old_counter,
    counter_reset,
    downgrade,
    wrong_title,
    wrong_reply,
    reflected_challenge,

    // AARE and RLRE: odd_acse.hpp.
    aare_short_conformance_tag,
    aare_long_lengths,
    aare_provider_diagnostic,
    aare_no_reason,
    aare_initiate_error,
    aare_rejected_with_response,
    aare_no_user_information,
    aare_trailing_octet,
    aare_wrong_inner_length,
    aare_short_outer_length,
    aare_no_conformance,
    aare_unasked_conformance,
    aare_old_version,
    aare_tiny_pdu_size,
    rlre_no_reason,
    rlre_not_finished,
    rlre_with_initiate,
    rlre_missing,

    // Octets on a line: MisbehavingLine.
    delay,
    jitter,
    bandwidth,
    slow_octets,
    lose,
    truncate,
    duplicate,
    reorder,
    corrupt,
    wrong_fcs,
    wrong_wpdu_length,
    stuck,
    close,
    half_open,
};

enum class MisbehaviourPlace : std::uint8_t { request, answer, line };

/// The number that some kinds take.
struct MisbehaviourAmount {
    std::string_view unit;  ///< "milliseconds", "seconds", "bits_per_second"; empty: none is taken
    std::int64_t usual = 0;
    std::int64_t least = 0;
    std::int64_t most = 0;
};

struct MisbehaviourDescription {
    std::string_view name;
    MisbehaviourPlace place{};
    MisbehaviourAmount amount{};
};
const MisbehaviourDescription& description(MisbehaviourKind kind);
std::optional<MisbehaviourKind> misbehaviour_from_name(std::string_view name);

/// One thing to do wrongly.
struct Misdeed {
    MisbehaviourKind kind{};
    double percent = 100;  ///< of the occasions, above 0
    std::uint32_t at = 0;  ///< only the occasion of this number, from 1; 0: percent decides
    std::int64_t amount = 0;

    explicit Misdeed(MisbehaviourKind what) : kind(what), amount(description(what).amount.usual) {}
};

/// "truncate", "truncate:5" (percent) or "delay:100:250" (percent and amount). The error says what
/// is expected.
std::expected<Misdeed, std::string> parse_misdeed(std::string_view text);

class Misbehaviour {
public:
    /// Things that one meter does wrongly at a time.
    static constexpr std::size_t most = 64;

    struct Counters {
        std::uint64_t occasions = 0;
        std::uint64_t done = 0;
    };

    Misbehaviour(std::vector<Misdeed> misdeeds, std::uint64_t seed);

    std::span<const Misdeed> misdeeds() const { return misdeeds_; }
    /// Of a misdeed by its index.
    const Counters& counters(std::size_t index) const { return counters_[index]; }
    bool concerns(MisbehaviourPlace place) const {
        return places_[static_cast<std::size_t>(place)];
    }
    /// An occasion for the misdeed of this index: whether it is done.
    bool draws(std::size_t index);
    /// A number below `limit`, which is not 0.
    std::size_t below(std::size_t limit) { return chance_.below(limit); }

private:
    std::vector<Misdeed> misdeeds_;
    std::vector<Counters> counters_;
    std::array<bool, 3> places_{};
    Chance chance_;
};

}  // namespace dlms::simulator
