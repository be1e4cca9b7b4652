#include "simulator/meter_model.hpp"

#include <algorithm>

#include "simulator/classes/class_behaviour.hpp"

namespace dlms::simulator {
namespace {

constexpr std::uint16_t association_sn_class = 12;

}  // namespace

std::size_t DeviceModel::ObisHash::operator()(const cosem::ObisCode& code) const {
    std::uint64_t key = 0;
    for (const Byte octet : code.octets()) {
        key = key << 8 | octet;
    }
    key *= 0x9E3779B97F4A7C15u;
    return static_cast<std::size_t>(key ^ key >> 32);
}

DeviceModel::DeviceModel(const DeclaredDevice& declared)
    : declared_(declared), object_lists_(declared.associations.size()) {
    const std::vector<MeterObject>& objects = declared.objects;
    index_.reserve(objects.size());
    behaviours_.reserve(objects.size());
    for (std::size_t i = 0; i < objects.size(); ++i) {
        if (objects[i].class_id != association_sn_class) {
            index_.emplace(objects[i].instance, i);
        }
        by_class_[objects[i].class_id].push_back(i);
        const ClassBehaviour* const behaviour = class_behaviour(objects[i].class_id);
        behaviours_.push_back(behaviour);
        if (behaviour && behaviour->is_active(objects[i])) {
            active_.push_back(i);
        }
        if (behaviour && behaviour->observes(objects[i])) {
            observers_.push_back(i);
        }
    }
    const bool has_short_names =
        std::ranges::any_of(declared.associations, [](const DeclaredAssociation& association) {
            return association.configuration.referencing == association::Referencing::short_name;
        });
    if (has_short_names) {
        names_ = ShortNames::assign(objects).value_or(ShortNames());
    }
}

std::optional<std::size_t> DeviceModel::find(const cosem::ObisCode& instance) const {
    const auto found = index_.find(instance);
    return found != index_.end() ? std::optional(found->second) : std::nullopt;
}

std::span<const std::size_t> DeviceModel::of_class(std::uint16_t class_id) const {
    const auto found = by_class_.find(class_id);
    return found != by_class_.end() ? std::span<const std::size_t>(found->second)
                                    : std::span<const std::size_t>();
}

MeterModel::MeterModel(Scenario scenario)
    : scenario_(std::move(scenario)), curves_(std::make_shared<const LoadCurves>(scenario_.load)) {
    devices_.reserve(scenario_.devices.size());
    for (const DeclaredDevice& device : scenario_.devices) {
        devices_.emplace_back(device);
    }
}

}  // namespace dlms::simulator
