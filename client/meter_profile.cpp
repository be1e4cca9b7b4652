#include "client/meter_profile.hpp"

#include <algorithm>
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
    .hdlc = {.address_octets = 2,
             .physical_address = 16,
             .line_settings = {.baud_rate = 4800},
             .starting_baud_rate = 1200},
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
