#pragma once
// Special days table (class 11; Blue Book 4.5.4).

#include "simulator/classes/class_behaviour.hpp"

namespace dlms::simulator {

struct SpecialDay {
    std::size_t place;  ///< among the table's entries
    std::uint8_t day_id;
};

/// The entry of the device's first table that a local day matches; the first where several do.
std::optional<SpecialDay> special_day(LogicalDevice& device, std::int64_t day);

}  // namespace dlms::simulator
