#pragma once
// `dlms keys`: new keys or a new password for a meter, as a transaction: staged in a file, sent,
// proven by a new association.

#include <string>
#include <vector>

#include "cli/exit_status.hpp"
#include "cli/meter_options.hpp"
#include "client/key_life.hpp"

namespace dlms::cli {

class KeysCommand {
public:
    /// Adds itself to the program; must outlive its parsing.
    explicit KeysCommand(CLI::App& program);

    bool was_asked_for() const { return command_->parsed(); }
    ExitStatus run();

private:
    std::expected<client::SecretChange, std::string> change(
        const EnvironmentVariable& environment, const client::MeterParameters& parameters) const;
    std::expected<std::vector<client::SecretKind>, std::string> kinds() const;
    ExitStatus report(const client::KeyLife::SecretOutcome<void>& outcome) const;

    CLI::App* command_;
    std::string action_;
    MeterOptions meter_;
    std::vector<std::string> keys_;
    std::string out_;
    std::string setup_object_;
    std::string association_object_;
};

}  // namespace dlms::cli
