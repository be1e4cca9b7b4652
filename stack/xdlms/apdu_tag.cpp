#include "stack/xdlms/apdu_tag.hpp"

namespace dlms::xdlms {

std::string_view name(ApduTag tag) {
    switch (tag) {
        case ApduTag::initiate_request: return "initiate-request";
        case ApduTag::read_request: return "read-request";
        case ApduTag::write_request: return "write-request";
        case ApduTag::initiate_response: return "initiate-response";
        case ApduTag::read_response: return "read-response";
        case ApduTag::write_response: return "write-response";
        case ApduTag::confirmed_service_error: return "confirmed-service-error";
        case ApduTag::data_notification: return "data-notification";
        case ApduTag::data_notification_confirm: return "data-notification-confirm";
        case ApduTag::unconfirmed_write_request: return "unconfirmed-write-request";
        case ApduTag::information_report_request: return "information-report-request";
        case ApduTag::aarq: return "AARQ";
        case ApduTag::aare: return "AARE";
        case ApduTag::rlrq: return "RLRQ";
        case ApduTag::rlre: return "RLRE";
        case ApduTag::get_request: return "get-request";
        case ApduTag::set_request: return "set-request";
        case ApduTag::event_notification_request: return "event-notification-request";
        case ApduTag::action_request: return "action-request";
        case ApduTag::get_response: return "get-response";
        case ApduTag::set_response: return "set-response";
        case ApduTag::action_response: return "action-response";
        case ApduTag::exception_response: return "exception-response";
        case ApduTag::access_request: return "access-request";
        case ApduTag::access_response: return "access-response";
        case ApduTag::general_glo_ciphering: return "general-glo-ciphering";
        case ApduTag::general_ded_ciphering: return "general-ded-ciphering";
        case ApduTag::general_ciphering: return "general-ciphering";
        case ApduTag::general_signing: return "general-signing";
        case ApduTag::general_block_transfer: return "general-block-transfer";
    }
    return {};
}

}  // namespace dlms::xdlms
