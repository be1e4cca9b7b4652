#include "simulator/classes/class_behaviour.hpp"

#include <algorithm>
#include <array>

#include "simulator/classes/all_classes.hpp"
#include "simulator/classes/arbitrator.hpp"
#include "simulator/logical_device.hpp"

namespace dlms::simulator {

using axdr::DataView;

const ClassBehaviour* class_behaviour(std::uint16_t class_id) {
    struct Row {
        std::uint16_t class_id;
        const ClassBehaviour& (*behaviour)();
    };
    static constexpr Row rows[] = {
        {1, data_behaviour},
        {3, register_behaviour},
        {4, register_behaviour},
        {5, demand_register_behaviour},
        {6, register_activation_behaviour},
        {7, profile_generic_behaviour},
        {8, clock_behaviour},
        {9, script_table_behaviour},
        {10, schedule_behaviour},
        {11, special_days_behaviour},
        {12, association_sn_behaviour},
        {15, association_ln_behaviour},
        {17, sap_assignment_behaviour},
        {18, image_transfer_behaviour},
        {20, activity_calendar_behaviour},
        {21, register_monitor_behaviour},
        {22, single_action_schedule_behaviour},
        {40, push_setup_behaviour},
        {42, ipv4_setup_behaviour},
        {62, compact_data_behaviour},
        {65, parameter_monitor_behaviour},
        {68, arbitrator_behaviour},
        {70, disconnect_control_behaviour},
        {71, limiter_behaviour},
        {111, account_behaviour},
        {112, credit_behaviour},
        {113, charge_behaviour},
        {115, token_gateway_behaviour},
        {124, port_protection_behaviour},
    };
    const auto* const found = std::ranges::find(rows, class_id, &Row::class_id);
    return found != std::end(rows) ? &found->behaviour() : nullptr;
}

const MeterObject& OwnObject::declared() const {
    return device.object(index);
}

DataView OwnObject::stored(std::int8_t id) const {
    return device.stored({index, id});
}

std::uint64_t OwnObject::number(std::int8_t id, std::uint64_t otherwise) const {
    return stored(id).unsigned_integer().value_or(otherwise);
}

std::int64_t OwnObject::signed_number(std::int8_t id, std::int64_t otherwise) const {
    return stored(id).signed_integer().value_or(otherwise);
}

bool OwnObject::is_true(std::int8_t id) const {
    return stored(id).boolean().value_or(false);
}

void OwnObject::store(std::int8_t id, axdr::Data value) const {
    device.store({index, id}, std::move(value), now);
}

void OwnObject::store_number(std::int8_t id, std::int64_t value) const {
    const axdr::Tag tag = stored(id).tag();
    axdr::DataBuilder exact;
    exact.integer_of(tag, value);
    if (auto made = exact.finish()) {
        store(id, *std::move(made));
        return;
    }
    for (int bits = 63; bits >= 0; --bits) {
        // The nearest end of the type's range.
        const std::int64_t end = value < 0
                                     ? -static_cast<std::int64_t>((std::uint64_t{1} << bits))
                                     : static_cast<std::int64_t>((std::uint64_t{1} << bits) - 1);
        axdr::DataBuilder clamped;
        clamped.integer_of(tag, end);
        if (auto made = clamped.finish()) {
            store(id, *std::move(made));
            return;
        }
    }
}

std::unique_ptr<ObjectState>& OwnObject::slot() const {
    return device.state_slot(index);
}

axdr::Data make_array(const std::vector<axdr::Data>& elements) {
    return make_data([&](axdr::DataBuilder& builder) {
        builder.array(elements.size());
        for (const axdr::Data& element : elements) {
            builder.element(element.view());
        }
    });
}

std::vector<axdr::Data> elements_of(const DataView& array) {
    std::vector<axdr::Data> elements;
    if (const auto all = array.elements()) {
        for (const DataView& element : *all) {
            elements.emplace_back(element);
        }
    }
    return elements;
}

std::optional<cosem::ObisCode> obis_of(const DataView& data) {
    const auto octets = data.octets();
    return octets && octets->size() == 6
               ? std::optional(cosem::ObisCode::from_octets(octets->first<6>()))
               : std::nullopt;
}

DataView member(const DataView& structure, std::size_t index) {
    return structure.element(index).value_or(DataView());
}

std::uint64_t member_number(const DataView& structure, std::size_t index) {
    return member(structure, index).unsigned_integer().value_or(0);
}

}  // namespace dlms::simulator
