#pragma once
// MeterModel: what all meters of one scenario share: the scenario, and what is made of it once. It
// does not change, so ten thousand meters need it once.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "simulator/scenario.hpp"
#include "simulator/short_names.hpp"

namespace dlms::simulator {

class ClassBehaviour;

/// The objects of one logical device, found by name.
class DeviceModel {
public:
    /// `declared` must outlive the model.
    explicit DeviceModel(const DeclaredDevice& declared);

    const DeclaredDevice& declared() const { return declared_; }
    /// Empty where no association uses them.
    const ShortNames& names() const { return names_; }
    /// The place of an object among the declared ones; never that of an Association SN (class 12),
    /// which shares its name.
    std::optional<std::size_t> find(const cosem::ObisCode& instance) const;
    /// The places of the objects of a class, in order.
    std::span<const std::size_t> of_class(std::uint16_t class_id) const;
    /// What the class of an object does; null for a class that only holds values.
    const ClassBehaviour* behaviour(std::size_t object) const { return behaviours_[object]; }
    /// Objects that do something by themselves, in order.
    const std::vector<std::size_t>& active() const { return active_; }
    /// Objects that mind what others hold.
    const std::vector<std::size_t>& observers() const { return observers_; }

    /// By association: lists that every meter has as long as its own objects are the declared ones.
    /// Made when they are first asked for.
    std::vector<std::optional<axdr::Data>>& object_lists() const { return object_lists_; }

private:
    struct ObisHash {
        std::size_t operator()(const cosem::ObisCode& code) const;
    };

    const DeclaredDevice& declared_;
    ShortNames names_;
    std::unordered_map<cosem::ObisCode, std::size_t, ObisHash> index_;
    std::unordered_map<std::uint16_t, std::vector<std::size_t>> by_class_;
    std::vector<const ClassBehaviour*> behaviours_;  // by object
    std::vector<std::size_t> active_;
    std::vector<std::size_t> observers_;
    mutable std::vector<std::optional<axdr::Data>> object_lists_;
};

class MeterModel {
public:
    explicit MeterModel(Scenario scenario);
    MeterModel(const MeterModel&) = delete;
    MeterModel& operator=(const MeterModel&) = delete;

    const Scenario& scenario() const { return scenario_; }
    const std::vector<DeviceModel>& devices() const { return devices_; }
    const std::shared_ptr<const LoadCurves>& curves() const { return curves_; }

private:
    Scenario scenario_;
    std::vector<DeviceModel> devices_;
    std::shared_ptr<const LoadCurves> curves_;
};

}  // namespace dlms::simulator
