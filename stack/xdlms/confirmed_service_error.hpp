#pragma once
// ConfirmedServiceError (COSEMpdu; sheet section 7.3): `0E service group value`.

#include <cstdint>
#include <string_view>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"
#include "stack/base/writer.hpp"

namespace dlms::xdlms {

/// The confirmed service that failed; only these three occur with COSEM.
enum class ConfirmedService : std::uint8_t { initiate_error = 1, read = 5, write = 6 };

/// The group (CHOICE of ServiceError) that gives the value its meaning.
enum class ServiceErrorGroup : std::uint8_t {
    application_reference = 0,
    hardware_resource = 1,
    vde_state_error = 2,
    service = 3,
    definition = 4,
    access = 5,
    initiate = 6,
    load_data_set = 7,
    change_scope = 8,
    task = 9,
    other = 10,
};

/// Values of the group `initiate`.
enum class InitiateError : std::uint8_t {
    other = 0,
    dlms_version_too_low = 1,
    incompatible_conformance = 2,
    pdu_size_too_short = 3,
    refused_by_the_vde_handler = 4,
};

struct ConfirmedServiceError {
    ConfirmedService service = ConfirmedService::initiate_error;
    ServiceErrorGroup group = ServiceErrorGroup::initiate;
    std::uint8_t value = 0;

    friend bool operator==(const ConfirmedServiceError&, const ConfirmedServiceError&) = default;
};

/// The standard's names, for example "initiateError", "access"; empty for an unknown code.
std::string_view name(ConfirmedService service);
std::string_view name(ServiceErrorGroup group);
/// The name of a value in its group, for example "scope-of-access-violated".
std::string_view service_error_name(ServiceErrorGroup group, std::uint8_t value);

/// Decodes one whole APDU. Errors: every malformed code; a value outside its group's table is kept.
Result<ConfirmedServiceError> decode_confirmed_service_error(ByteView apdu);

void encode(Writer& writer, const ConfirmedServiceError& error);

}  // namespace dlms::xdlms
