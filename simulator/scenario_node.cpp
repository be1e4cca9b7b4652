#include "simulator/scenario_node.hpp"

#include <algorithm>
#include <cmath>

namespace dlms::simulator {

std::string ScenarioNode::path() const {
    if (!parent_) {
        return "";
    }
    return parent_->path() + "/" + (key_.empty() ? std::to_string(index_) : std::string(key_));
}

void ScenarioNode::complain(std::string_view expected) const {
    const std::string where = path();
    throw ScenarioError((where.empty() ? "/" : where) + ": expected " + std::string(expected));
}

void ScenarioNode::expect_keys(std::initializer_list<std::string_view> allowed) const {
    if (!value_.is_object()) {
        complain("an object");
    }
    for (const auto& member : value_.items()) {
        if (std::ranges::find(allowed, member.key()) == allowed.end()) {
            std::string text = "one of the keys";
            for (const std::string_view key : allowed) {
                text += " \"" + std::string(key) + "\"";
            }
            ScenarioNode(member.value(), this, member.key(), 0).complain(text);
        }
    }
}

std::optional<ScenarioNode> ScenarioNode::find(std::string_view key) const {
    if (!value_.is_object()) {
        complain("an object");
    }
    const auto found = value_.find(key);
    if (found == value_.end()) {
        return std::nullopt;
    }
    return ScenarioNode(*found, this, key, 0);
}

ScenarioNode ScenarioNode::at(std::string_view key) const {
    const std::optional<ScenarioNode> found = find(key);
    if (!found) {
        complain("the key \"" + std::string(key) + "\"");
    }
    return *found;
}

std::pair<std::string_view, ScenarioNode> ScenarioNode::only_member() const {
    if (!value_.is_object() || value_.size() != 1) {
        complain("null, or an object with one key, the type");
    }
    const std::string& key = value_.begin().key();
    return {key, ScenarioNode(*value_.begin(), this, key, 0)};
}

std::size_t ScenarioNode::size() const {
    if (!value_.is_array()) {
        complain("an array");
    }
    return value_.size();
}

ScenarioNode ScenarioNode::element(std::size_t index) const {
    return ScenarioNode(value_[index], this, {}, index);
}

std::string_view ScenarioNode::text() const {
    const auto* text = value_.get_ptr<const nlohmann::json::string_t*>();
    if (!text) {
        complain("a string");
    }
    return *text;
}

bool ScenarioNode::boolean() const {
    if (!value_.is_boolean()) {
        complain("true or false");
    }
    return value_.get<bool>();
}

std::int64_t ScenarioNode::integer(std::int64_t low, std::int64_t high) const {
    const bool is_integer =
        value_.is_number_integer() &&
        (!value_.is_number_unsigned() || value_.get<std::uint64_t>() <= std::uint64_t{INT64_MAX});
    if (!is_integer || value_.get<std::int64_t>() < low || value_.get<std::int64_t>() > high) {
        complain("an integer from " + std::to_string(low) + " to " + std::to_string(high));
    }
    return value_.get<std::int64_t>();
}

std::uint64_t ScenarioNode::natural() const {
    if (!value_.is_number_unsigned()) {
        complain("an integer that is not negative");
    }
    return value_.get<std::uint64_t>();
}

double ScenarioNode::number() const {
    if (!value_.is_number() || !std::isfinite(value_.get<double>())) {
        complain("a number");
    }
    return value_.get<double>();
}

}  // namespace dlms::simulator
