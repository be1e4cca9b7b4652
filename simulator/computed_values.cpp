// Values that a logical device makes from its own state: the clock, the SAP assignment and the
// current association (class 15).

#include <algorithm>

#include "simulator/logical_device.hpp"
#include "stack/acse/application_context.hpp"

namespace dlms::simulator {
namespace {

using axdr::DataBuilder;
using axdr::DataView;
using cosem::DataAccessResult;

constexpr std::uint8_t associated = 2;  // association_status

/// access_mode of an attribute (Blue Book 4.4.4): 0 none, 1 read, 2 write, 3 both.
std::uint8_t access_mode(bool readable, bool writable) {
    return static_cast<std::uint8_t>((readable ? 1 : 0) | (writable ? 2 : 0));
}

void add_attribute_access(DataBuilder& builder, std::int8_t id, std::uint8_t mode) {
    builder.structure(3).integer(id).enumerated(mode).null();
}

void add_object(DataBuilder& builder, const MeterObject& object, bool read_only) {
    builder.structure(4)
        .long_unsigned(object.class_id)
        .unsigned_(object.version)
        .octet_string(object.instance.octets());
    builder.structure(2).array(object.attributes.size() + 1);
    add_attribute_access(builder, 1, access_mode(true, false));
    for (const Attribute& attribute : object.attributes) {
        add_attribute_access(builder, attribute.id,
                             access_mode(attribute.readable, attribute.writable && !read_only));
    }
    builder.array(object.methods.size());
    for (const Method& method : object.methods) {
        builder.structure(2).integer(method.id).boolean(method.callable && !read_only);
    }
}

/// A conformance block as a bit-string of 24.
std::array<Byte, 3> bits(xdlms::Conformance conformance) {
    const std::uint32_t raw = conformance.raw();
    return {static_cast<Byte>(raw >> 16), static_cast<Byte>(raw >> 8), static_cast<Byte>(raw)};
}

}  // namespace

axdr::Data LogicalDevice::make_object_list(std::size_t association) const {
    const auto visible = [&](const MeterObject& object) {
        return is_visible(association, object.instance);
    };
    DataBuilder builder;
    builder.array(static_cast<std::size_t>(std::ranges::count_if(declared_.objects, visible)));
    for (const MeterObject& object : declared_.objects) {
        if (visible(object)) {
            add_object(builder, object, declared_.associations[association].read_only);
        }
    }
    return builder.finish().value_or(axdr::Data());
}

DataView LogicalDevice::computed(const Caller& caller, ComputedValue value, Instant now) {
    const DeclaredAssociation& association = declared_.associations[caller.association];
    DataBuilder builder;
    switch (value) {
        case ComputedValue::object_list: return object_lists_[caller.association].view();
        case ComputedValue::sap_assignment_list: return state_.sap_assignment_list.view();
        case ComputedValue::clock_time:
            builder.octet_string(cosem::encode(state_.clock.time(now)));
            break;
        case ComputedValue::clock_time_zone: builder.long_(state_.clock.time_zone()); break;
        case ComputedValue::clock_status: builder.unsigned_(0); break;
        case ComputedValue::associated_partners_id:
            builder.structure(2)
                .integer(static_cast<std::int8_t>(association.client.value()))
                .long_unsigned(declared_.sap.value());
            break;
        case ComputedValue::application_context_name:
            builder.octet_string(
                acse::ApplicationContextName(acse::ApplicationContext::ln).object_identifier());
            break;
        case ComputedValue::xdlms_context_info:
            builder.structure(6)
                .bit_string(bits(caller.conformance), xdlms::conformance_bits)
                .long_unsigned(association.configuration.max_receive_pdu_size)
                .long_unsigned(caller.client_max_receive_pdu_size)
                .unsigned_(xdlms::dlms_version)
                .integer(0)
                .octet_string({});
            break;
        case ComputedValue::authentication_mechanism_name:
            builder.octet_string(
                acse::MechanismName(association.configuration.mechanism).object_identifier());
            break;
        case ComputedValue::association_status: builder.enumerated(associated); break;
    }
    return built(builder);
}

DataAccessResult LogicalDevice::set_computed(ComputedValue which, const DataView& value,
                                             Instant now) {
    if (which == ComputedValue::clock_time) {
        const bool is_time = value.is(axdr::Tag::octet_string) || value.is(axdr::Tag::date_time);
        if (!is_time) {
            return DataAccessResult::type_unmatched;
        }
        const Result<cosem::DateTime> time = cosem::read_date_time(*value.octets());
        return time && state_.clock.set_time(*time, now) ? DataAccessResult::success
                                                         : DataAccessResult::type_unmatched;
    }
    if (which == ComputedValue::clock_time_zone) {
        return value.is(axdr::Tag::long_) && state_.clock.set_time_zone(*value.signed_integer())
                   ? DataAccessResult::success
                   : DataAccessResult::type_unmatched;
    }
    return DataAccessResult::read_write_denied;
}

}  // namespace dlms::simulator
