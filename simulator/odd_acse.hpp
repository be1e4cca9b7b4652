#pragma once
// Odd AAREs and RLREs: those of meters in the field, and those that no meter may send.

#include <optional>

#include "simulator/misbehaviour.hpp"
#include "stack/base/bytes.hpp"

namespace dlms::simulator {

/// An AARE or RLRE changed as the kind says. Empty: nothing is sent. Nothing for another kind or
/// APDU, and for what ciphering hides.
std::optional<ByteBuffer> odd_acse(MisbehaviourKind kind, ByteView apdu);

}  // namespace dlms::simulator
