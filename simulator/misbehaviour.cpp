#include "simulator/misbehaviour.hpp"

#include <algorithm>
#include <charconv>

namespace dlms::simulator {
namespace {

using enum MisbehaviourPlace;

constexpr std::int64_t longest_wait = 600'000;               // milliseconds
constexpr std::int64_t farthest_jump = 10LL * 366 * 86'400;  // seconds

/// In the order of MisbehaviourKind.
constexpr std::array descriptions{
    MisbehaviourDescription{"reboot", request},
    MisbehaviourDescription{
        "clock_jump", request, {"seconds", 3600, -farthest_jump, farthest_jump}},
    MisbehaviourDescription{"wrong_invoke_id", answer},
    MisbehaviourDescription{"wrong_block_number", answer},
    MisbehaviourDescription{"endless_blocks", answer},
    MisbehaviourDescription{"last_block_255", answer},
    MisbehaviourDescription{"wrong_length", answer},
    MisbehaviourDescription{"stale_answer", answer},
    MisbehaviourDescription{"unexpected_notification", answer},
    MisbehaviourDescription{"refused_list", answer},
    MisbehaviourDescription{"wrong_tag", answer},
    MisbehaviourDescription{"replay", answer},
    MisbehaviourDescription{"old_counter", answer},
    MisbehaviourDescription{"counter_reset", answer},
    MisbehaviourDescription{"downgrade", answer},
    MisbehaviourDescription{"wrong_title", answer},
    MisbehaviourDescription{"wrong_reply", answer},
    MisbehaviourDescription{"reflected_challenge", answer},
    MisbehaviourDescription{"aare_short_conformance_tag", answer},
    MisbehaviourDescription{"aare_long_lengths", answer},
    MisbehaviourDescription{"aare_provider_diagnostic", answer},
    MisbehaviourDescription{"aare_no_reason", answer},
    MisbehaviourDescription{"aare_initiate_error", answer},
    MisbehaviourDescription{"aare_rejected_with_response", answer},
    MisbehaviourDescription{"aare_no_user_information", answer},
    MisbehaviourDescription{"aare_trailing_octet", answer},
    MisbehaviourDescription{"aare_wrong_inner_length", answer},
    MisbehaviourDescription{"aare_short_outer_length", answer},
    MisbehaviourDescription{"aare_no_conformance", answer},
    MisbehaviourDescription{"aare_unasked_conformance", answer},
    MisbehaviourDescription{"aare_old_version", answer},
    MisbehaviourDescription{"aare_tiny_pdu_size", answer},
    MisbehaviourDescription{"rlre_no_reason", answer},
    MisbehaviourDescription{"rlre_not_finished", answer},
    MisbehaviourDescription{"rlre_with_initiate", answer},
    MisbehaviourDescription{"rlre_missing", answer},
    MisbehaviourDescription{"delay", line, {"milliseconds", 500, 1, longest_wait}},
    MisbehaviourDescription{"jitter", line, {"milliseconds", 500, 1, longest_wait}},
    MisbehaviourDescription{"bandwidth", line, {"bits_per_second", 9600, 50, 10'000'000}},
    MisbehaviourDescription{"slow_octets", line, {"milliseconds", 20, 6, longest_wait}},
    MisbehaviourDescription{"lose", line},
    MisbehaviourDescription{"truncate", line},
    MisbehaviourDescription{"duplicate", line},
    MisbehaviourDescription{"reorder", line, {"milliseconds", 1000, 1, longest_wait}},
    MisbehaviourDescription{"corrupt", line},
    MisbehaviourDescription{"wrong_fcs", line},
    MisbehaviourDescription{"wrong_wpdu_length", line},
    MisbehaviourDescription{"stuck", line},
    MisbehaviourDescription{"close", line},
    MisbehaviourDescription{"half_open", line},
};
static_assert(descriptions.size() == static_cast<std::size_t>(MisbehaviourKind::half_open) + 1);

template <class Number>
bool read_number(std::string_view text, Number& into) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
    return error == std::errc() && end == text.data() + text.size();
}

/// What stands before the next colon, taken off the text with it.
std::string_view take_part(std::string_view& text) {
    const std::size_t end = std::min(text.find(':'), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

}  // namespace

const MisbehaviourDescription& description(MisbehaviourKind kind) {
    return descriptions[static_cast<std::size_t>(kind)];
}

std::optional<MisbehaviourKind> misbehaviour_from_name(std::string_view name) {
    const auto* found = std::ranges::find(descriptions, name, &MisbehaviourDescription::name);
    return found != descriptions.end()
               ? std::optional(static_cast<MisbehaviourKind>(found - descriptions.begin()))
               : std::nullopt;
}

std::expected<Misdeed, std::string> parse_misdeed(std::string_view text) {
    const std::string_view name = take_part(text);
    const auto kind = misbehaviour_from_name(name);
    if (!kind) {
        return std::unexpected("\"" + std::string(name) +
                               "\" is none that docs/scenario.md lists; for example \"truncate\"");
    }
    Misdeed misdeed(*kind);
    if (!text.empty()) {
        const std::string_view percent = take_part(text);
        if (!read_number(percent, misdeed.percent) || !(misdeed.percent > 0) ||
            misdeed.percent > 100) {
            return std::unexpected("a percentage above 0 is expected behind " + std::string(name));
        }
    }
    if (!text.empty()) {
        const MisbehaviourAmount& amount = description(*kind).amount;
        if (amount.unit.empty()) {
            return std::unexpected(std::string(name) + " takes nothing but a percentage");
        }
        if (!read_number(text, misdeed.amount) || misdeed.amount < amount.least ||
            misdeed.amount > amount.most) {
            return std::unexpected(std::string(name) + ": " + std::string(amount.unit) + " from " +
                                   std::to_string(amount.least) + " to " +
                                   std::to_string(amount.most) + " are expected");
        }
    }
    return misdeed;
}

Misbehaviour::Misbehaviour(std::vector<Misdeed> misdeeds, std::uint64_t seed)
    : misdeeds_(std::move(misdeeds)), counters_(misdeeds_.size()), chance_(seed) {
    for (const Misdeed& misdeed : misdeeds_) {
        places_[static_cast<std::size_t>(description(misdeed.kind).place)] = true;
    }
}

bool Misbehaviour::draws(std::size_t index) {
    const Misdeed& misdeed = misdeeds_[index];
    Counters& counters = counters_[index];
    ++counters.occasions;
    const bool does = misdeed.at > 0 ? counters.occasions == misdeed.at
                                     : misdeed.percent >= 100 || chance_.happens(misdeed.percent);
    counters.done += does ? 1U : 0U;
    return does;
}

}  // namespace dlms::simulator
