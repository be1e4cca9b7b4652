// Values that a logical device makes from its own state: the clock, the SAP assignment and the
// current association (class 15).

#include <algorithm>

#include "simulator/classes/profile_generic.hpp"
#include "simulator/logical_device.hpp"
#include "stack/acse/application_context.hpp"

namespace dlms::simulator {
namespace {

using axdr::DataBuilder;
using axdr::DataView;

constexpr std::uint8_t associated = 2;  // association_status

/// A conformance block as a bit-string of 24.
std::array<Byte, 3> bits(xdlms::Conformance conformance) {
    const std::uint32_t raw = conformance.raw();
    return {static_cast<Byte>(raw >> 16), static_cast<Byte>(raw >> 8), static_cast<Byte>(raw)};
}

}  // namespace

DataView LogicalDevice::computed(const Caller& caller, const MeterObject& object,
                                 ComputedValue value, Instant now) {
    const DeclaredAssociation& association = declared_.associations[caller.association];
    DataBuilder builder;
    switch (value) {
        case ComputedValue::object_list: return object_list(caller.association).view();
        case ComputedValue::sap_assignment_list:
            builder.array(state_.devices.size());
            for (const LogicalDevice* const device : state_.devices) {
                builder.structure(2)
                    .long_unsigned(device->sap().value())
                    .octet_string(as_bytes(device->name()));
            }
            break;
        case ComputedValue::clock_time:
            builder.octet_string(cosem::encode(state_.clock.time(now)));
            break;
        case ComputedValue::clock_time_zone: builder.long_(state_.clock.time_zone()); break;
        case ComputedValue::clock_status: builder.unsigned_(state_.clock.status(now)); break;
        case ComputedValue::associated_partners_id:
            builder.structure(2)
                .integer(static_cast<std::int8_t>(association.client.value()))
                .long_unsigned(sap_.value());
            break;
        case ComputedValue::application_context_name:
            builder.octet_string(
                acse::ApplicationContextName(association.configuration.security.ciphered
                                                 ? acse::ApplicationContext::ln_ciphered
                                                 : acse::ApplicationContext::ln)
                    .object_identifier());
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
        case ComputedValue::access_rights_list:
            answer_ = make_access_rights_list(caller.association);
            return answer_.view();
        case ComputedValue::security_policy: builder.enumerated(security_.policy()); break;
        case ComputedValue::security_suite: builder.enumerated(security_.suite()); break;
        case ComputedValue::client_system_title:
            builder.octet_string(caller.client_title ? caller.client_title->octets() : ByteView());
            break;
        case ComputedValue::server_system_title: {
            const auto& title = security_.system_title();
            builder.octet_string(title ? title->octets() : ByteView());
            break;
        }
        case ComputedValue::association_secret: builder.octet_string({}); break;  // never told
        case ComputedValue::invocation_counter:
            builder.double_long_unsigned(security_.highest_received());
            break;
        case ComputedValue::certificates: security_.certificates().add_to(builder); break;
        case ComputedValue::current_user: answer_ = current_user(caller); return answer_.view();
        case ComputedValue::entries_in_use:
            builder.double_long_unsigned(entries_in_use(OwnObject(*this, place_of(object), now)));
            break;
    }
    return built(builder);
}

bool LogicalDevice::is_acceptable(const Caller& caller, ComputedValue which, const DataView& value,
                                  Instant now) const {
    if (which == ComputedValue::association_secret) {
        return is_secret(caller.association, value);
    }
    MeterClock clock = state_.clock;  // a trial
    if (which == ComputedValue::clock_time) {
        const bool is_time = value.is(axdr::Tag::octet_string) || value.is(axdr::Tag::date_time);
        const Result<cosem::DateTime> time = is_time ? cosem::read_date_time(*value.octets())
                                                     : fail(ErrorCode::type_mismatch, Layer::cosem);
        return time && clock.set_time(*time, now);
    }
    return which == ComputedValue::clock_time_zone && value.is(axdr::Tag::long_) &&
           clock.set_time_zone(*value.signed_integer());
}

void LogicalDevice::put_computed(const Caller& caller, ComputedValue which, const DataView& value,
                                 Instant now) {
    if (which == ComputedValue::association_secret) {
        change_secret(caller.association, value);
        return;
    }
    if (which == ComputedValue::clock_time) {
        happened(MeterHappening::clock_set, now);
    }
    if (which == ComputedValue::clock_time) {
        state_.clock.set_time(*cosem::read_date_time(*value.octets()), now);
    } else {
        state_.clock.set_time_zone(*value.signed_integer());
    }
    state_.clock_jumped(now);
}

}  // namespace dlms::simulator
