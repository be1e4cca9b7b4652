#pragma once
// DeviceValues: the stored values of one meter's logical device, as far as they are not those that
// its model declares.

#include <cstdint>
#include <unordered_map>

#include "simulator/meter_object.hpp"

namespace dlms::simulator {

class DeviceValues {
public:
    using Key = std::uint32_t;
    static Key key(std::size_t object, std::int8_t id) {
        return static_cast<Key>(object << 8) | static_cast<std::uint8_t>(id);
    }

    /// Valid until this value changes.
    const axdr::Data& value(std::size_t object, std::int8_t id, const StoredValue& declared) const {
        const auto found = changed_.find(key(object, id));
        return found != changed_.end() ? found->second : declared.data;
    }
    void put(std::size_t object, std::int8_t id, const StoredValue& declared, axdr::Data value) {
        if (value == declared.data) {
            changed_.erase(key(object, id));
        } else {
            changed_.insert_or_assign(key(object, id), std::move(value));
        }
    }
    const std::unordered_map<Key, axdr::Data>& changed() const { return changed_; }
    void restore(std::unordered_map<Key, axdr::Data> changed) { changed_ = std::move(changed); }

private:
    std::unordered_map<Key, axdr::Data> changed_;
};

/// Where a living value of one meter counts from.
struct LivingOrigin {
    double origin = 0;               ///< what it had counted at its last reset
    std::optional<double> stands{};  ///< what it showed when it was stopped (register activation)

    friend bool operator==(const LivingOrigin&, const LivingOrigin&) = default;
};

}  // namespace dlms::simulator
