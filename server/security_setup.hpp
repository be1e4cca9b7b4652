#pragma once

#include "client/meter_parameters.hpp"
#include "server/call_failure.hpp"
#include "server/meter_setup.hpp"

namespace dlms::service {

// Mechanism, secret, protection and keys as a /connect asks for them. Failures, before anything is
// sent: authentication-failed for a secret that is missing or of the wrong size,
// deciphering-failed for a key that is, unsupported for what this version does not do.
[[nodiscard]] CallOutcome<void> set_security(const ConnectRequest& request,
                                             const MeterDefaults& defaults,
                                             client::MeterParameters& parameters);

}  // namespace dlms::service
