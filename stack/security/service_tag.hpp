#pragma once
// The tags of service-specific ciphering (sheet section 1.2): which service a glo- or ded- tag
// stands for, and the other way round.

#include <optional>

#include "stack/xdlms/apdu_tag.hpp"

namespace dlms::security {

/// glo-get-request for get-request; nothing for a service that has no such tag.
std::optional<xdlms::ApduTag> global_tag(xdlms::ApduTag service);
/// ded-get-request for get-request.
std::optional<xdlms::ApduTag> dedicated_tag(xdlms::ApduTag service);

struct CipheredService {
    xdlms::ApduTag service;
    bool is_dedicated = false;
};
/// get-request for glo-get-request and ded-get-request; nothing for another tag.
std::optional<CipheredService> ciphered_service(xdlms::ApduTag tag);

}  // namespace dlms::security
