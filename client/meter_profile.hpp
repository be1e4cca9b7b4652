#pragma once
// Meter profiles: what a brand's meters expect and how they differ, as data (docs: meters of
// Hexing and Hexcell). A profile is a default; every parameter of a connection overrides it.

#include <chrono>
#include <cstdint>
#include <string_view>

#include "stack/acse/mechanism.hpp"
#include "stack/base/strong.hpp"
#include "stack/xdlms/conformance.hpp"
#include "stack/xdlms/initiate.hpp"

namespace dlms::client {

struct MeterProfile {
    std::string_view name;
    ClientSap client_sap;
    ServerSap server_sap;
    acse::Mechanism mechanism;
    /// The maker's default password of mechanism 1, known to everybody; empty for none.
    std::string_view default_password;
    xdlms::Conformance proposed_conformance;
    std::uint16_t max_receive_pdu_size;  ///< octets that we propose to take; 0 = no limit
    std::chrono::milliseconds response_timeout;
    /// `62 00` in place of `62 03 80 01 00`.
    bool release_without_reason;
    /// Some old firmware knows no RLRQ and leaves it unanswered: wait this long and no longer.
    std::chrono::milliseconds release_timeout;
    xdlms::InitiateTolerance initiate_tolerance;
};

/// `hexing`, `hexcell`, in any case; every other name is a generic meter.
const MeterProfile& profile_of_brand(std::string_view brand);

}  // namespace dlms::client
