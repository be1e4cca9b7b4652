#pragma once

#include "client/key_records.hpp"
#include "server/requests.hpp"

namespace dlms::service {

// The request with the secrets that it leaves out, as far as the records have them. A secret that
// the meter had once, and that a change through this service has replaced, gives way to the one
// that the meter has now: callers go on with what they know. Errors: store_failed.
[[nodiscard]] Result<ConnectRequest> with_kept_secrets(const ConnectRequest& request,
                                                       client::KeyRecords& records);

}  // namespace dlms::service
