#pragma once
// A state machine as data: rows of (state, input, next state). What has no row is unexpected.

#include <optional>
#include <span>

namespace dlms {

template <class State, class Input>
struct Transition {
    State from;
    Input input;
    State to;
};

template <class State, class Input>
constexpr std::optional<State> next_state(std::span<const Transition<State, Input>> table,
                                          State from, Input input) {
    for (const Transition<State, Input>& row : table) {
        if (row.from == from && row.input == input) {
            return row.to;
        }
    }
    return std::nullopt;
}

}  // namespace dlms
