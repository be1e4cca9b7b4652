#include "client/meter_profile.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace dlms::client {
namespace {

using namespace std::chrono_literals;

// Blocks for get, set and action, lists, get, set, selective access, events, action, priority.
constexpr xdlms::Conformance usual_conformance{0x007E1F};

constexpr MeterProfile generic{
    .name = "generic",
    .client_sap = ClientSap(16),
    .server_sap = ServerSap(1),
    .mechanism = acse::Mechanism::lowest,
    .default_password = "",
    .proposed_conformance = usual_conformance,
    .max_receive_pdu_size = 0xFFFF,
    .response_timeout = 30s,
    .release_without_reason = false,
    .release_timeout = 2s,
    .initiate_tolerance = {.short_conformance_tag = true},
    .notification_tolerance = {.tagged_date_time = true},
    .hdlc = {},
};

constexpr cosem::ObisCode load_profile(1, 0, 99, 1, 0, 255);

constexpr ColumnScaler voltage_column(std::uint8_t phase) {
    return {.profile = load_profile,
            .column = {3, cosem::ObisCode(1, 0, phase, 7, 0, 255), 2, 0},
            .type = axdr::Tag::double_long_unsigned,
            .scaler_unit = {-2, cosem::Unit::volt}};
}

// The registers are long-unsigned with scaler -1. Current and power factor have one scaler in both.
constexpr std::array hexcell_columns{voltage_column(12), voltage_column(32), voltage_column(52),
                                     voltage_column(72)};

// In minutes.
constexpr std::array hexcell_periods{PeriodObject{
    .profile = load_profile, .attribute = {3, cosem::ObisCode(0, 0, 95, 51, 0, 255), 2}}};

constexpr MeterProfile hexcell{
    .name = "hexcell",
    .client_sap = ClientSap(17),
    .server_sap = ServerSap(1),
    .mechanism = acse::Mechanism::lls,
    .default_password = "00000000",
    .proposed_conformance = usual_conformance,
    .max_receive_pdu_size = 1200,  // what the maker's own library proposes
    .response_timeout = 30s,
    .release_without_reason = true,  // as the maker's own library releases
    .release_timeout = 2s,
    .initiate_tolerance = {.short_conformance_tag = true},
    .notification_tolerance = {.tagged_date_time = true},
    // As the maker's own library speaks HDLC.
    .hdlc = {.physical_address = 16,
             .line_settings = {.baud_rate = 4800},
             .starting_baud_rate = 1200},
    .column_scalers = hexcell_columns,
    .period_objects = hexcell_periods,
    .token = {.class_id = 1,
              .instance = cosem::ObisCode(1, 0, 129, 129, 2, 255),
              .form = TokenEntry::Form::bcd,
              .last_token =
                  cosem::AttributeDescriptor{1, cosem::ObisCode(0, 0, 96, 96, 1, 255), 2}},
};

constexpr MeterProfile hexing{
    .name = "hexing",
    .client_sap = ClientSap(1),
    .server_sap = ServerSap(1),
    .mechanism = acse::Mechanism::lls,
    .default_password = "00000000",
    .proposed_conformance = usual_conformance,
    .max_receive_pdu_size = 0xFFFF,
    .response_timeout = 60s,  // over GPRS
    .release_without_reason = false,
    .release_timeout = 2s,
    .initiate_tolerance = {.short_conformance_tag = true},
    .notification_tolerance = {.tagged_date_time = true},
    .hdlc = {.max_information = 512},
    .counter_object = cosem::ObisCode(0, 1, 43, 1, 1, 255),
};

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) {
        return std::tolower(static_cast<unsigned char>(x)) ==
               std::tolower(static_cast<unsigned char>(y));
    });
}

}  // namespace

const MeterProfile& profile_of_brand(std::string_view brand) {
    for (const MeterProfile* profile : {&hexcell, &hexing}) {
        if (same_name(profile->name, brand)) {
            return *profile;
        }
    }
    return generic;
}

}  // namespace dlms::client
