#pragma once
// The push_object_list of a push setup (class 40, attribute 2): the values that it names, with the
// restrictions and columns of versions 1 and 2.

#include "simulator/classes/class_behaviour.hpp"

namespace dlms::simulator {

/// A structure of the values; what is not there is null-data. Nothing for a list of another form.
std::optional<axdr::Data> push_body(const OwnObject& setup);

}  // namespace dlms::simulator
