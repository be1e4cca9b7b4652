#pragma once

#include <string>

#include "client/key_records.hpp"
#include "server/requests.hpp"
#include "stack/base/strong.hpp"

namespace dlms::service {

// Where the records have a meter's password: each client has one of its own. Keys are the meter's,
// under its number.
[[nodiscard]] std::string password_records(const std::string& meter_number, ClientSap client);

// Where the records have our private key for a meter's ECDSA and signatures, as a password.
[[nodiscard]] std::string signing_key_records(const std::string& meter_number);
// The same for the key that we agree on keys with.
[[nodiscard]] std::string agreement_key_records(const std::string& meter_number);

// The request of a client with the secrets that it needs and leaves out, as far as the records have
// them. A secret that the meter had once, and that a change through this service has replaced,
// gives way to the one that the meter has now: callers go on with what they know. Errors:
// store_failed.
[[nodiscard]] Result<ConnectRequest> with_kept_secrets(const ConnectRequest& request,
                                                       ClientSap client,
                                                       client::KeyRecords& records);

}  // namespace dlms::service
