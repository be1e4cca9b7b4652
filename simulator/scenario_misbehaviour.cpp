#include "simulator/scenario_misbehaviour.hpp"

#include <algorithm>

namespace dlms::simulator {
namespace {

constexpr std::int64_t latest_occasion = 1'000'000'000;

MisbehaviourKind read_kind(const ScenarioNode& node) {
    const auto kind = misbehaviour_from_name(node.text());
    if (!kind) {
        node.complain("the name of a misbehaviour (docs/scenario.md), for example \"wrong_tag\"");
    }
    return *kind;
}

Misdeed read_misdeed(const ScenarioNode& node) {
    if (node.is_text()) {
        return Misdeed(read_kind(node));
    }
    const MisbehaviourKind kind = read_kind(node.at("kind"));
    const MisbehaviourAmount& amount = description(kind).amount;
    if (amount.unit.empty()) {
        node.expect_keys({"kind", "percent", "at"});
    } else {
        node.expect_keys({"kind", "percent", "at", amount.unit});
    }
    Misdeed misdeed(kind);
    if (const auto percent = node.find("percent")) {
        misdeed.percent = percent->number();
        if (!(misdeed.percent > 0) || misdeed.percent > 100) {
            percent->complain("a percentage above 0, 100 at most");
        }
    }
    if (const auto at = node.find("at")) {
        misdeed.at = static_cast<std::uint32_t>(at->integer(1, latest_occasion));
    }
    if (const auto found = amount.unit.empty() ? std::nullopt : node.find(amount.unit)) {
        misdeed.amount = found->integer(amount.least, amount.most);
    }
    return misdeed;
}

}  // namespace

std::vector<Misdeed> read_misbehaviour(const ScenarioNode& node) {
    std::vector<Misdeed> misdeeds;
    if (!node.is_list()) {
        misdeeds.push_back(read_misdeed(node));
        return misdeeds;
    }
    if (node.size() > Misbehaviour::most) {
        node.complain("at most " + std::to_string(Misbehaviour::most) + " of them");
    }
    for (std::size_t i = 0; i < node.size(); ++i) {
        misdeeds.push_back(read_misdeed(node.element(i)));
    }
    return misdeeds;
}

std::vector<Misdeed> read_answer_misbehaviour(const ScenarioNode& node) {
    std::vector<Misdeed> misdeeds = read_misbehaviour(node);
    for (const Misdeed& misdeed : misdeeds) {
        const MisbehaviourDescription& what = description(misdeed.kind);
        if (what.place != MisbehaviourPlace::answer) {
            node.complain("what is done to answers; \"" + std::string(what.name) +
                          "\" is a misbehaviour of the whole meter");
        }
    }
    return misdeeds;
}

}  // namespace dlms::simulator
