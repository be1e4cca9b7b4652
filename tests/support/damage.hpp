#pragma once
// Damaged copies of good octets: every proper prefix, every one-octet extension, and seeded changes
// of one octet. Each copy is handed over in a heap block of exactly its size.

#include <functional>
#include <optional>
#include <string>

#include "stack/base/bytes.hpp"
#include "stack/base/error.hpp"

namespace dlms::testing {

/// Decodes and says nothing when the octets are accepted. A decode that is accepted should also be
/// encoded again inside, so that the encoder meets odd values too.
using TryDecode = std::function<std::optional<Error>(ByteView)>;

/// Lines naming each proper prefix and each of the 256 one-octet extensions that was accepted, and
/// each error whose offset lies outside of the octets; empty when there are none.
std::string faults_of_prefixes_and_extensions(ByteView octets, const TryDecode& decode);

/// `count` copies with one octet changed, repeatable from `seed`: each is accepted or refused with
/// an offset inside of the octets. Lines naming those that are not; empty when there are none.
std::string faults_of_changes(ByteView octets, std::size_t count, std::uint64_t seed,
                              const TryDecode& decode);

/// Both of the above with 1000 changes; the seed comes from the octets themselves.
std::string faults_of_damage(ByteView octets, const TryDecode& decode);

}  // namespace dlms::testing
