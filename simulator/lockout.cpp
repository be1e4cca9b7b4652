#include "simulator/lockout.hpp"

namespace dlms::simulator {

bool Lockout::is_locked(ClientSap client, ServerSap server, Instant now) const {
    const auto found = entries_.find({client, server});
    return found != entries_.end() && now < found->second.locked_until;
}

bool Lockout::failed(ClientSap client, ServerSap server, Instant now) {
    if (parameters_.attempts == 0) {
        return false;
    }
    Entry& entry = entries_[{client, server}];
    if (++entry.failures < parameters_.attempts) {
        return false;
    }
    entry.failures = 0;
    entry.locked_until = now + parameters_.duration;
    return true;
}

void Lockout::succeeded(ClientSap client, ServerSap server) {
    entries_.erase({client, server});
}

}  // namespace dlms::simulator
