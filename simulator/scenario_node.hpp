#pragma once
// ScenarioNode: a value of the scenario's JSON document that knows where it stands, so that every
// complaint names the place and what was expected there. Internal to the scenario's readers.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace dlms::simulator {

/// Thrown by the readers and caught in parse_scenario().
class ScenarioError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Valid as long as the document and the nodes that it was reached through.
class ScenarioNode {
public:
    explicit ScenarioNode(const nlohmann::json& document) : value_(document) {}

    /// Throws: "/logical_devices/0/sap: expected <what>".
    [[noreturn]] void complain(std::string_view expected) const;
    std::string path() const;

    /// Complains unless this is an object with no other keys than these.
    void expect_keys(std::initializer_list<std::string_view> allowed) const;
    /// A member that must be there.
    ScenarioNode at(std::string_view key) const;
    std::optional<ScenarioNode> find(std::string_view key) const;
    /// The only member of an object.
    std::pair<std::string_view, ScenarioNode> only_member() const;

    /// Elements of an array.
    std::size_t size() const;
    ScenarioNode element(std::size_t index) const;

    bool is_null() const { return value_.is_null(); }
    bool is_text() const { return value_.is_string(); }
    bool is_list() const { return value_.is_array(); }
    std::string_view text() const;
    bool boolean() const;
    std::int64_t integer(std::int64_t low, std::int64_t high) const;
    std::uint64_t natural() const;
    double number() const;

private:
    ScenarioNode(const nlohmann::json& value, const ScenarioNode* parent, std::string_view key,
                 std::size_t index)
        : value_(value), parent_(parent), key_(key), index_(index) {}

    const nlohmann::json& value_;
    const ScenarioNode* parent_ = nullptr;
    std::string_view key_;
    std::size_t index_ = 0;
};

}  // namespace dlms::simulator
