#include "stack/xdlms/confirmed_service_error.hpp"

#include <array>
#include <span>

#include "stack/base/reader.hpp"
#include "stack/xdlms/apdu_tag.hpp"

namespace dlms::xdlms {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::string_view application_reference[] = {"other",
                                                      "time-elapsed",
                                                      "application-unreachable",
                                                      "application-reference-invalid",
                                                      "application-context-unsupported",
                                                      "provider-communication-error",
                                                      "deciphering-error"};
constexpr std::string_view hardware_resource[] = {
    "other", "memory-unavailable", "processor-resource-unavailable", "mass-storage-unavailable",
    "other-resource-unavailable"};
constexpr std::string_view vde_state_error[] = {"other", "no-dlms-context", "loading-data-set",
                                                "status-nochange", "status-inoperable"};
constexpr std::string_view service[] = {"other", "pdu-size", "service-unsupported"};
constexpr std::string_view definition[] = {"other", "object-undefined", "object-class-inconsistent",
                                           "object-attribute-inconsistent"};
constexpr std::string_view access[] = {"other", "scope-of-access-violated",
                                       "object-access-violated", "hardware-fault",
                                       "object-unavailable"};
constexpr std::string_view initiate[] = {"other", "dlms-version-too-low",
                                         "incompatible-conformance", "pdu-size-too-short",
                                         "refused-by-the-VDE-handler"};
constexpr std::string_view load_data_set[] = {"other",
                                              "primitive-out-of-sequence",
                                              "not-loadable",
                                              "dataset-size-too-large",
                                              "not-awaited-segment",
                                              "interpretation-failure",
                                              "storage-failure",
                                              "data-set-not-ready"};
constexpr std::string_view task[] = {"other", "no-remote-control", "ti-stopped", "ti-running",
                                     "ti-unusable"};
constexpr std::string_view other[] = {"other"};

constexpr std::array<Names, 11> group_values{Names(application_reference),
                                             Names(hardware_resource),
                                             Names(vde_state_error),
                                             Names(service),
                                             Names(definition),
                                             Names(access),
                                             Names(initiate),
                                             Names(load_data_set),
                                             Names{},
                                             Names(task),
                                             Names(other)};

}  // namespace

std::string_view name(ConfirmedService confirmed_service) {
    switch (confirmed_service) {
        case ConfirmedService::initiate_error: return "initiateError";
        case ConfirmedService::read: return "read";
        case ConfirmedService::write: return "write";
    }
    return {};
}

std::string_view name(ServiceErrorGroup group) {
    switch (group) {
        case ServiceErrorGroup::application_reference: return "application-reference";
        case ServiceErrorGroup::hardware_resource: return "hardware-resource";
        case ServiceErrorGroup::vde_state_error: return "vde-state-error";
        case ServiceErrorGroup::service: return "service";
        case ServiceErrorGroup::definition: return "definition";
        case ServiceErrorGroup::access: return "access";
        case ServiceErrorGroup::initiate: return "initiate";
        case ServiceErrorGroup::load_data_set: return "load-data-set";
        case ServiceErrorGroup::change_scope: return "change-scope";
        case ServiceErrorGroup::task: return "task";
        case ServiceErrorGroup::other: return "other";
    }
    return {};
}

std::string_view service_error_name(ServiceErrorGroup group, std::uint8_t value) {
    const auto index = static_cast<std::size_t>(group);
    if (index >= group_values.size() || value >= group_values[index].size()) {
        return {};
    }
    return group_values[index][value];
}

Result<ConfirmedServiceError> decode_confirmed_service_error(ByteView apdu) {
    Reader reader(apdu, Layer::xdlms);
    if (reader.u8() != static_cast<std::uint8_t>(ApduTag::confirmed_service_error)) {
        reader.fail_at(ErrorCode::unknown_tag, 0);
    }
    ConfirmedServiceError error;
    error.service = static_cast<ConfirmedService>(reader.u8());
    error.group = static_cast<ServiceErrorGroup>(reader.u8());
    error.value = reader.u8();
    if (reader.ok() && name(error.service).empty()) {
        reader.fail_at(ErrorCode::unknown_choice, 1);
    }
    if (reader.ok() && name(error.group).empty()) {
        reader.fail_at(ErrorCode::unknown_choice, 2);
    }
    reader.expect_end();
    if (!reader.ok()) {
        return reader.failure();
    }
    return error;
}

void encode(Writer& writer, const ConfirmedServiceError& error) {
    if (name(error.service).empty() || name(error.group).empty()) {
        writer.fail();
    }
    writer.u8(static_cast<std::uint8_t>(ApduTag::confirmed_service_error));
    writer.u8(static_cast<std::uint8_t>(error.service));
    writer.u8(static_cast<std::uint8_t>(error.group));
    writer.u8(error.value);
}

}  // namespace dlms::xdlms
