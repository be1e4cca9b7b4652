#pragma once

#include <string>

#include "client/key_records.hpp"
#include "server/call_failure.hpp"
#include "server/requests.hpp"
#include "stack/base/strong.hpp"

namespace dlms::service {

// What callers are told when the records fail: a damaged secret has a sentence of its own.
[[nodiscard]] CallFailure records_failure(const Error& error);

// Where the records have a meter's password: each client has one of its own. Keys are the meter's,
// under its number.
[[nodiscard]] std::string password_records(const std::string& meter_number, ClientSap client);

// Where the records have our private key for a meter's ECDSA and signatures, as a password.
[[nodiscard]] std::string signing_key_records(const std::string& meter_number);
// The same for the key that we agree on keys with.
[[nodiscard]] std::string agreement_key_records(const std::string& meter_number);

// Where the records have the place that a change through this service found the meter at, as a
// password.
[[nodiscard]] std::string place_records(const std::string& meter_number);

// Where a request leads and how what it sends is protected: what decides who gets to see secrets.
[[nodiscard]] std::string place_of(const ConnectRequest& request, ClientSap client);

// Whether secrets were changed at this place. Errors: store_failed.
[[nodiscard]] Result<bool> is_kept_place(const ConnectRequest& request, ClientSap client,
                                         client::KeyRecords& records);

// Whether the request leaves out secrets that the records have, or names replaced ones: those that
// its association cannot do without. Errors: store_failed.
[[nodiscard]] Result<bool> lacks_kept_secrets(const ConnectRequest& request, ClientSap client,
                                              client::KeyRecords& records);

// The request of a client with the secrets that it needs and leaves out, as far as the records have
// them. A secret that the meter had once, and that a change through this service has replaced,
// gives way to the one that the meter has now: callers go on with what they know. Only for places
// that may have them. Errors: store_failed.
[[nodiscard]] Result<ConnectRequest> with_kept_secrets(const ConnectRequest& request,
                                                       ClientSap client,
                                                       client::KeyRecords& records);

}  // namespace dlms::service
