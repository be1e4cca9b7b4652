#pragma once
// What a failed opening by IEC 62056-21 comes to, in words.

#include <string>

#include "stack/iec62056_21/mode_e_client.hpp"

namespace dlms::client {

/// What was waited for and what came; empty where the error says it all. The three letters of a
/// maker are checked by the codec, and nothing else of the meter's is shown.
std::string fault_of_opening(const iec62056_21::OpeningFailed& failed,
                             const iec62056_21::ModeEClient::Counters& counters);

}  // namespace dlms::client
