#pragma once
// The first octet of every APDU (COSEMpdu; sheet section 1).

#include <cstdint>
#include <string_view>

namespace dlms::xdlms {

enum class ApduTag : std::uint8_t {
    initiate_request = 0x01,
    read_request = 0x05,
    write_request = 0x06,
    initiate_response = 0x08,
    read_response = 0x0C,
    write_response = 0x0D,
    confirmed_service_error = 0x0E,
    data_notification = 0x0F,
    data_notification_confirm = 0x10,
    unconfirmed_write_request = 0x16,
    information_report_request = 0x18,
    glo_initiate_request = 0x21,
    glo_read_request = 0x25,
    glo_write_request = 0x26,
    glo_initiate_response = 0x28,
    glo_read_response = 0x2C,
    glo_write_response = 0x2D,
    glo_confirmed_service_error = 0x2E,
    glo_unconfirmed_write_request = 0x36,
    glo_information_report_request = 0x38,
    ded_initiate_request = 0x41,
    ded_read_request = 0x45,
    ded_write_request = 0x46,
    ded_initiate_response = 0x48,
    ded_read_response = 0x4C,
    ded_write_response = 0x4D,
    ded_confirmed_service_error = 0x4E,
    ded_unconfirmed_write_request = 0x56,
    ded_information_report_request = 0x58,
    aarq = 0x60,
    aare = 0x61,
    rlrq = 0x62,
    rlre = 0x63,
    get_request = 0xC0,
    set_request = 0xC1,
    event_notification_request = 0xC2,
    action_request = 0xC3,
    get_response = 0xC4,
    set_response = 0xC5,
    action_response = 0xC7,
    glo_get_request = 0xC8,
    glo_set_request = 0xC9,
    glo_event_notification_request = 0xCA,
    glo_action_request = 0xCB,
    glo_get_response = 0xCC,
    glo_set_response = 0xCD,
    glo_action_response = 0xCF,
    ded_get_request = 0xD0,
    ded_set_request = 0xD1,
    ded_event_notification_request = 0xD2,
    ded_action_request = 0xD3,
    ded_get_response = 0xD4,
    ded_set_response = 0xD5,
    ded_action_response = 0xD7,
    exception_response = 0xD8,
    access_request = 0xD9,
    access_response = 0xDA,
    general_glo_ciphering = 0xDB,
    general_ded_ciphering = 0xDC,
    general_ciphering = 0xDD,
    general_signing = 0xDF,
    general_block_transfer = 0xE0,
    gateway_request = 0xE6,
    gateway_response = 0xE7,
};

/// The standard's name, for example "get-request" or "glo-get-request"; empty for an octet that
/// starts no APDU here.
std::string_view name(ApduTag tag);

}  // namespace dlms::xdlms
