#include "stack/xdlms/exception_response.hpp"

#include "stack/base/reader.hpp"
#include "stack/xdlms/apdu_tag.hpp"

namespace dlms::xdlms {

std::string_view name(StateError error) {
    switch (error) {
        case StateError::service_not_allowed: return "service-not-allowed";
        case StateError::service_unknown: return "service-unknown";
    }
    return {};
}

std::string_view name(ServiceError error) {
    switch (error) {
        case ServiceError::operation_not_possible: return "operation-not-possible";
        case ServiceError::service_not_supported: return "service-not-supported";
        case ServiceError::other_reason: return "other-reason";
        case ServiceError::pdu_too_long: return "pdu-too-long";
        case ServiceError::deciphering_error: return "deciphering-error";
        case ServiceError::invocation_counter_error: return "invocation-counter-error";
    }
    return {};
}

Result<ExceptionResponse> decode_exception_response(ByteView apdu) {
    Reader reader(apdu, Layer::xdlms);
    if (reader.u8() != static_cast<std::uint8_t>(ApduTag::exception_response)) {
        reader.fail_at(ErrorCode::unknown_tag, 0);
    }
    ExceptionResponse response;
    response.state_error = static_cast<StateError>(reader.u8());
    response.service_error = static_cast<ServiceError>(reader.u8());
    if (reader.ok() && name(response.state_error).empty()) {
        reader.fail_at(ErrorCode::unknown_value, 1);
    }
    if (reader.ok() && name(response.service_error).empty()) {
        reader.fail_at(ErrorCode::unknown_value, 2);
    }
    if (response.service_error == ServiceError::invocation_counter_error) {
        response.invocation_counter = reader.u32();
    }
    reader.expect_end();
    if (!reader.ok()) {
        return reader.failure();
    }
    return response;
}

void encode(Writer& writer, const ExceptionResponse& response) {
    if (name(response.state_error).empty() || name(response.service_error).empty()) {
        writer.fail();
    }
    writer.u8(static_cast<std::uint8_t>(ApduTag::exception_response));
    writer.u8(static_cast<std::uint8_t>(response.state_error));
    writer.u8(static_cast<std::uint8_t>(response.service_error));
    if (response.service_error == ServiceError::invocation_counter_error) {
        writer.u32(response.invocation_counter);
    }
}

}  // namespace dlms::xdlms
