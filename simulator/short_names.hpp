#pragma once
// ShortNames: the base names of a logical device's objects (short name referencing; Blue Book
// 4.1.3, Green Book 9.5): attribute n lies 8 (n - 1) behind the base name, methods where the class
// has them.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "simulator/meter_object.hpp"

namespace dlms::simulator {

class ShortNames {
public:
    /// What a short name stands for.
    struct Target {
        std::size_t object = 0;  ///< its index among the objects
        std::int8_t id = 0;
        bool is_method = false;
    };

    /// No names.
    ShortNames() = default;

    /// Gives every object but the Association LN a base name: the declared one, the reserved one of
    /// the Association SN, the SAP assignment, the logical device name or the broadcast script
    /// table, or else the next that is free. Nothing when declared names overlap, are no multiples
    /// of 8, or when there is no room.
    static std::optional<ShortNames> assign(std::span<const MeterObject> objects);

    std::optional<Target> find(std::uint16_t name) const;
    /// 0 for an object without a name.
    std::uint16_t base_name(std::size_t object) const {
        return object < bases_.size() ? bases_[object] : std::uint16_t{0};
    }

private:
    struct Entry {
        std::uint16_t name = 0;
        Target target;
    };

    std::vector<std::uint16_t> bases_;  // by object
    std::vector<Entry> entries_;        // in ascending order of name
};

}  // namespace dlms::simulator
