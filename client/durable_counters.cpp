#include "client/durable_counters.hpp"

#include <algorithm>

#include "stack/security/digest.hpp"

namespace dlms::client {
namespace {

CounterId fingerprint(std::string_view purpose, ByteView title, ByteView key) {
    CounterId id;
    const auto digest =
        security::digest(security::DigestAlgorithm::sha256, {as_bytes(purpose), title, key});
    // SHA-256 is always there; without it every key shares its numbers, which repeats none.
    if (digest) {
        std::ranges::copy(ByteView(*digest).first(id.fingerprint.size()), id.fingerprint.begin());
    }
    return id;
}

}  // namespace

CounterId counter_id(ByteView key, const security::SystemTitle& sender) {
    return fingerprint("DLMS/COSEM sent", sender.octets(), key);
}

CounterId counter_id(ByteView key) {
    return fingerprint("DLMS/COSEM received", {}, key);
}

Result<security::CounterRange> range_from(std::uint64_t next, std::uint32_t count,
                                          std::uint32_t least) {
    const std::uint64_t first = std::max<std::uint64_t>(next, least);
    if (first > security::last_invocation_counter || count == 0) {
        return fail(ErrorCode::counter_exhausted, Layer::client);
    }
    const std::uint64_t last =
        std::min<std::uint64_t>(first + count - 1, security::last_invocation_counter);
    return security::CounterRange{static_cast<std::uint32_t>(first),
                                  static_cast<std::uint32_t>(last)};
}

Result<security::CounterRange> ProcessCounters::reserve(const CounterId& id, std::uint32_t count,
                                                        std::uint32_t least) {
    const std::lock_guard lock(mutex_);
    const auto found = next_.find(id);
    // Meters that never saw a number may take 0 for one that they have.
    const auto range = range_from(found == next_.end() ? 1 : found->second, count, least);
    if (range) {
        next_[id] = std::uint64_t{range->last} + 1;
    }
    return range;
}

Result<std::optional<std::uint64_t>> ProcessCounters::next(const CounterId& id) {
    const std::lock_guard lock(mutex_);
    const auto found = next_.find(id);
    return found == next_.end() ? std::optional<std::uint64_t>() : found->second;
}

Result<std::optional<security::InvocationCounter>> ProcessCounters::received(
    const CounterId& id, const security::SystemTitle& sender) {
    const std::lock_guard lock(mutex_);
    const auto found = received_.find({id, sender});
    return found == received_.end() ? std::optional<security::InvocationCounter>() : found->second;
}

Status ProcessCounters::save_received(const CounterId& id, const ReceivedCounter& received) {
    const std::lock_guard lock(mutex_);
    security::InvocationCounter& highest =
        received_.try_emplace({id, received.sender}, received.highest).first->second;
    highest = std::max(highest, received.highest);
    return {};
}

}  // namespace dlms::client
