#pragma once
// DeviceSecurity: system title, keys and invocation counters of a logical device, shared by all its
// associations on all connections.

#include <cstdint>
#include <map>
#include <optional>

#include "stack/association/security_terms.hpp"

namespace dlms::simulator {

/// Without a title the device knows no ciphering.
struct DeclaredSecurity {
    security::SecuritySuite suite = security::SecuritySuite::aes_gcm_128;
    std::optional<security::SystemTitle> system_title;
    security::ProtectionKeys keys;
};

class DeviceSecurity {
public:
    /// The keys fit the suite, as the scenario's reader has made sure.
    explicit DeviceSecurity(DeclaredSecurity declared) : declared_(std::move(declared)) {}

    /// What a new association gets: keys, the numbers of its first answers, and what every client
    /// has used up already. Nothing without a system title.
    std::optional<security::ApduProtection> protection();
    Random& random() { return random_; }

    /// To be called before an APDU is handed to an association: numbers for its answers, and what
    /// the client has used up on other connections.
    void prepare(security::ApduProtection& protection);
    /// And behind it: what the client has used up.
    void settle(const security::ApduProtection& protection);

    /// The highest number that was accepted with the unicast key, of whatever client; 0 for none.
    std::uint32_t highest_received() const;

private:
    void grant(security::ApduProtection& protection);

    DeclaredSecurity declared_;
    SystemRandom random_;
    std::uint32_t next_number_ = 1;
    std::map<security::SystemTitle, security::InvocationCounter> received_;
};

}  // namespace dlms::simulator
