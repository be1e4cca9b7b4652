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
        case ApduTag::glo_initiate_request: return "glo-initiate-request";
        case ApduTag::glo_read_request: return "glo-read-request";
        case ApduTag::glo_write_request: return "glo-write-request";
        case ApduTag::glo_initiate_response: return "glo-initiate-response";
        case ApduTag::glo_read_response: return "glo-read-response";
        case ApduTag::glo_write_response: return "glo-write-response";
        case ApduTag::glo_confirmed_service_error: return "glo-confirmed-service-error";
        case ApduTag::glo_unconfirmed_write_request: return "glo-unconfirmed-write-request";
        case ApduTag::glo_information_report_request: return "glo-information-report-request";
        case ApduTag::ded_initiate_request: return "ded-initiate-request";
        case ApduTag::ded_read_request: return "ded-read-request";
        case ApduTag::ded_write_request: return "ded-write-request";
        case ApduTag::ded_initiate_response: return "ded-initiate-response";
        case ApduTag::ded_read_response: return "ded-read-response";
        case ApduTag::ded_write_response: return "ded-write-response";
        case ApduTag::ded_confirmed_service_error: return "ded-confirmed-service-error";
        case ApduTag::ded_unconfirmed_write_request: return "ded-unconfirmed-write-request";
        case ApduTag::ded_information_report_request: return "ded-information-report-request";
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
        case ApduTag::glo_get_request: return "glo-get-request";
        case ApduTag::glo_set_request: return "glo-set-request";
        case ApduTag::glo_event_notification_request: return "glo-event-notification-request";
        case ApduTag::glo_action_request: return "glo-action-request";
        case ApduTag::glo_get_response: return "glo-get-response";
        case ApduTag::glo_set_response: return "glo-set-response";
        case ApduTag::glo_action_response: return "glo-action-response";
        case ApduTag::ded_get_request: return "ded-get-request";
        case ApduTag::ded_set_request: return "ded-set-request";
        case ApduTag::ded_event_notification_request: return "ded-event-notification-request";
        case ApduTag::ded_action_request: return "ded-action-request";
        case ApduTag::ded_get_response: return "ded-get-response";
        case ApduTag::ded_set_response: return "ded-set-response";
        case ApduTag::ded_action_response: return "ded-action-response";
        case ApduTag::exception_response: return "exception-response";
        case ApduTag::access_request: return "access-request";
        case ApduTag::access_response: return "access-response";
        case ApduTag::general_glo_ciphering: return "general-glo-ciphering";
        case ApduTag::general_ded_ciphering: return "general-ded-ciphering";
        case ApduTag::general_ciphering: return "general-ciphering";
        case ApduTag::general_signing: return "general-signing";
        case ApduTag::general_block_transfer: return "general-block-transfer";
        case ApduTag::gateway_request: return "gateway-request";
        case ApduTag::gateway_response: return "gateway-response";
    }
    return {};
}

}  // namespace dlms::xdlms
