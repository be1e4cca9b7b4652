#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/key_life.hpp"

namespace dlms::service {

enum class KeysOperation : std::uint8_t {
    rotate,    // keys that the service draws go to the meter
    transfer,  // secrets that the caller names go to the meter
    keep,      // keys that the meter has already are kept
    agree,     // meter and service agree on new keys
};

// POST /meters/{meter_number}/keys.
struct KeysRequest {
    std::string meter_number;
    KeysOperation operation = KeysOperation::rotate;
    std::vector<client::SecretKind> kinds;  // of rotate and agree
    client::SecretChange change;            // of transfer and keep, and where it goes
    // Wraps new keys; empty: the one that is known of the meter.
    std::optional<SecretBytes> master_key;
};

// What is known of a meter's secrets, without any of them.
struct KeysReport {
    std::vector<client::SecretRecord> records;
    bool outlives_process = false;
};

}  // namespace dlms::service
