#include "simulator/short_names.hpp"

#include "stack/cosem/interface_class.hpp"

namespace dlms::simulator {
namespace {

namespace base_names = cosem::base_names;
using namespace cosem::literals;

constexpr std::uint16_t step = 8;
constexpr std::uint32_t first_free_name = 0x0100;

std::uint16_t reserved_name(const MeterObject& object) {
    switch (object.class_id) {
        case 1:
            return object.instance == "0-0:42.0.0.255"_obis ? base_names::logical_device_name : 0;
        case 9: return object.instance == "0-0:10.0.125.255"_obis ? base_names::script_table : 0;
        case 12: return base_names::current_association;
        case 17: return base_names::sap_assignment;
        default: return 0;
    }
}

/// Octets from the base name to a method.
std::optional<std::uint16_t> offset_of(const MeterObject& object, const Method& method) {
    const cosem::InterfaceClass* row = cosem::find_class(object.class_id, object.version);
    return row ? cosem::method_offset(*row, method.id) : std::nullopt;
}

/// Octets that the names of an object take.
std::uint32_t extent(const MeterObject& object) {
    std::uint32_t end = step;
    for (const Attribute& attribute : object.attributes) {
        if (const auto offset = cosem::attribute_offset(attribute.id)) {
            end = std::max<std::uint32_t>(end, *offset + std::uint32_t{step});
        }
    }
    for (const Method& method : object.methods) {
        if (const auto offset = offset_of(object, method)) {
            end = std::max<std::uint32_t>(end, *offset + std::uint32_t{step});
        }
    }
    return end;
}

struct Block {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

}  // namespace

std::optional<ShortNames> ShortNames::assign(std::span<const MeterObject> objects) {
    ShortNames names;
    names.bases_.resize(objects.size());
    std::vector<Block> taken;
    const auto take = [&](std::size_t index, std::uint32_t base) {
        const Block block{base, base + extent(objects[index])};
        const bool is_free = std::ranges::none_of(taken, [&](const Block& other) {
            return block.begin < other.end && other.begin < block.end;
        });
        if (!is_free || base % step != 0 || block.end > 0x10000) {
            return false;
        }
        taken.push_back(block);
        names.bases_[index] = static_cast<std::uint16_t>(base);
        return true;
    };
    for (std::size_t i = 0; i < objects.size(); ++i) {
        const std::uint16_t base =
            objects[i].base_name != 0 ? objects[i].base_name : reserved_name(objects[i]);
        if (base != 0 && !take(i, base)) {
            return std::nullopt;
        }
    }
    std::uint32_t next = first_free_name;
    for (std::size_t i = 0; i < objects.size(); ++i) {
        const bool is_association_ln = objects[i].class_id == 15;
        while (names.bases_[i] == 0 && !is_association_ln && !take(i, next)) {
            next += step;
            if (next >= base_names::current_association) {
                return std::nullopt;
            }
        }
        if (names.bases_[i] == next) {
            next = taken.back().end;
        }
    }
    for (std::size_t i = 0; i < objects.size(); ++i) {
        if (names.bases_[i] == 0) {
            continue;
        }
        const auto add = [&](std::uint16_t offset, std::int8_t id, bool is_method) {
            const auto name = static_cast<std::uint16_t>(names.bases_[i] + offset);
            names.entries_.push_back({name, {i, id, is_method}});
        };
        add(0, 1, false);
        for (const Attribute& attribute : objects[i].attributes) {
            if (const auto offset = cosem::attribute_offset(attribute.id)) {
                add(*offset, attribute.id, false);
            }
        }
        for (const Method& method : objects[i].methods) {
            if (const auto offset = offset_of(objects[i], method)) {
                add(*offset, method.id, true);
            }
        }
    }
    std::ranges::sort(names.entries_, {}, &Entry::name);
    return names;
}

std::optional<ShortNames::Target> ShortNames::find(std::uint16_t name) const {
    const auto found = std::ranges::lower_bound(entries_, name, {}, &Entry::name);
    return found != entries_.end() && found->name == name ? std::optional(found->target)
                                                          : std::nullopt;
}

}  // namespace dlms::simulator
