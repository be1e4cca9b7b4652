#pragma once
// The options about authentication, keys and protection of a command that talks to a meter.

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "client/durable_counters.hpp"
#include "client/meter_parameters.hpp"
#include "store/counter_store.hpp"

namespace dlms::cli {

/// The value of an environment variable, or null.
using EnvironmentVariable = std::function<const char*(const char* name)>;

/// Who is spoken to: broadcasts are ciphered with the broadcast key.
enum class Audience : std::uint8_t { one_meter, every_meter };

/// The invocation counters in a file, or in the default one, which another process may use for
/// `wait`; the error is a sentence.
std::expected<std::unique_ptr<store::CounterStore>, std::string> open_counters(
    const std::optional<std::string>& file, const EnvironmentVariable& environment,
    std::chrono::milliseconds wait = store::usual_wait);

class SecurityOptions {
public:
    /// Adds the options to a command; must outlive its parsing.
    void add_to(CLI::App& command);

    /// Mechanism, secret, keys and protection. Keys and the password may stand in the environment:
    /// DLMS_PASSWORD (or DLMS_PASSWORD_HEX), DLMS_ENCRYPTION_KEY, DLMS_AUTHENTICATION_KEY,
    /// DLMS_BROADCAST_KEY, DLMS_MASTER_KEY; options override them. The error is a sentence that
    /// tells no secret.
    std::expected<void, std::string> apply(const EnvironmentVariable& environment,
                                           Audience audience,
                                           client::MeterParameters& parameters) const;

    /// The counters for parameters that need them, null for others. Gives these parameters the
    /// system title of the counters' file where they have none.
    std::expected<std::shared_ptr<client::DurableCounters>, std::string> counters(
        const EnvironmentVariable& environment, client::MeterParameters& parameters) const;

private:
    void add_handshake_to(CLI::App& command, const std::string& group);
    std::expected<void, std::string> set_mechanism(const EnvironmentVariable& environment,
                                                   client::MeterParameters& parameters) const;
    std::expected<std::optional<SecretBytes>, std::string> password(
        const EnvironmentVariable& environment) const;
    std::expected<void, std::string> set_keys(const EnvironmentVariable& environment,
                                              client::MeterSecurity& security) const;
    std::expected<void, std::string> set_titles(client::MeterSecurity& security) const;
    std::expected<void, std::string> set_handshake(client::MeterSecurity& security) const;
    std::expected<void, std::string> set_signing(client::MeterSecurity& security) const;

    std::string authentication_;
    std::optional<std::string> password_;
    std::optional<std::string> password_hex_;
    std::optional<std::string> password_file_;
    std::string security_ = "none";
    unsigned suite_ = 0;
    std::optional<std::string> encryption_key_;
    std::optional<std::string> authentication_key_;
    std::string envelope_;
    std::string sign_;
    std::string agreement_key_file_;
    std::string meter_agreement_certificate_file_;
    std::string signing_key_file_;
    std::string certificate_file_;
    std::string meter_certificate_file_;
    std::string authority_file_;
    bool dedicated_key_ = false;
    std::optional<std::string> system_title_;
    std::optional<std::string> meter_title_;
    std::optional<std::string> counter_object_;
    bool trusts_counter_ = false;
    std::optional<unsigned> user_id_;
    std::optional<unsigned> challenge_size_;
    std::optional<std::string> authentication_object_;
    std::optional<unsigned> authentication_name_;
    bool omits_title_ = false;
    bool opens_unverified_ = false;
    bool header_without_lengths_ = false;
    std::optional<std::string> counters_file_;
};

}  // namespace dlms::cli
