#pragma once
// Lockout: after so many wrong passwords in a row a client SAP is locked for a while, on whatever
// connection it comes.

#include <chrono>
#include <cstdint>
#include <map>
#include <utility>

#include "stack/base/strong.hpp"
#include "stack/base/time.hpp"

namespace dlms::simulator {

struct LockoutParameters {
    std::uint32_t attempts = 5;  ///< wrong passwords that lock; 0: never locks
    std::chrono::seconds duration{60};
};

class Lockout {
public:
    explicit Lockout(const LockoutParameters& parameters) : parameters_(parameters) {}

    bool is_locked(ClientSap client, ServerSap server, Instant now) const;
    /// Counts a wrong password; true when it locks the client.
    bool failed(ClientSap client, ServerSap server, Instant now);
    void succeeded(ClientSap client, ServerSap server);

private:
    struct Entry {
        std::uint32_t failures = 0;
        Instant locked_until = Instant::min();
    };

    LockoutParameters parameters_;
    std::map<std::pair<ClientSap, ServerSap>, Entry> entries_;  // declared clients only
};

}  // namespace dlms::simulator
